"""Middleware: a deadline for request bodies, and one log line for an aborted request.

A response to a request whose body wasn't read to its end closes the connection, unless few bytes
are missing: otherwise the client would keep sending a body that nobody reads.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stagedoor.platform.masking import UPLOAD

from .connections import EXTENSION
from .errors import ApiError, error_response

MAX_UNREAD = 256 << 10
"""Bytes of a body that the server discards to keep the connection open for the next request."""

logger = logging.getLogger("stagedoor.connections")


@dataclass(frozen=True, slots=True)
class BodyPace:
    """The service waits for a body at most `floor` seconds, plus one second for each
    `bytes_per_second` received."""

    floor: float = 15.0
    bytes_per_second: float = 8_192.0

    def seconds(self, received: int) -> float:
        return self.floor + received / self.bytes_per_second


@dataclass(frozen=True, slots=True)
class BodyPaces:
    """`other` maps path prefixes to a pace of their own."""

    usual: BodyPace = field(default_factory=BodyPace)
    other: Mapping[str, BodyPace] = field(
        # upload routes have limits of their own: this one only ends connections that stand still
        default_factory=lambda: dict.fromkeys(
            (UPLOAD, "/api/ads/creatives"), BodyPace(60.0, 1_024.0)
        )
    )

    def of(self, path: str) -> BodyPace:
        return next(
            (pace for start, pace in self.other.items() if path.startswith(start)), self.usual
        )


class BodyTooSlow(ApiError):
    """The body didn't come in time."""

    code, http, retryable = "body_too_slow", 408, True


class BodyDeadline:
    """Middleware. Only the time that the application waits for the client counts.

    A body that is too slow gets a 408; the application sees a client that disconnected.
    """

    def __init__(self, app: ASGIApp, paces: BodyPaces | None = None) -> None:
        self._app = app
        self._paces = paces or BodyPaces()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._paces.of(scope["path"]))
        await self._app(scope, exchange.receive, exchange.send)


class _Exchange:
    """One request and its response."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, pace: BodyPace) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._pace = pace
        self._waited = 0.0
        self._received = 0
        self._complete = False
        self._answered = False
        self._cut = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        if self._cut:
            return {"type": "http.disconnect"}
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._pace.seconds(self._received) - self._waited):
                message = await self._receive()
        except TimeoutError:
            return await self._end()
        self._waited += time.monotonic() - began
        if message["type"] == "http.disconnect":
            self._complete = True
            if not self._answered:
                self._tell("broken off")
            return message
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self._cut:
            return
        self._answered = True
        if message["type"] == "http.response.start" and self._unread() > MAX_UNREAD:
            headers = [one for one in message.get("headers", ()) if one[0].lower() != b"connection"]
            message = {**message, "headers": [*headers, (b"connection", b"close")]}
        try:
            await self._send(message)
        except RuntimeError:
            # uvloop's transport, when the client has left and uvicorn hasn't been told yet
            connection = self._scope.get("extensions", {}).get(EXTENSION)
            if connection is None or not connection.transport.is_closing():
                raise
            self._cut = True
            self._tell("broken off")

    def _unread(self) -> float:
        """Bytes of the body that the application hasn't read; infinite for a body without a
        length."""
        if self._complete:
            return 0
        headers = Headers(scope=self._scope)
        if "transfer-encoding" in headers:
            return math.inf
        announced = headers.get("content-length", "0")
        return int(announced) - self._received if announced.isdecimal() else math.inf

    async def _end(self) -> Message:
        self._cut = True
        self._tell("too slow, and cut off")
        if not self._answered:
            answer = error_response(BodyTooSlow("The body didn't come in time: send it again."))
            answer.headers["connection"] = "close"
            await answer(self._scope, self._receive, self._send)
        return {"type": "http.disconnect"}

    def _tell(self, what: str) -> None:
        logger.info(
            "%s %s: %s after %d bytes of body",
            self._scope["method"],
            self._scope["path"],
            what,
            self._received,
        )
