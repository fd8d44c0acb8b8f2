"""Reads a request's body, up to a limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .calls import Refusal

MAX_JSON = 1_048_576
MAX_FORM = 65_536

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Disconnected(Exception):
    """The caller disconnected before its request was complete."""


async def read(receive: Receive, limit: int) -> bytes:
    """Read the whole body; raises a refusal once it exceeds `limit` bytes."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    body: bytes = message.get("body", b"")
    if message.get("more_body", False):
        parts, size = [body], len(body)
        while message.get("more_body", False):
            if size > limit:
                break
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            parts.append(message.get("body", b""))
            size += len(parts[-1])
        body = b"".join(parts)
    if len(body) > limit:
        raise Refusal("invalid_params", f"The request body is longer than {limit} bytes.")
    return body
