"""The endpoint /mcp: checks the host, the agent and the size, then hands over to the MCP server.

It is stateless between requests, so any process of the service can answer any request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from stagedoor.connector import bodies
from stagedoor.connector.clock import Clock
from stagedoor.connector.connections import mark_authenticated
from stagedoor.connector.errors import ApiError, RequestTooLarge
from stagedoor.connector.settings import Settings
from stagedoor.platform.bounds import MAX_BODY as MAX_BODY

from ..calls.scheduler import Scheduler
from ..decisions.decision import Guard
from ..decisions.request import probe
from ..identity.caller_cache import CallerCache, KnownCaller
from ..identity.service import AgentCaller, AgentRegistry
from ..identity.toolset import Toolset
from ..oauth.addresses import resource_metadata_url
from ..oauth.service import AuthorizationServer
from ..tools.toolbox import Toolbox
from ..tools.toolsets import named
from .hosts import AllowedHosts

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"
_UNADMITTED_BODY = 4 << 10
"""Bytes that are read of a caller whose key, agent or rate limit admits no call: enough to parse
a usual call and answer with the reason."""
_MAX_TOKEN = 4_096
_ANY_ANSWER = b"application/json, text/event-stream"
_NO_KEY = (
    "Send the agent's key (sda_...) as 'Authorization: Bearer'. 'stagedoor agents create' prints "
    "one."
)
_BROKEN = "Something went wrong in Stagedoor; it was logged."
_WRONG_HOST = (
    "MCP isn't served under this host name: use the public URL, or have an administrator add the "
    "name to STAGEDOOR_ALLOWED_HOSTS."
)

logger = logging.getLogger("stagedoor.agents")


class McpApp:
    """The ASGI application of the endpoint; `live` must be open while it serves."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        identity: AgentRegistry,
        oauth: AuthorizationServer,
        toolbox: Toolbox,
        scheduler: Scheduler,
    ) -> None:
        self._settings = settings
        self._identity = identity
        self._oauth = oauth
        self._toolbox = toolbox
        self._scheduler = scheduler
        self._hosts = AllowedHosts.of(
            settings.public_url, settings.cors_origins, settings.allowed_hosts
        )
        self._callers = CallerCache(self._caller_of, identity.admission, clock.now)
        self._within: _Within | None = None

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """Run the SDK's session managers. The SDK is imported here, so a worker doesn't load it."""
        within = await asyncio.to_thread(_within, self._toolbox, self._scheduler)
        async with AsyncExitStack() as stack:
            for manager in (within.plain, within.streaming):
                await stack.enter_async_context(manager.run())
            self._within = within
            try:
                yield
            finally:
                self._within = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._refused(scope)
        if answer is None:
            scope = _accepting(scope)
            let_in = await self._let_in(scope)
            if isinstance(let_in, KnownCaller):
                await self._opened(scope, receive, send, let_in)
                return
            answer = let_in
        await answer(scope, receive, send)

    async def _let_in(self, scope: Scope) -> KnownCaller | Response:
        """Return the caller whose body may be read. If the caller can't be determined, return an
        error response (fail closed)."""
        try:
            known = await self._known(scope)
            if known is None:
                return self._nobody(scope)
            denial = None
            if known.admitted:
                mark_authenticated(scope, known.caller.org)
            elif not _is_small(scope):
                denial = await self._scheduler.run(probe(known.caller, "tools/call"))
        except ApiError as error:
            return _unread(error.http, error.code, error.message, error.retry_after)
        except Exception:
            logger.exception("the caller of an MCP request could not be looked up")
            return _unread(500, "internal_error", _BROKEN)
        if denial is None:
            return known
        status = 429 if denial.rule == Guard.TOO_MANY_CALLS else 403
        return _unread(status, "denied_by_policy", denial.reason)

    def _refused(self, scope: Scope) -> Response | None:
        """Return a refusal that doesn't depend on the caller; None if there is none."""
        headers = Headers(scope=scope)
        bound = (scope.get("server") or (None,))[0]
        if not self._hosts.answers_to(headers.get("host", ""), bound):
            return _error(421, "wrong_host", _WRONG_HOST)
        origin = headers.get("origin")
        if origin is not None and not self._hosts.takes_from(origin, bound):
            return _error(403, "forbidden_origin", "Pages of this origin may not call.")
        if scope["path"].rstrip("/") != PATH:
            return _error(404, "not_found", f"MCP is served at {PATH}.")
        if scope["method"] != "POST":
            # the server sends nothing unasked, so there is no stream to open and no session to end
            answer = _error(405, "method_not_allowed", "Send JSON-RPC by POST.")
            answer.headers["allow"] = "POST"
            return answer
        return None

    async def _known(self, scope: Scope) -> KnownCaller | None:
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not 0 < len(token) <= _MAX_TOKEN:
            return None
        return await self._callers.find(token)

    def _caller_of(self, token: str) -> AgentCaller | None:
        """Return the caller of an agent's key, or of an access token of a signed-in client."""
        return self._identity.caller(token) or self._oauth.caller(token)

    def _nobody(self, scope: Scope) -> Response:
        answer = _unread(401, "invalid_token", _NO_KEY)
        host = Headers(scope=scope).get("host")
        where = resource_metadata_url(self._settings, host)
        answer.headers["www-authenticate"] = (
            f'Bearer error="invalid_token", resource_metadata="{where}"'
        )
        return answer

    async def _opened(self, scope: Scope, receive: Receive, send: Send, known: KnownCaller) -> None:
        if self._within is None:
            answer: Response = _unread(503, "unavailable", "The service is stopping.")
            await answer(scope, receive, send)
            return
        try:
            body = await _body(scope, receive)
        except ClientDisconnect:
            return
        except RequestTooLarge as error:
            answer = _unread(413, "too_large", error.message)
            await answer(scope, receive, send)
            return
        from .server import CALLER

        await self._within.answer({**scope, CALLER: known.caller}, body, receive, send)


