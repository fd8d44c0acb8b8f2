"""The service's HTTP application: the framework, its error handlers, and the middleware around
it."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Router, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from stagedoor import __version__
from stagedoor.platform.model import listed_problems

from .bodies import (
    MAX_ANY,
    FileBodies,
    bounded,
    check_address,
    check_declared,
    file_bodies_of,
)
from .errors import ApiError, error_response, unfit_parts
from .provided import STATE, Provided
from .shapes import UNKNOWN_KIND

MAX_JSON = MAX_ANY
"""The limit, in bytes, of any body under /api; a route has a lower one unless it declares its own
(`bodies.takes`)."""

logger = logging.getLogger("stagedoor.service")


def application(
    provided: Provided,
    routers: tuple[APIRouter, ...],
    lifespan: Callable[[], Any] | None = None,
    cors_origins: Sequence[str] = (),
) -> ASGIApp:
    """The ASGI application. `lifespan` returns an async context manager that runs as long as it."""
    routes = framework(routers)
    files = _file_routes(routes)
    app: ASGIApp = routes
    if cors_origins:
        app = CORSMiddleware(
            app,
            allow_origins=list(cors_origins),
            allow_methods=["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"],
            allow_headers=[
                "authorization",
                "orgid",
                "content-type",
                "content-range",
                "idempotency-key",
            ],
            expose_headers=["upload-offset", "upload-complete", "upload-length", "retry-after"],
        )
    return JsonBodies(_Living(app, {STATE: provided}, lifespan), files)


_FileRoutes = Sequence[tuple[re.Pattern[str], FileBodies]]


def _file_routes(app: FastAPI) -> _FileRoutes:
    """The paths of routes that take other bodies than JSON, and these bodies."""
    return [
        (_compiled(route.path), files)
        for route in iter_route_contexts(app.routes)
        if route.path is not None and (files := file_bodies_of(route.endpoint)) is not None
    ]


_frameworks: dict[tuple[int, ...], FastAPI] = {}
"""Frameworks by the ids of their routers, which they keep alive."""


def framework(routers: tuple[APIRouter, ...]) -> FastAPI:
    """The framework with its routes and error handlers. It is built once: parts come from the
    request's state."""
    key = tuple(map(id, routers))
    if key not in _frameworks:
        _frameworks[key] = _made(routers)
    return _frameworks[key]


