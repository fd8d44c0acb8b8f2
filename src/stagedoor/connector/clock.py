"""The one source of time. SQL gets `now` as a parameter and never asks the database."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from .errors import ServiceUnavailable

if TYPE_CHECKING:
    from http.client import HTTPConnection

_PATIENCE = 5.0


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds."""
        ...


class OpenClock(Clock, Protocol):
    """A clock that may hold a resource, which `close` frees."""

    def close(self) -> None: ...


class RealClock:
    def now(self) -> float:
        return time.time()

    def close(self) -> None:
        """Nothing to close."""


class FollowedClock:
    """Follows a clock that serves `{"now": <unix seconds>}`, such as the emulator's.

    The clock is asked at most every `fresh` seconds; in between, real time is added to its last
    answer. How long an answer took on its way isn't known, so it only bounds the difference from
    real time: the time goes back only if that clock did.
    """

    def __init__(self, url: str, fresh: float = 0.05) -> None:
        self._url = url
        self._fresh = fresh
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._offset = float("-inf")
        """The difference from real time, in seconds; the first answer sets it."""
        self._connection: HTTPConnection | None = None

    def now(self) -> float:
        with self._lock:
            if time.monotonic() - self._asked > self._fresh:
                self._ask()
            return time.time() + self._offset

    def close(self) -> None:
        with self._lock:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> None:
        from http.client import HTTPException

        kept = self._connection is not None
        try:
            asked = time.time()
            try:
                told = self._told()
            except (HTTPException, ConnectionError):
                if not kept:
                    raise
                # the server of the clock had closed the connection
                self._hang_up()
                asked = time.time()
                told = self._told()
            now = float(told["now"])
            self._offset = min(max(self._offset, now - time.time()), now - asked)
        except (HTTPException, OSError, ValueError, KeyError, TypeError) as error:
            self._hang_up()
            raise ServiceUnavailable(
                "The clock that STAGEDOOR_CLOCK names doesn't tell the time, and nothing here "
                "may guess it.",
                retry_after=5,
            ) from error
        self._asked = time.monotonic()

    def _told(self) -> Any:
        if self._connection is None:
            self._connection = _opened(self._url)
        parts = urlsplit(self._url)
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        self._connection.request("GET", path)
        with self._connection.getresponse() as answer:
            body = answer.read()
            if answer.status != 200:
                raise ValueError(f"HTTP {answer.status}")
        return json.loads(body)


def _opened(url: str) -> HTTPConnection:
    """A connection past any proxy. Work asks for the time twenty times a second: an HTTP client
    would take several times as long as the answer."""
    from http.client import HTTPConnection, HTTPSConnection

    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        from stagedoor.client.transport import tls

        return HTTPSConnection(host, parts.port, timeout=_PATIENCE, context=tls())
    return HTTPConnection(host, parts.port, timeout=_PATIENCE)


def clock(url: str | None) -> OpenClock:
    """The clock at the URL from the settings; real time without one."""
    return FollowedClock(url) if url else RealClock()
