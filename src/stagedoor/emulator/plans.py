"""The table of TikTok's paths, made from the declarations once, before the first call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stagedoor.platform import catalogue
from stagedoor.platform.operation import AnyOf, Auth, ByField, ByValue, ByValues, Operation, Shape
from stagedoor.platform.scopes import Scope

from .calls import Handler
from .commercial import routes as commercial
from .display import routes as display
from .embed import routes as embed
from .oauth import routes as oauth
from .portability import routes as portability
from .posting import routes as posting
from .research import routes as research

PRODUCTS = (oauth, display, posting, embed, commercial, research, portability)
"""The modules whose `HANDLERS` answer declared operations."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation with everything that the gate needs of it, looked up beforehand."""

    operation: Operation[..., Any]
    handler: Handler
    product: str
    token: Auth | None
    """The kind of bearer token it takes; None: no token."""
    lets_in: frozenset[str]
    """Any of these scopes lets a call in; empty: no scope needed."""
    by_field: Mapping[str, str] | None
    by_value: ByValue | None
    by_values: ByValues | None
    also_spent: bool
    """A single-use scope that was spent lets a call in as well."""
    takes_body: bool


@dataclass(frozen=True, slots=True)
class Route:
    """The operations of one method and path, told apart by `selector`."""

    plans: Mapping[str, Plan]
    first: Plan
    selector: str | None
    kind_of: Callable[[str], str]
    """From the selecting request value to the operation's key."""


def _token_kind(operation: Operation[..., Any]) -> Auth | None:
    return operation.auth if operation.auth in (Auth.USER, Auth.CLIENT_TOKEN) else None


def _lets_in(names: tuple[str, ...]) -> frozenset[str]:
    scopes = frozenset(names)
    if Scope.USER_INFO_BASIC in scopes:
        # oauth.yaml, scopes: basic counts as granted with any user.info scope.
        scopes |= {Scope.USER_INFO_PROFILE, Scope.USER_INFO_STATS}
    return scopes


def plan(operation: Operation[..., Any], handler: Handler) -> Plan:
    scopes = operation.scopes
    return Plan(
        operation=operation,
        handler=handler,
        product=operation.id.partition(".")[0],
        token=_token_kind(operation),
        lets_in=_lets_in(scopes.names),
        by_field=scopes.field_scopes if isinstance(scopes, ByField) else None,
        by_value=scopes if isinstance(scopes, ByValue) else None,
        by_values=scopes if isinstance(scopes, ByValues) else None,
        also_spent=isinstance(scopes, AnyOf) and scopes.also_spent,
        takes_body=operation.method != "GET",
    )


def _same(value: str) -> str:
    return value


def _handlers() -> dict[Operation[..., Any], Handler]:
    return {
        operation: handler
        for product in PRODUCTS
        for operation, handler in product.HANDLERS.items()
    }


def routes() -> dict[tuple[str, str], Route]:
    """Every declared operation that a product answers, by method and path."""
    handlers = _handlers()
    grouped: dict[tuple[str, str], list[Plan]] = {}
    for operation in catalogue.operations().values():
        if operation.shape is Shape.TRANSFER or operation not in handlers:
            continue
        planned = plan(operation, handlers[operation])
        grouped.setdefault((operation.method, operation.path), []).append(planned)
    return {key: _route(plans, embed.kind_of) for key, plans in grouped.items()}


def _route(plans: list[Plan], kind_of_url: Callable[[str], str]) -> Route:
    selectors = [item.operation.selector for item in plans]
    name = selectors[0][0] if selectors[0] else None
    return Route(
        plans={
            selector[1] if selector else "": item
            for selector, item in zip(selectors, plans, strict=True)
        },
        first=plans[0],
        selector=name,
        kind_of=kind_of_url if name == "url" else _same,
    )
