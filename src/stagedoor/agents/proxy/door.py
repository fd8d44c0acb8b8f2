"""The application below `/agents/proxy`: any client of TikTok's, with an agent's key as its token.

What is judged is the request as the declaration reads it, and that is what is done: neither the
bytes that came nor their headers go any further.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from stagedoor.connector.errors import ApiError

from ..identity.known import Known
from . import answers, asking, table
from .answers import Reply
from .errors import Unreadable
from .table import Found
from .work import Work

if TYPE_CHECKING:
    from stagedoor.platform.operation import Operation

    from ..services import Agents

_THREADS = 32
"""Calls at once: each waits for TikTok, and for nothing else."""
_BLOCK = 1 << 18

logger = logging.getLogger("stagedoor.agents")


class Door:
    """`live` runs beside the application; its end waits for calls that are under way."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents
        self._callers = Known(agents.identity.caller)
        self._threads = ThreadPoolExecutor(_THREADS, "proxy")

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await asyncio.to_thread(self._threads.shutdown)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation: Operation[..., object] | None = None
        read = scope["method"] in ("GET", "HEAD")
        try:
            found = table.find(scope["method"], scope.get("raw_path") or b"")
            operation = found.route.first
            headers = scope["headers"]
            key = self._key(found, headers)
            body: bytes | Unreadable = b""
            if found.route.takes_body:
                try:
                    body = await asking.body(headers, receive)
                    read = True
                except Unreadable as error:
                    body = error
            query = scope["query_string"].decode("latin-1")
            work = Work(self._agents, self._callers, found.route, found.account, key, query, body)
            reply = await asyncio.get_running_loop().run_in_executor(self._threads, work.reply)
        except asking.Gone:
            return
        except ApiError as error:
            reply = answers.refusal(error, operation, close=not read)
        except Exception:
            logger.exception("a call through the proxy failed")
            words = "Something went wrong in Stagedoor; it was logged."
            reply = answers.refusal(ApiError(words), operation, close=not read)
        await self._send(reply, send)

    def _key(self, found: Found, headers: list[tuple[bytes, bytes]]) -> str | None:
        try:
            return asking.key(headers)
        except ApiError:
            if found.route.open:
                raise
            return None

    async def _send(self, reply: Reply, send: Send) -> None:
        if reply.file is None:
            await send(reply.start())
            await send({"type": "http.response.body", "body": reply.body})
            return
        run = asyncio.get_running_loop().run_in_executor
        with reply.file as file:
            await send(reply.start())
            while block := await run(self._threads, file.read, _BLOCK):
                await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
