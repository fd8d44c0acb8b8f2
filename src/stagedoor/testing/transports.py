"""Transports to an emulator in this process: no socket is opened.

The emulator runs on an event loop of its own thread; a blocking client and clients on other event
loops (asyncio, trio) hand their requests over to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial

import anyio.to_thread
import httpx2

from stagedoor.emulator.app import Application
from stagedoor.emulator.faults import Cut


class LoopTransport:
    """Sends requests to an ASGI application on another thread's event loop."""

    def __init__(self, application: Application, loop: asyncio.AbstractEventLoop) -> None:
        self._asgi = httpx2.ASGITransport(application)
        self._loop = loop

    def send(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request with a blocking body, and wait for the whole answer."""
        return asyncio.run_coroutine_threadsafe(self._answered(request), self._loop).result()

    async def _answered(self, request: httpx2.Request) -> httpx2.Response:
        body = request.stream
        if not isinstance(body, httpx2.AsyncByteStream):
            assert isinstance(body, httpx2.SyncByteStream)  # noqa: S101
            body = _InThread(iter(body))
        sent = httpx2.Request(
            request.method,
            request.url,
            headers=request.headers,
            stream=body,
            extensions=request.extensions,
        )
        try:
            answer = await self._asgi.handle_async_request(sent)
        except Cut:
            why = "Server disconnected without sending a response."
            raise httpx2.RemoteProtocolError(why, request=request) from None
        try:
            content = b"".join([chunk async for chunk in answer.aiter_raw()])
        finally:
            await answer.aclose()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=content)


class _InThread(httpx2.AsyncByteStream):
    """A blocking body as an async one: each block is read in a thread."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = partial(next, self._blocks, None)
        while (block := await asyncio.to_thread(read)) is not None:
            yield block


class BlockingTransport(httpx2.BaseTransport):
    """For `TikTok` and every `httpx2.Client`."""

    def __init__(self, loop: LoopTransport) -> None:
        self._loop = loop

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._loop.send(request)


class AsyncTransport(httpx2.AsyncBaseTransport):
    """For `AsyncTikTok` and every `httpx2.AsyncClient`, on asyncio and trio."""

    def __init__(self, loop: LoopTransport) -> None:
        self._loop = loop

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        sent = httpx2.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=content,
            extensions=request.extensions,
        )
        return await anyio.to_thread.run_sync(self._loop.send, sent)
