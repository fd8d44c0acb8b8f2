"""Performs effects on an event loop, asyncio's or trio's; files are read in threads."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import httpx2

from .effects import (
    Acquire,
    Blocking,
    Effect,
    Emit,
    Exclusive,
    Flow,
    Items,
    LoadTokens,
    Machine,
    Reply,
    Report,
    SaveTokens,
    Send,
    Sleep,
)
from .pacing import Pacer
from .source import Blocks
from .tokens import TokenStore
from .transport import translated

T = TypeVar("T")


class AsyncDriver:
    """One HTTP client, one pacer, one account's tokens. Shared by the tasks of one loop."""

    def __init__(self, http: httpx2.AsyncClient, pacer: Pacer | None, store: TokenStore) -> None:
        self.http = http
        self.pacer = pacer
        self.store = store
        self._refreshing = anyio.Lock()

    def with_store(self, store: TokenStore) -> AsyncDriver:
        """The same connections and pacing for another account."""
        return AsyncDriver(self.http, self.pacer, store)

    async def run(self, flow: Flow[T]) -> T:
        with Machine(flow) as machine:
            while (effect := machine.next()) is not None:
                try:
                    machine.result = await self._perform(effect)
                except Exception as error:
                    machine.error = error
            return machine.value

    async def walk(self, flow: Items[T]) -> AsyncIterator[T]:
        with Machine(flow) as machine:
            while (effect := machine.next()) is not None:
                if isinstance(effect, Emit):
                    yield effect.item
                    continue
                try:
                    machine.result = await self._perform(effect)
                except Exception as error:
                    machine.error = error

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return await self._send(effect)
            case LoadTokens():
                return await _settled(self.store.load())
            case SaveTokens(tokens):
                return await _settled(self.store.save(tokens))
            case Acquire(key, limit):
                if self.pacer is not None:
                    delay = self.pacer.reserve(key, limit)
                    if delay > 0:
                        await anyio.sleep(delay)
                return None
            case Sleep(seconds):
                await anyio.sleep(seconds)
                return None
            case Report(progress, to):
                if to is not None:
                    to(progress)
                return None
            case Blocking(call, args):
                return await anyio.to_thread.run_sync(call, *args)
            case Exclusive(flow):
                async with self._refreshing, _held(self.store):
                    return await self.run(flow)
            case Emit():
                raise TypeError("only a walk emits items")

    async def _send(self, send: Send) -> Reply:
        body = _blocks(send.body) if isinstance(send.body, Blocks) else send.body
        with translated(send.method, send.url):
            response = await self.http.request(
                send.method, send.url, headers=send.headers, content=body
            )
        return Reply(response.status_code, response.headers, response.content)


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


@contextlib.asynccontextmanager
async def _held(store: TokenStore) -> AsyncIterator[None]:
    """The store's own lock, which may block, taken in a thread."""
    exclusive = getattr(store, "exclusive", None)
    if exclusive is None:
        yield
        return
    lock = exclusive()
    if hasattr(lock, "__aenter__"):
        async with lock:
            yield
        return
    await anyio.to_thread.run_sync(lock.__enter__)
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


async def _blocks(body: Blocks) -> AsyncIterator[bytes]:
    while block := await anyio.to_thread.run_sync(body.next):
        yield block
        body.sent(len(block))