def _made(routers: tuple[APIRouter, ...]) -> FastAPI:
    app = FastAPI(
        title="Stagedoor", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    for router in routers:
        # `include_router` would build each route a second time, which takes most of a start: it is
        # for routers that get a prefix or dependencies where they are included
        app.router.routes.extend(router.routes)
    app.add_exception_handler(ApiError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, _unexpected)
    return app


class _Living:
    """An application with its lifespan, and the state that each of its requests gets."""

    def __init__(
        self,
        app: ASGIApp,
        state: Mapping[str, object],
        lifespan: Callable[[], Any] | None,
    ) -> None:
        @asynccontextmanager
        async def live(_: Any) -> AsyncIterator[None]:
            async with nullcontext() if lifespan is None else lifespan():
                yield

        self._app = app
        self._state = state
        self._life = Router(lifespan=live)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._life.lifespan(scope, receive, send)
        else:
            await self._app({**scope, "state": {**self._state}}, receive, send)


class Prefixed:
    """Middleware: sends requests below a path prefix to a separate application, others to the
    framework."""

    def __init__(self, app: ASGIApp, apps: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._apps = tuple(apps.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            for prefix, other in self._apps:
                if path == prefix or path.startswith(f"{prefix}/"):
                    await other(scope, receive, send)
                    return
        await self._app(scope, receive, send)


class JsonBodies:
    """Middleware: under /api, a body is JSON whatever Content-Type says. A body that is too large
    is refused while it arrives.

    Routes that declared other media types (`bodies.takes_files`) get such bodies as they are.
    """

    def __init__(self, app: ASGIApp, files: _FileRoutes = ()) -> None:
        self._app = app
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                check_address(scope)
            except ApiError as error:
                await error_response(error)(scope, receive, send)
                return
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST" and self._is_file(scope):
            await self._app(scope, receive, send)
            return
        headers = [(k, v) for k, v in scope["headers"] if k != b"content-type"]
        scope = {**scope, "headers": [*headers, (b"content-type", b"application/json")]}
        declared = next((v for k, v in headers if k == b"content-length"), b"0")
        try:
            check_declared(declared.decode("latin-1"), MAX_JSON)
        except ApiError as error:
            await error_response(error)(scope, receive, send)
            return
        await self._app(scope, bounded(receive, MAX_JSON), send)

    def _is_file(self, scope: Scope) -> bool:
        sent = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"content-type"), "")
        return any(
            files.takes(sent) and path.fullmatch(scope["path"]) for path, files in self._files
        )


async def _told(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return error_response(error)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    # in a body of several kinds the framework's path has the kind in it, which is no field
    kind = error.body.get("kind") if isinstance(error.body, dict) else None
    problems = [
        (path.removeprefix("body").removeprefix(".").removeprefix(f"{kind}.") or "(body)", reason)
        for path, reason in listed_problems(map(_placed, error.errors()))
    ]
    problems = [(path, reason + _where_listed(path, reason)) for path, reason in problems]
    unparsed = [_unparsed(each) for each in error.errors() if each["type"] == "json_invalid"]
    return error_response(unfit_parts(unparsed or problems))


LISTED = {
    "accountId": "GET /api/ads/accounts lists the ad accounts",
    "integrationId": "GET /api/integrations lists the connected accounts",
    "campaignId": "GET /api/ads/campaigns lists the campaigns of an ad account",
    "adGroupId": "GET /api/ads/ad-groups lists the ad groups of a campaign",
    "creativeId": "GET /api/ads/creatives lists the creatives of an ad account",
    "publishId": "GET /api/posts lists the posts",
}
"""Where the ids are listed that requests name."""


def _where_listed(path: str, reason: str) -> str:
    known = LISTED.get(path.rpartition(".")[2])
    return f": {known}" if known is not None and reason == "is missing" else ""


def _placed(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item with the place of the field that chooses the body's model, which the framework
    leaves out."""
    return {**item, "loc": (*item["loc"], "kind")} if item["type"] == UNKNOWN_KIND else item


def _unparsed(item: Mapping[str, Any]) -> tuple[str, str]:
    """The problem of a body that is no JSON; the framework's path is the place in the text."""
    why = item.get("ctx", {}).get("error", "it can't be read")
    return "(body)", f"is no JSON: {why}, at character {item['loc'][-1]}"


async def _http(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    words = {404: "There is no such route.", 405: "This route doesn't take that method."}
    codes = {404: "not_found", 405: "method_not_allowed"}
    message = words.get(status, str(getattr(error, "detail", "")))
    code = codes.get(status, "invalid_request")
    response = error_response(ApiError(message, code=code, http=status))
    if status == 405:
        response.headers["allow"] = ", ".join(sorted(_allowed(request)))
    return response


def _allowed(request: Request) -> set[str]:
    """The methods of all routes at the path of a request."""
    path = request.scope["path"]
    return {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.path is not None and _compiled(route.path).fullmatch(path)
        for method in route.methods or ()
    }


@cache
def _compiled(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]


async def gone(request: Request, error: Exception) -> Response:
    """Respond to a caller that disconnected: nobody receives it, and `BodyDeadline` has logged
    it."""
    return Response(status_code=400)


async def _unexpected(request: Request, error: Exception) -> Response:
    logger.exception("%s %s failed", request.method, request.url.path)
    return error_response(ApiError("Something went wrong here; it was logged.", retryable=True))
