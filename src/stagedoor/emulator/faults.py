"""Fault injection, the same way for every operation.

A fault can apply to any call, raw uploads of media included: bytes are counted as the application
reads them, and the answer is dropped, without any code for it in the upload.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from .bodies import Message, Receive, Send
from .world import Fault, FaultKind, World
from .world.faults import EVERY

_GONE_WITHIN = 5.0


class Cut(Exception):
    """The connection was cut on purpose. Raised out of the application only without a server."""


def meet(world: World, operation: str) -> Fault | None:
    """The first fault that applies to this call, which is counted; None if no fault applies."""
    for fault in world.faults:
        if fault.operation not in (operation, EVERY):
            continue
        if fault.skip > 0:
            fault.skip -= 1
            continue
        fault.met += 1
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                world.faults.remove(fault)
        return fault
    return None


async def cut(receive: Receive, send: Send) -> None:
    """Abort the connection without sending a byte of an answer."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise Cut
    transport.abort()
    # Returning before the server has noticed would make the server log a 500.
    with suppress(TimeoutError):
        async with asyncio.timeout(_GONE_WITHIN):
            while (await receive())["type"] != "http.disconnect":
                pass


class BreakingReceive:
    """Passes on `after_bytes` bytes of a request's body, then cuts the connection."""

    def __init__(self, receive: Receive, send: Send, after_bytes: int) -> None:
        self._receive, self._send, self._left = receive, send, after_bytes

    async def __call__(self) -> Message:
        if self._left <= 0:
            await cut(self._receive, self._send)
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        body: bytes = message.get("body", b"")
        if len(body) <= self._left:
            self._left -= len(body)
            return message
        message = {"type": "http.request", "body": body[: self._left], "more_body": True}
        self._left = 0
        return message


def breaks_off(fault: Fault | None) -> bool:
    return fault is not None and fault.kind is FaultKind.CUT and fault.after_bytes is not None
