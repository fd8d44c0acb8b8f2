"""The service's HTTP application: routes of all domains, one shape of errors, health."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stagedoor import __version__
from stagedoor.platform.model import listed_problems

from .api import error_response
from .bodies import MAX_ANY, check_address
from .errors import ApiError, BadRequest, TooLarge
from .services import Services

MAX_JSON = MAX_ANY
"""Bytes of any body under /api; a route takes less unless it declares so (`bodies.takes`)."""

logger = logging.getLogger("stagedoor.service")


def application(
    services: Services,
    lifespan: Callable[[], Any] | None = None,
    routers: tuple[APIRouter, ...] = (),
    given: Mapping[str, object] | None = None,
) -> ASGIApp:
    """The ASGI application. `lifespan` is an async context manager that runs beside it; routes
    find the services, and what else is `given`, in `request.state`."""
    app: ASGIApp = _framework(routers)
    if services.settings.cors_origins:
        app = CORSMiddleware(
            app,
            allow_origins=list(services.settings.cors_origins),
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
    return JsonBodies(_Living(app, {"services": services, **(given or {})}, lifespan))


_frameworks: dict[tuple[int, ...], FastAPI] = {}
"""By the identity of their routers, which they hold."""


def _framework(routers: tuple[APIRouter, ...]) -> FastAPI:
    """Routes and their errors: made once, since they know nothing of what they serve."""
    key = tuple(map(id, routers))
    if key not in _frameworks:
        _frameworks[key] = _made(routers)
    return _frameworks[key]


def _made(routers: tuple[APIRouter, ...]) -> FastAPI:
    app = FastAPI(title="Stagedoor", version=__version__, docs_url=None, redoc_url=None)
    for router in routers:
        app.include_router(router)
    app.add_api_route("/healthz", healthz, include_in_schema=False)
    app.add_api_route("/readyz", readyz, include_in_schema=False)
    app.add_exception_handler(ApiError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, _unexpected)
    return app


class _Living:
    """An application from its start to its end, and what each of its requests is given."""

    def __init__(
        self,
        app: ASGIApp,
        given: Mapping[str, object],
        lifespan: Callable[[], Any] | None,
    ) -> None:
        @asynccontextmanager
        async def live(_: Any) -> AsyncIterator[None]:
            async with nullcontext() if lifespan is None else lifespan():
                yield

        self._app = app
        self._given = given
        self._life = Router(lifespan=live)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._life.lifespan(scope, receive, send)
        else:
            await self._app({**scope, "state": {**self._given}}, receive, send)


class JsonBodies:
    """Under /api a body is JSON whatever Content-Type says; a huge one is refused as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

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
        headers = [(k, v) for k, v in scope["headers"] if k != b"content-type"]
        scope = {**scope, "headers": [*headers, (b"content-type", b"application/json")]}
        declared = next((v for k, v in headers if k == b"content-length"), b"0")
        if not declared.isdigit() or int(declared) > MAX_JSON:
            await self._refuse(scope, receive, send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_JSON:
                raise TooLarge(f"The body is larger than {MAX_JSON} bytes.")
            return message

        await self._app(scope, bounded, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = error_response(TooLarge(f"The body is larger than {MAX_JSON} bytes."))
        # the body isn't read, so whoever still sends it must be cut off
        answer.headers["connection"] = "close"
        await answer(scope, receive, send)


async def healthz() -> Response:
    """The process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Whether this process can serve (503: it can't), and why the service is degraded."""
    services: Services = request.state.services
    report = await asyncio.to_thread(services.health.report)
    return JSONResponse(report.body(), 200 if report.serves else 503)


async def _told(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return error_response(error)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [
        {
            "path": path.removeprefix("body").removeprefix(".") or "(body)",
            "reason": reason,
        }
        for path, reason in listed_problems(error.errors())
    ]
    first = problems[0]
    return error_response(
        BadRequest(f"{first['path']}: {first['reason']}", detail={"problems": problems})
    )


async def _http(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    words = {404: "There is no such route.", 405: "This route doesn't take that method."}
    codes = {404: "not_found", 405: "method_not_allowed"}
    message = words.get(status, str(getattr(error, "detail", "")))
    return error_response(ApiError(message, code=codes.get(status, "invalid_request"), http=status))


async def gone(request: Request, error: Exception) -> Response:
    """Answer a caller that hung up: no one hears it, and `BodyDeadline` has logged it."""
    return Response(status_code=400)


async def _unexpected(request: Request, error: Exception) -> Response:
    logger.exception("%s %s failed", request.method, request.url.path)
    return error_response(ApiError("Something went wrong here; it was logged.", retryable=True))
