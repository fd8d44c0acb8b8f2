"""The one source of time. SQL gets `now` as a parameter and never asks the database."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds."""
        ...


class RealClock:
    def now(self) -> float:
        return time.time()


class FollowedClock:
    """Follows a clock that serves `{"now": <unix seconds>}`, such as the emulator's.

    It is asked at most every `fresh` seconds; in between real time goes on from its last answer.
    """

    def __init__(self, url: str, fresh: float = 0.05) -> None:
        self._url = url
        self._fresh = fresh
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._offset = 0.0

    def now(self) -> float:
        with self._lock:
            if time.monotonic() - self._asked > self._fresh:
                self._ask()
            return time.time() + self._offset

    def _ask(self) -> None:
        import httpx2

        answer = httpx2.get(self._url, timeout=5, trust_env=False).raise_for_status().json()
        self._offset = float(answer["now"]) - time.time()
        self._asked = time.monotonic()


def clock(url: str | None) -> Clock:
    """The clock that a setting names; real time without one."""
    return FollowedClock(url) if url else RealClock()
