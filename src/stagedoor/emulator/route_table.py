"""The routing table of TikTok's paths, built from the declarations on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from stagedoor.platform.operation import AnyOf, ByField, ByValue, ByValues, Operation
from stagedoor.platform.protocols.layout import layout, takes_token
from stagedoor.platform.protocols.protocol import Api
from stagedoor.platform.records import frozen
from stagedoor.platform.scopes import Scope

from . import registry
from .access import OpenAccess
from .calls import Handler, Handlers
from .plan import Access, Plan

_OPEN = OpenAccess()


def _business_access() -> Access:
    # imported with the first of its operations
    from .products.business.access import ACCESS

    return ACCESS


_ACCESS: Mapping[Api, Callable[[], Access]] = {
    Api.DEVELOPERS: lambda: _OPEN,
    Api.BUSINESS: _business_access,
}


@frozen
class Route:
    """The operations of one method and path; the request value `selector` distinguishes them."""

    plans: Mapping[str, Plan]
    first: Plan
    selector: str | None
    kind_of: Callable[[str], str]
    """Maps the selecting request value to the operation's key."""


def _lets_in(names: tuple[str, ...]) -> frozenset[str]:
    scopes = frozenset(names)
    if Scope.USER_INFO_BASIC in scopes:
        # oauth.yaml, scopes: basic counts as granted with any user.info scope.
        scopes |= {Scope.USER_INFO_PROFILE, Scope.USER_INFO_STATS}
    return scopes


def plan(operation: Operation[..., Any], handler: Handler) -> Plan:
    scopes = operation.scopes
    protocol, at = operation.protocol, layout(operation)
    return Plan(
        operation=operation,
        handler=handler,
        product=operation.id.partition(".")[0],
        token=operation.subject if operation.carries_token else None,
        lets_in=_lets_in(scopes.names),
        by_field=scopes.field_scopes if isinstance(scopes, ByField) else None,
        by_value=scopes if isinstance(scopes, ByValue) else None,
        by_values=scopes if isinstance(scopes, ByValues) else None,
        also_spent=isinstance(scopes, AnyOf) and scopes.also_spent,
        takes_body=operation.method != "GET" or protocol.body_with_get,
        offers_token=takes_token(at.model),
        access=_ACCESS[protocol.api](),
        spools=at.takes_content,
    )


def _same(value: str) -> str:
    return value


class Routes(dict[tuple[str, str], Route | None]):
    """Routes by method and path. A missing route is looked up in the modules that may have it."""

    def __init__(self) -> None:
        super().__init__()
        self._homes: set[str] = set()

    def __missing__(self, key: tuple[str, str]) -> Route | None:
        for name in registry.below(key[1]):
            if name not in self._homes:
                home = registry.module(name)
                self._homes.add(name)
                self.update(_routes(getattr(home, "HANDLERS", {}), getattr(home, "kind_of", _same)))
        return self.get(key)


def _routes(handlers: Handlers, kind_of_url: Callable[[str], str]) -> dict[tuple[str, str], Route]:
    grouped: dict[tuple[str, str], list[Plan]] = {}
    for operation, handler in handlers.items():
        planned = plan(operation, handler)
        grouped.setdefault((operation.method, operation.path), []).append(planned)
    return {key: _route(plans, kind_of_url) for key, plans in grouped.items()}


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
