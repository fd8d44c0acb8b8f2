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
from stagedoor.platform import wire

from .. import vocabulary
from ..calls.accounts import meant
from ..calls.errors import AccountNeeded, Denied, NoAgentKey
from ..calls.wanted import Wanted
from ..decisions.asking import Unread
from ..decisions.decision import Guard
from ..identity.errors import NoAgent
from . import answers, asking, table
from .answers import Reply
from .errors import NotHere, Unreadable
from .table import Found

if TYPE_CHECKING:
    from pydantic import BaseModel

    from stagedoor.platform.operation import Operation

    from ..services import Agents

_THREADS = 32
"""Calls at once: each waits for TikTok, and for nothing else."""
_BLOCK = 1 << 18
_TOLD = 3
"""So many things that are wrong with a request are told at once."""

logger = logging.getLogger("stagedoor.agents")


class Door:
    """`live` runs beside the application; its end waits for calls that are under way."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents
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
            work = _Work(self._agents, found, key, scope["query_string"], body)
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


class _Work:
    """One request, in a thread: who asks, for what, on which account, and what comes of it."""

    __slots__ = ("_agents", "_body", "_found", "_key", "_query")

    def __init__(
        self, agents: Agents, found: Found, key: str | None, query: bytes, body: bytes | Unreadable
    ) -> None:
        self._agents = agents
        self._found = found
        self._key = key
        self._query = query.decode("latin-1")
        self._body = body

    def reply(self) -> Reply:
        route = self._found.route
        unread = isinstance(self._body, Unreadable)
        operation = route.meant(self._query, self._body if isinstance(self._body, bytes) else b"")
        try:
            if not route.open:
                self._refuse(operation)
            return self._made(operation)
        except ApiError as error:
            return answers.refusal(error, operation, close=unread or not route.takes_body)

    def _refuse(self, operation: Operation[..., object]) -> None:
        """Raises `NotHere`; who asked for it is on record all the same."""
        caller = None if self._key is None else self._agents.identity.caller(self._key)
        if caller is not None and operation.id not in vocabulary.operations():
            self._agents.gate.decide(caller, operation.id, None, {})
        raise NotHere

    def _made(self, operation: Operation[..., object]) -> Reply:
        agents = self._agents
        caller = None if self._key is None else agents.identity.caller(self._key)
        if caller is None:
            raise NoAgentKey
        arguments = self._arguments(operation)
        account, unclear = None, None
        if vocabulary.needs_account(operation):
            try:
                account = meant(agents, caller, self._found.account)
            except AccountNeeded as error:
                unclear = error
            except NoAgent:
                pass  # deleted at this moment, as the decision will find
        try:
            done = agents.calls.make(caller, Wanted(operation, account, arguments))
        except Denied as denied:
            # it is on record now; these say better what to do
            if denied.decision.rule == Guard.NO_ACCOUNT and unclear is not None:
                raise unclear from None
            if denied.decision.rule == Guard.BAD_ARGUMENTS and isinstance(self._body, Unreadable):
                raise self._body from None
            raise
        return answers.answer(operation, done)

    def _arguments(self, operation: Operation[..., object]) -> BaseModel | Unread:
        if isinstance(self._body, Unreadable):
            return Unread(self._body.message)
        if len(self._query) > asking.MAX_QUERY:
            return Unread(f"the query is longer than {asking.MAX_QUERY} bytes")
        if asking.repeated(self._query):
            return Unread("the query says something twice")
        try:
            read: BaseModel = wire.parse(operation, self._query, self._body)
        except wire.Malformed as error:
            words = str(wire.Malformed(error.problems[:_TOLD]))
            # what doesn't fit is named, and that may be anything that was sent
            return Unread(words.replace(self._key or "\0", "***"))
        return read