class _Within:
    """The SDK's part: the fast path, and the transport with and without event streams."""

    def __init__(self, server: Server[Any]) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        self._server = server
        self.plain: StreamableHTTPSessionManager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=MAX_BODY
        )
        self.streaming: StreamableHTTPSessionManager = StreamableHTTPSessionManager(
            server, json_response=False, stateless=True, max_request_body_size=MAX_BODY
        )

    async def answer(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        from . import exchange

        request = Request(scope)
        accepts = request.headers.get("accept", "")
        is_json = request.headers.get("content-type", "").lower().startswith("application/json")
        streams = b'"progressToken"' in body and "text/event-stream" in accepts
        if is_json and not streams and _takes_json(accepts):
            reply = await exchange.answer(self._server, request, body)
            if reply is not None:
                await _sent(send, reply.status, reply.body)
                return
        manager = self.streaming if streams else self.plain
        await manager.handle_request(scope, bodies.replayed(body, receive), send)


def _within(toolbox: Toolbox, scheduler: Scheduler) -> _Within:
    from .server import server

    named(Toolset.JOBS)  # built before the first request
    return _Within(server(toolbox, scheduler))


def _takes_json(accepts: str) -> bool:
    return "application/json" in accepts or "*/*" in accepts or "application/*" in accepts


def _accepting(scope: Scope) -> Scope:
    """Add an Accept header if there is none: such a request accepts anything (RFC 9110, 12.5.1)."""
    if "accept" in Headers(scope=scope):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"accept", _ANY_ANSWER)]}


def _declared(scope: Scope) -> int | None:
    """Return the declared size of the body in bytes; None if the request declares none."""
    headers = Headers(scope=scope)
    said = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not said.isdigit() or len(said) > 19:
        return None
    return int(said)


def _is_small(scope: Scope) -> bool:
    declared = _declared(scope)
    return declared is not None and declared <= _UNADMITTED_BODY


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Read the body. Raises `RequestTooLarge`, `ClientDisconnect`."""
    return await bodies.read(scope, receive, MAX_BODY)


async def _sent(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _unread(status: int, code: str, message: str, retry_after: float | None = None) -> Response:
    """Return an error and close the connection, lest the unread body pass for the next request."""
    answer = _error(status, code, message)
    answer.headers["connection"] = "close"
    if retry_after is not None:
        answer.headers["retry-after"] = str(max(0, round(retry_after)))
    return answer


def _error(status: int, code: str, message: str) -> Response:
    """Return an error in OAuth's format, which MCP clients read."""
    return JSONResponse({"error": code, "error_description": message}, status)
