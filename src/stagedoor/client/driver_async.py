"""Performs effects on an event loop, asyncio's or trio's; files are read in threads.

anyio is imported inside functions, so that a program that only imports the client, or only makes
blocking calls, doesn't pay for the import.
"""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2

from .driver_sync import length_of
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
    TokensRefused,
)
from .pacing import Pacing
from .sink import BLOCK, Sink
from .source import Blocks
from .tokens import TokenStore
from .transport import parsed, translated

if TYPE_CHECKING:
    import anyio

T = TypeVar("T")


class AsyncDriver:
    """One HTTP client, one pacer, one account's tokens. Shared by the tasks of one event loop."""

    is_async = True

    def __init__(self, http: httpx2.AsyncClient, pacer: Pacing | None, store: TokenStore) -> None:
        self.http = http
        self.pacer = pacer
        self.store = store
        self._refreshing = _lock()

    def with_store(self, store: TokenStore) -> AsyncDriver:
        """A driver for another account, with the same connections and pacing."""
        return AsyncDriver(self.http, self.pacer, store)

    async def run(self, flow: Flow[T]) -> T:
        with Machine(flow) as machine:
            while (effect := machine.next()) is not None:
                try:
                    machine.result = await self.perform(effect)
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
                    machine.result = await self.perform(effect)
                except Exception as error:
                    machine.error = error

    async def perform(self, effect: Effect) -> Any:
        """Perform the effect and return its result; an exception is raised into the flow."""
        match effect:
            case Send():
                return await self._send(effect)
            case LoadTokens():
                return await _settled(self.store.load())
            case SaveTokens(tokens):
                return await _settled(self.store.save(tokens))
            case TokensRefused(tokens, error):
                refused = getattr(self.store, "refused", None)
                return None if refused is None else await _settled(refused(tokens, error))
            case Acquire(key, limit):
                if self.pacer is not None:
                    delay = self.pacer.reserve(key, limit)
                    if delay > 0:
                        await _sleep(delay)
                return None
            case Sleep(seconds):
                await _sleep(seconds)
                return None
            case Report(progress, to):
                if to is not None:
                    to(progress)
                return None
            case Blocking(call, args):
                return await _in_thread(call, *args)
            case Exclusive(flow):
                async with self._refreshing, _held(self.store):
                    return await self.run(flow)
            case Emit():
                raise TypeError("only a walk emits items")

    async def _send(self, send: Send) -> Reply:
        if send.into is not None:
            return await self._receive(send, send.into)
        body = _blocks(send.body) if isinstance(send.body, Blocks) else send.body
        with translated(send.method, send.url, self.http):
            response = await self.http.request(
                send.method,
                parsed(send.method, send.url),
                headers=send.headers,
                content=body,
            )
        return Reply(response.status_code, response.headers, response.content)

    async def _receive(self, send: Send, sink: Sink) -> Reply:
        body = _blocks(send.body) if isinstance(send.body, Blocks) else send.body
        with translated(send.method, send.url, self.http):
            async with self.http.stream(
                send.method, send.url, headers=send.headers, content=body
            ) as answer:
                await _in_thread(sink.begin, length_of(answer.headers))
                async for block in answer.aiter_bytes(BLOCK):
                    await _in_thread(sink.take, block)
                    sink.taken()
        return Reply(answer.status_code, answer.headers, sink.answer)


def _lock() -> anyio.Lock:
    import anyio

    return anyio.Lock()


async def _sleep(seconds: float) -> None:
    import anyio

    await anyio.sleep(seconds)


async def _in_thread(call: Callable[..., Any], *args: Any) -> Any:
    from anyio import to_thread

    return await to_thread.run_sync(call, *args)


async def _settled(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


@contextlib.asynccontextmanager
async def _held(store: TokenStore) -> AsyncIterator[None]:
    """Hold the store's own lock; a blocking lock is acquired in a thread."""
    exclusive = getattr(store, "exclusive", None)
    if exclusive is None:
        yield
        return
    lock = exclusive()
    if hasattr(lock, "__aenter__"):
        async with lock:
            yield
        return
    entry = _Entry(lock)
    try:
        await _in_thread(entry.enter)
        yield
    finally:
        entry.leave()


class _Entry:
    """Enters a lock in a thread, which runs on even if the task that waits for it is cancelled.

    If the lock is acquired after `leave`, it is released at once.
    """

    def __init__(self, lock: contextlib.AbstractContextManager[object]) -> None:
        self._lock = lock
        self._guard = threading.Lock()
        self._entered = False
        self._left = False

    def enter(self) -> None:
        self._lock.__enter__()
        with self._guard:
            self._entered = True
            if not self._left:
                return
        self._lock.__exit__(None, None, None)

    def leave(self) -> None:
        with self._guard:
            self._left = True
            if not self._entered:
                return
        self._lock.__exit__(None, None, None)


async def _blocks(body: Blocks) -> AsyncIterator[bytes]:
    while block := await _in_thread(body.next):
        body.sending()
        yield block
        body.sent(len(block))
