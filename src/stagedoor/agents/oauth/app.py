"""The routes of the authorization server, in front of the framework. They answer in OAuth's
format, to any origin where OAuth says so, and with pages where a person reads the answer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from math import ceil
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from stagedoor.connector.app import gone
from stagedoor.connector.errors import ApiError
from stagedoor.connector.settings import Settings

from . import forms, pages
from .addresses import (
    AUTHORIZE,
    OLD_TOKEN,
    PROTECTED,
    REGISTER,
    REVOKE,
    SERVER,
    TOKEN,
    Addresses,
    addresses,
)
from .consent import Refused
from .errors import NoWayBack, OAuthAccessDenied, OAuthError, OAuthInvalidRequest, TooMany, Unproven
from .forms import Seal
from .service import AuthorizationServer

logger = logging.getLogger("stagedoor.agents")

_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
_ANY_ORIGIN = [
    Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", "mcp-protocol-version"],
        expose_headers=["retry-after"],
    )
]
"""For clients in browsers: no endpoint here uses a cookie, so any origin is allowed."""

_SIGNED_IN = "You are signed in", "You can close this page when the application has gone on."
_NOT_SIGNED_IN = "Nothing was allowed", "The application is told that you said no."


def oauth_app(settings: Settings, oauth: AuthorizationServer) -> ASGIApp:
    """Return the application that serves all of `addresses.PREFIXES`."""
    at = _Endpoints(settings, oauth)
    return Starlette(
        routes=[
            _open(PROTECTED + "{rest:path}", at.resource, "GET"),
            _open(SERVER + "{rest:path}", at.server, "GET"),
            _open(REGISTER, at.register, "POST"),
            _open(TOKEN, at.token, "POST"),
            _open(OLD_TOKEN, at.token, "POST"),
            _open(REVOKE, at.revoke, "POST"),
            Route(AUTHORIZE, at.ask, methods=["GET"]),
            Route(AUTHORIZE, at.answer, methods=["POST"]),
        ],
        exception_handlers={
            OAuthError: _error_response,
            ApiError: _failed,
            ClientDisconnect: gone,
            HTTPException: _no_route,
            Exception: _failed,
        },
    )


def _open(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    return Route(path, endpoint, methods=[method, "OPTIONS"], middleware=_ANY_ORIGIN)


class _Endpoints:
    def __init__(self, settings: Settings, oauth: AuthorizationServer) -> None:
        self._settings = settings
        self._oauth = oauth

    async def resource(self, request: Request) -> Response:
        at = self._at(request)
        _require_path(request, ("", "/mcp", f"{at.path}/mcp"))
        return JSONResponse(at.resource_document(), headers={"cache-control": "max-age=3600"})

    async def server(self, request: Request) -> Response:
        at = self._at(request)
        _require_path(request, ("", at.path))
        return JSONResponse(at.server_document(), headers={"cache-control": "max-age=3600"})

    async def register(self, request: Request) -> Response:
        body = await forms.body(request)
        made = await run_in_threadpool(self._oauth.clients.register, body, _source(request))
        return JSONResponse(made.document(), 201, _NO_STORE)

    async def token(self, request: Request) -> Response:
        said = await forms.form(request)
        issued = await run_in_threadpool(self._issue, request, said)
        return JSONResponse(issued, 200, _NO_STORE)

    def _issue(self, request: Request, said: dict[str, str]) -> dict[str, Any]:
        header = request.headers.get("authorization")
        client = self._oauth.clients.authenticated(said, header)
        return self._oauth.token_endpoint.grant(client, said, self._at(request)).document()

    async def revoke(self, request: Request) -> Response:
        said = await forms.form(request)
        if "token" not in said:
            raise OAuthInvalidRequest("There is no token.")
        await run_in_threadpool(self._revoke, request, said)
        return Response(None, 200, _NO_STORE)

    def _revoke(self, request: Request, said: dict[str, str]) -> None:
        header = request.headers.get("authorization")
        client = self._oauth.clients.authenticated(said, header)
        self._oauth.token_endpoint.revoke(client, said["token"])

    async def ask(self, request: Request) -> Response:
        return await _paged(self._ask, request)

    def _ask(self, request: Request) -> Response:
        """Show the page; loading it allows, stores and uses up nothing."""
        at = self._at(request)
        said = forms.pairs(request.url.query.encode())
        return pages.ask(self._oauth.consent.asked(said, at), at, Seal(request, at.origin))

    async def answer(self, request: Request) -> Response:
        try:
            said = await forms.form(request)
        except OAuthError as error:
            return pages.wrong(error)
        return await _paged(self._answer, request, said)

    def _answer(self, request: Request, said: dict[str, str]) -> Response:
        at = self._at(request)
        seal = Seal(request, at.origin)
        decision, sealed = said.pop("decision", ""), said.pop("seal", "")
        if "ticket" in said:
            ticket = said["ticket"]
            seal.check({"ticket": ticket}, sealed)
            return self._allowed(decision, ticket, at)
        proof = said.pop("proof", "")
        asked = self._oauth.consent.asked(said, at)
        seal.check(asked.carried, sealed)
        if decision == "deny":
            url = asked.back.with_error(OAuthAccessDenied())
            return pages.back(asked.back, url, *_NOT_SIGNED_IN)
        if decision != "prove":
            raise NoWayBack("The form has no decision.")
        try:
            proven = self._oauth.consent.prove(asked, proof, _source(request))
        except (Unproven, TooMany) as error:
            return pages.ask(asked, at, seal, error)
        return pages.allow(proven, at, seal)

    def _allowed(self, decision: str, ticket: str, at: Addresses) -> Response:
        if decision == "allow":
            back, code = self._oauth.consent.allow(ticket, at)
            return pages.back(back, back.with_code(code), *_SIGNED_IN)
        if decision == "deny":
            back = self._oauth.consent.deny(ticket, at)
            return pages.back(back, back.with_error(OAuthAccessDenied()), *_NOT_SIGNED_IN)
        raise NoWayBack("The form has no decision.")

    def _at(self, request: Request) -> Addresses:
        return addresses(self._settings, request.headers.get("host"))


async def _paged(work: Callable[..., Response], *given: Any) -> Response:
    """Answer with a page, errors included: a person reads it."""
    try:
        return await run_in_threadpool(work, *given)
    except Refused as refused:
        url = refused.back.with_error(refused.error)
        title = "This sign-in can't go on"
        return pages.back(refused.back, url, title, refused.error.message, refused=True)
    except OAuthError as error:
        return pages.wrong(error)
    except ApiError as error:
        return pages.wrong(
            OAuthError(error.message, http=error.http, retry_after=error.retry_after)
        )
    except Exception:
        logger.exception("a sign-in failed")
        return pages.wrong(OAuthError("Something went wrong here; it was logged."))


def _source(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _require_path(request: Request, paths: tuple[str, ...]) -> None:
    if request.path_params["rest"] not in paths:
        raise HTTPException(404)


async def _error_response(request: Request, error: Exception) -> Response:
    if not isinstance(error, OAuthError):
        raise error
    headers = dict(_NO_STORE)
    if error.retry_after is not None:
        headers["retry-after"] = str(ceil(error.retry_after))
    if error.http == 401 and "authorization" in request.headers:
        headers["www-authenticate"] = 'Basic realm="Stagedoor"'
    if error.http == 413:
        # the rest of the body isn't read, so the connection must be closed
        headers["connection"] = "close"
    return JSONResponse(error.answer(), error.http, headers)


async def _failed(request: Request, error: Exception) -> Response:
    """Answer errors that OAuth has no name for, such as an unavailable database."""
    if isinstance(error, ApiError):
        return await _error_response(request, _named(error))
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await _error_response(request, OAuthError("Something went wrong here; it was logged."))


def _named(error: ApiError) -> OAuthError:
    code = "temporarily_unavailable" if error.http == 503 else "server_error"
    return OAuthError(error.message, code=code, http=error.http, retry_after=error.retry_after)


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is no such route.", 405: "This route doesn't take that method."}
    told = OAuthInvalidRequest(words.get(status, "The request can't be answered."), http=status)
    return await _error_response(request, told)
