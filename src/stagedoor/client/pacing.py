"""Staying under TikTok's rate limits: exact sliding windows, shared by threads and tasks."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Protocol

from stagedoor.platform.operation import RateLimit

SLACK = 0.05
"""Part of a second added to each window: requests don't all travel equally fast."""


class Pacing(Protocol):
    """What paces calls: a `Pacer`, or windows that several processes share."""

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Take the next free place; seconds to wait until it comes, 0.0 for none."""
        ...


class Pacer:
    """Gives each call the moment at which it may start.

    One pacer may serve any number of clients, threads and event loops of a process. Memory is
    bounded: windows that have run empty are dropped.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[Hashable, tuple[float, deque[float]]] = {}
        self._sweep_at = 1024

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Take the next free place; seconds to wait until it comes, 0.0 for none."""
        window = limit.per_seconds + SLACK
        with self._lock:
            now = self._clock()
            entry = self._windows.get(key)
            if entry is None:
                if len(self._windows) >= self._sweep_at:
                    self._sweep(now)
                entry = self._windows[key] = (window, deque(maxlen=limit.requests))
            taken = entry[1]
            start = now
            if len(taken) == limit.requests:
                start = max(now, taken[0] + window)
            taken.append(start)
            return start - now

    def delay(self, key: Hashable, seconds: float, limit: RateLimit) -> None:
        """TikTok said no: let no call of this key start within `seconds`."""
        with self._lock:
            start = self._clock() + seconds - limit.per_seconds - SLACK
            taken = deque([start] * limit.requests, maxlen=limit.requests)
            self._windows[key] = (limit.per_seconds + SLACK, taken)

    def _sweep(self, now: float) -> None:
        self._windows = {
            key: (window, taken)
            for key, (window, taken) in self._windows.items()
            if taken and taken[-1] + window > now
        }
        self._sweep_at = max(1024, 2 * len(self._windows))
