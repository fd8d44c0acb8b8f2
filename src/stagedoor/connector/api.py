"""What every `/api` route does before its own work: who asks, may they, was it asked before?"""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError

from . import holders
from .connections import mark_authenticated
from .database import Scope
from .errors import ApiError, BadRequest, Conflict, Forbidden
from .services import Services
from .tenants import store
from .tenants.roles import Caller, Role

_MAX_KEY = 200
_HELD_SECONDS = 120.0
"""How long a request may be at work before another one with its key begins anew."""


class TenantRoute(APIRoute):
    """A route that only a verified caller reaches; a repeated key gets the first answer again."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            services: Services = request.state.services
            caller = await asyncio.to_thread(_authenticate, services, request)
            mark_authenticated(request.scope)
            request.state.caller = caller
            key = request.headers.get("idempotency-key")
            if request.method != "POST" or key is None:
                return await handle(request)
            if not 0 < len(key) <= _MAX_KEY:
                raise BadRequest(f"Idempotency-Key must have 1 to {_MAX_KEY} characters.")
            return await _once(services, caller, key, request, handle)

        return answer


def _authenticate(services: Services, request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    caller = services.verifier.caller(
        token.strip() if scheme.lower() == "bearer" else "", request.headers.get("orgid")
    )
    store.ensure(services.database, caller.org, services.clock.now())
    return caller


async def _once(
    services: Services,
    caller: Caller,
    key: str,
    request: Request,
    handle: Callable[[Request], Coroutine[Any, Any, Response]],
) -> Response:
    """The kept answer of an earlier request with this key, or this one's, kept."""
    route = request.url.path
    request.state.new_id = hashlib.sha256(f"{caller.org}\n{route}\n{key}".encode()).hexdigest()[:32]
    digest = hashlib.sha256(await request.body()).hexdigest()
    kept = await asyncio.to_thread(_claim, services, caller.org, key, route, digest)
    if kept is not None:
        return kept
    try:
        response = await handle(request)
    except ApiError as error:
        if error.http >= 500 or error.retryable:
            await asyncio.to_thread(_release, services, caller.org, key, route)
        else:
            body = error_response(error)
            await asyncio.to_thread(_keep, services, caller.org, key, route, body)
        raise
    except BaseException:
        await asyncio.to_thread(_release, services, caller.org, key, route)
        raise
    await asyncio.to_thread(_keep, services, caller.org, key, route, response)
    return response


def _claim(services: Services, org: str, key: str, route: str, digest: str) -> Response | None:
    """The kept answer; None: this request is the one to answer, first or after a process died."""
    holder, until = holders.holder(), time.time() + _HELD_SECONDS
    try:
        with services.database.begin() as connection:
            now = services.clock.now()
            store.begin_answer(Scope(connection, org), key, route, digest, now, holder, until)
        return None
    except IntegrityError:
        pass
    with services.database.begin() as connection:
        scope = Scope(connection, org)
        row = store.find_answer(scope, key, route)
        if row is None:
            raise _at_work()
        if row.request_digest != digest:
            raise Conflict("This Idempotency-Key was used for another request body.")
        if row.status is None:
            if not holders.is_free(row.held_by, row.held_until, time.time()):
                raise _at_work()
            store.hold_answer(scope, key, route, holder, until)
            return None
    body = services.vault.open(
        _scope(org), "idempotent_answers", f"{route} {key}", "body", row.body or ""
    )
    return Response(body, row.status, media_type="application/json")


def _at_work() -> Conflict:
    return Conflict("The first request with this Idempotency-Key is still at work.", retryable=True)


def _keep(services: Services, org: str, key: str, route: str, response: Response) -> None:
    # an answer may hold what lives as a secret for a while: an uploadUrl, a state
    text = bytes(response.body).decode()
    sealed = services.vault.seal(_scope(org), "idempotent_answers", f"{route} {key}", "body", text)
    with services.database.begin() as connection:
        store.keep_answer(Scope(connection, org), key, route, response.status_code, sealed)


def _scope(org: str) -> str:
    """The vault's name for what is an organisation's own."""
    return f"org:{org}"


def _release(services: Services, org: str, key: str, route: str) -> None:
    with services.database.begin() as connection:
        store.drop_answer(Scope(connection, org), key, route)


def error_response(error: ApiError) -> Response:
    from fastapi.responses import JSONResponse

    headers = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(0, round(error.retry_after)))
    if error.http == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(error.body(), error.http, headers)


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


def _services(request: Request) -> Services:
    services: Services = request.state.services
    return services


def needs(role: Role) -> Any:
    """A route's dependency: the caller's role must cover `role`."""

    def check(request: Request) -> None:
        if not _caller(request).role.covers(role):
            raise Forbidden(f"This needs the role {role.value}; yours is {_caller(request).role}.")

    return Depends(check)


CallerIs = Annotated[Caller, Depends(_caller)]
"""The verified caller."""


def _new_id(request: Request) -> str:
    found: str | None = getattr(request.state, "new_id", None)
    return found or uuid.uuid4().hex


NewId = Annotated[str, Depends(_new_id)]
"""An id for what the request makes: the same for the same Idempotency-Key, so that a request
whose process died can be repeated and makes nothing twice."""

ServicesAre = Annotated[Services, Depends(_services)]


def router(prefix: str = "", **more: Any) -> APIRouter:
    """A router whose routes are tenants' own."""
    return APIRouter(prefix=prefix, route_class=TenantRoute, **more)
