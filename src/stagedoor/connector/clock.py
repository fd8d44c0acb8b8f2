"""The one source of time. SQL gets `now` as a parameter and never asks the database."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from .errors import Unavailable

if TYPE_CHECKING:
    import httpx2


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
    answer.
    """

    def __init__(self, url: str, fresh: float = 0.05) -> None:
        self._url = url
        self._fresh = fresh
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._offset = 0.0
        self._client: httpx2.Client | None = None

    def now(self) -> float:
        with self._lock:
            if time.monotonic() - self._asked > self._fresh:
                self._ask()
            return time.time() + self._offset

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _ask(self) -> None:
        import httpx2

        from stagedoor.client.transport import tls

        if self._client is None:
            self._client = httpx2.Client(timeout=5, trust_env=False, verify=tls())
        try:
            answer = self._client.get(self._url).raise_for_status().json()
            self._offset = float(answer["now"]) - time.time()
        except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(
                "The clock that STAGEDOOR_CLOCK names doesn't tell the time, and nothing here "
                "may guess it.",
                retry_after=5,
            ) from error
        self._asked = time.monotonic()


def clock(url: str | None) -> OpenClock:
    """The clock at the URL from the settings; real time without one."""
    return FollowedClock(url) if url else RealClock()
