"""The application below `/agents/proxy`: serves any client of TikTok's API, with an agent's key as
its token.

The declaration parses the request, and exactly the parsed request is decided and sent: neither the
original bytes nor the headers are forwarded.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from stagedoor.connector.clock import Clock
from stagedoor.connector.connections import mark_authenticated
from stagedoor.connector.errors import ApiError
from stagedoor.platform.operation import Operation

from ..calls.accounts import AccountNames
from ..calls.errors import Denied, NoAgentKey
from ..calls.scheduler import Scheduler
from ..calls.service import Calls
from ..decisions.gate import DecisionGate
from ..decisions.request import probe
from ..identity.caller_cache import CallerCache
from ..identity.service import AgentRegistry
from . import answers, incoming, table
from .answers import ProxyResponse
from .errors import UnreadableBody
from .request_flow import RequestFlow
from .table import RouteMatch

_BLOCK = 1 << 18

logger = logging.getLogger("stagedoor.agents")

_UPLOADS = "uploads through the proxy"
"""The owner of connections that showed the capability of an upload, and no key."""


class ProxyApp:
    """The ASGI application of the proxy; `scheduler` runs its calls."""

    def __init__(
        self,
        *,
        clock: Clock,
        identity: AgentRegistry,
        gate: DecisionGate,
        calls: Calls,
        account_names: AccountNames,
        scheduler: Scheduler,
    ) -> None:
        self._gate = gate
        self._calls = calls
        self._account_names = account_names
        self._scheduler = scheduler
        self._callers = CallerCache(identity.caller, identity.admission, clock.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation: Operation[..., object] | None = None
        read = scope["method"] in ("GET", "HEAD")
        try:
            found = table.find(scope["method"], scope.get("raw_path") or b"")
            operation = found.route.first
            headers = scope["headers"]
            key = self._key(found, headers)
            known = None if key is None else await self._callers.find(key)
            if known is None and found.route.open:
                raise NoAgentKey
            if known is not None and not known.admitted:
                denial = await self._scheduler.run(probe(known.caller, operation.id))
                if denial is not None:
                    raise Denied(denial)
            if known is not None:
                mark_authenticated(scope, known.caller.org)
            body: bytes | UnreadableBody = b""
            if found.route.takes_body:
                try:
                    body = await incoming.body(
                        scope, receive, max(incoming.MAX_BODY, found.route.max_body)
                    )
                    read = True
                except UnreadableBody as error:
                    body = error
            query = scope["query_string"].decode("latin-1")
            caller = None if known is None else known.caller
            work = RequestFlow(
                self._gate,
                self._calls,
                self._account_names,
                route=found.route,
                named=found.account,
                caller=caller,
                key=key,
                query=query,
                body=body,
            )
            reply = await self._scheduler.run(work.reply(), caller)
            if not found.route.open and reply.status < 400:
                mark_authenticated(scope, _UPLOADS)
        except ClientDisconnect:
            return
        except ApiError as error:
            reply = answers.refusal(error, operation, not read, table.protocol(scope))
        except Exception:
            logger.exception("a call through the proxy failed")
            words = "Something went wrong in Stagedoor; it was logged."
            reply = answers.refusal(ApiError(words), operation, not read, table.protocol(scope))
        await self._send(reply, send)

    def _key(self, found: RouteMatch, headers: list[tuple[bytes, bytes]]) -> str | None:
        try:
            return incoming.key(headers)
        except ApiError:
            if found.route.open:
                raise
            return None

    async def _send(self, reply: ProxyResponse, send: Send) -> None:
        if reply.file is None:
            await send(reply.start())
            await send({"type": "http.response.body", "body": reply.body})
            return
        with reply.file as file:
            await send(reply.start())
            while block := await asyncio.to_thread(file.read, _BLOCK):
                await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
