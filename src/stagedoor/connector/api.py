"""The part that all `/api` routes share: authentication, authorisation, idempotency."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from stagedoor.platform.bounds import MAX_PROBLEMS, short_part

from .actions import Actions, action_of, is_recorded, is_stop
from .bodies import checked, densest_of, file_bodies_of, most_of
from .connections import mark_authenticated
from .documented import first_sentence
from .errors import Forbidden, in_query, unfit_parts
from .fair_queue import Owner
from .idempotency import Idempotency
from .provided import instance
from .slots import RequestSlots
from .tenants.authentication import Authentication
from .tenants.roles import Caller, Role


class TenantRoute(APIRoute):
    """A route that only a verified caller with the declared role reaches.

    The role is checked before a stored response is looked up: a repeated request needs the role,
    too.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        if not _roles(self.dependencies):
            raise TypeError(f"{path} declares no role: name it with needs(Role...)")

    @cached_property
    def is_recorded(self) -> bool:
        """Whether its requests are recorded as a person's actions: those that may change
        something, unless the route's service records them itself."""
        return is_recorded(self.endpoint, self.methods, self.role is Role.VIEWER)

    @cached_property
    def role(self) -> Role:
        """The least role that covers all roles that the route declares."""
        declared = _roles(self.dependencies)
        return next(
            role
            for role in sorted(declared, key=list(Role).index)
            if all(role.covers(other) for other in declared)
        )

    @cached_property
    def query_names(self) -> frozenset[str] | None:
        """The parameters that the query may have beside JSON; None: the route reads its query
        itself."""
        if _declared_names(self.openapi_extra) and file_bodies_of(self.endpoint) is None:
            return None
        return frozenset(_query_names(self.dependant))

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        most, densest = most_of(self.endpoint), densest_of(self.endpoint)
        roles, model = _roles(self.dependencies), self.response_model
        recorded = self.is_recorded
        name, said = to_camel(self.name), self.endpoint.__doc__ or self.endpoint.__name__
        summary = self.summary or first_sentence(said)
        files = file_bodies_of(self.endpoint)
        names, of_files = self.query_names, _declared_names(self.openapi_extra)
        needs_body = self.body_field is not None and self.body_field.field_info.is_required()

        async def take_file(request: Request) -> Response:
            if files is None or not recorded:
                raise TypeError(f"{self.path} takes no files")
            _check_query(request, of_files)
            action = action_of(request, request.state.caller, b"", name, summary)
            return await instance(request, Actions).recorded(
                action, request, files.handle, is_stop(self.endpoint)
            )

        async def act(request: Request) -> Response:
            body = await request.body()
            action = action_of(request, request.state.caller, body, name, summary)
            return await instance(request, Actions).recorded(
                action, request, handle, is_stop(self.endpoint)
            )

        async def answer(request: Request) -> Response:
            authentication = instance(request, Authentication)
            headers = request.headers
            caller = await asyncio.to_thread(
                authentication.caller, headers.get("authorization", ""), headers.get("orgid")
            )
            mark_authenticated(request.scope, caller.org)
            request.state.caller = caller
            for role in roles:
                _authorise(caller, role)
            if files is not None and files.takes(headers.get("content-type", "")):
                return await take_file(request)
            if names is not None:
                _check_query(request, names)
            request = await checked(request, most, densest, b"{}" if needs_body else b"")
            async with instance(request, RequestSlots).taken(Owner(caller.org)):
                return await instance(request, Idempotency).once(
                    caller, request, act if recorded else handle, model
                )

        return answer


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


_REQUIRED: dict[Any, Role] = {}
"""The role that a dependency made by `needs` requires."""


@cache
def needs(role: Role) -> Any:
    """A route's dependency: the caller's role must cover `role`."""

    async def check(request: Request) -> None:
        _authorise(request.state.caller, role)

    _REQUIRED[check] = role
    return Depends(check)


def _roles(dependencies: Sequence[Any]) -> tuple[Role, ...]:
    """The roles that the dependencies of a route declare."""
    declared = (_REQUIRED.get(one.dependency) for one in dependencies)
    return tuple(role for role in declared if role is not None)


def _authorise(caller: Caller, role: Role) -> None:
    if not caller.role.covers(role):
        raise Forbidden(f"This needs the role {role.value}; yours is {caller.role.value}.")


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias for one in dependant.query_params)
    for part in dependant.dependencies:
        yield from _query_names(part)


def _declared_names(document: Mapping[str, Any] | None) -> frozenset[str]:
    """The parameters of the query that a route adds to its part of the OpenAPI document."""
    declared = (document or {}).get("parameters", ())
    return frozenset(one["name"] for one in declared if one["in"] == "query")


def _check_query(request: Request, names: frozenset[str]) -> None:
    """Refuse a parameter that the route doesn't have: a misspelt filter would filter nothing."""
    unknown = [name for name in request.query_params if name not in names]
    if not unknown:
        return
    has = f"it has {', '.join(sorted(names))}" if names else "it has none"
    raise unfit_parts(
        (in_query(short_part(name)), f"is no parameter of this query; {has}")
        for name in unknown[:MAX_PROBLEMS]
    )


CallerIs = Annotated[Caller, Depends(_caller)]
"""The verified caller."""


async def _new_id(request: Request) -> str:
    found: str | None = getattr(request.state, "new_id", None)
    return found or uuid.uuid4().hex


NewId = Annotated[str, Depends(_new_id)]
"""A deterministic id for the object that the request creates: a repeated request with the same
Idempotency-Key gets the same id, so a request whose process died can be repeated and creates
nothing twice."""


def router(prefix: str = "", **more: Any) -> APIRouter:
    """A router for routes that act for the caller's organisation."""
    return APIRouter(prefix=prefix, route_class=TenantRoute, **more)
