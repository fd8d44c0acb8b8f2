"""Client-side rate limiting: exact sliding windows, shared by threads and tasks."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Protocol

from stagedoor.platform.arguments import checked
from stagedoor.platform.operation import RateLimit

from .errors import ConfigurationError

SLACK = 0.05
"""Seconds (a part of one) added to each window, since latency varies between requests."""


MOST_EXACT = 10_000
"""Windows of at most so many calls keep the moment of each."""
_PARTS = 100


class Pacing(Protocol):
    """A rate limiter: a `Pacer`, or windows that several processes share."""

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Reserve the next free slot; returns the seconds until it, 0.0 if it is free now."""
        ...


class Pacer:
    """Assigns each call the moment at which it may start.

    One pacer may serve any number of clients, threads and event loops of a process. Memory is
    bounded: empty windows are dropped. `limits` override the documented limits for an app whose
    limits TikTok has raised: (requests, seconds) by operation id.
    """

    @checked
    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        limits: Mapping[str, tuple[int, float]] | None = None,
    ) -> None:
        self._clock = clock
        self._limits = _checked(limits or {})
        self._lock = threading.Lock()
        self._windows: dict[Hashable, _Window] = {}
        self._sweep_at = 1024

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Reserve the next free slot; returns the seconds until it, 0.0 if it is free now."""
        limit = self._own(key, limit)
        window = limit.per_seconds + SLACK
        with self._lock:
            now = self._clock()
            entry = self._windows.get(key)
            if entry is None:
                if len(self._windows) >= self._sweep_at:
                    self._sweep(now)
                kind = _Exact if limit.requests <= MOST_EXACT else _Coarse
                entry = self._windows[key] = kind(limit.requests, window)
            return entry.reserve(now) - now

    def _own(self, key: Hashable, limit: RateLimit) -> RateLimit:
        """The app's own limit for `key`, which is (operation, the subject that is counted).

        It replaces the first of the operation's limits; keys of the others have a third part.
        """
        operation = key[0] if isinstance(key, tuple) and 0 < len(key) < 3 else None
        raised = self._limits.get(str(operation)) if self._limits else None
        if raised is None:
            return limit
        return replace(limit, requests=raised[0], per_seconds=raised[1])

    def _sweep(self, now: float) -> None:
        self._windows = {
            key: window for key, window in self._windows.items() if not window.is_over(now)
        }
        self._sweep_at = max(1024, 2 * len(self._windows))


class _Exact:
    """A sliding window that keeps the moment of every call in it."""

    __slots__ = ("seconds", "taken")

    def __init__(self, requests: int, seconds: float) -> None:
        self.seconds = seconds
        self.taken: deque[float] = deque(maxlen=requests)

    def reserve(self, now: float) -> float:
        """The moment at which the next call may start, which is taken."""
        taken, start = self.taken, now
        if len(taken) == taken.maxlen:
            start = max(now, taken[0] + self.seconds)
        taken.append(start)
        return start

    def is_over(self, now: float) -> bool:
        """Whether no call is in the window any more."""
        return not self.taken or self.taken[-1] + self.seconds <= now


class _Coarse:
    """A sliding window of many calls, counted in parts of a hundredth of the window.

    A part counts until all of it has left the window, so the limit is never exceeded, and at most
    a hundredth of it isn't used.
    """

    __slots__ = ("count", "part", "parts", "requests")

    def __init__(self, requests: int, seconds: float) -> None:
        self.requests = requests
        self.part = seconds / _PARTS
        self.parts: deque[tuple[int, int]] = deque()
        """Numbers of parts, with the calls in each."""
        self.count = 0

    def reserve(self, now: float) -> float:
        """The moment at which the next call may start, which is taken."""
        last = self.parts[-1][0] if self.parts else 0
        # by numbers, since a product of floats may round to the part before
        number = max(int(now / self.part), last)
        start = max(now, last * self.part) if self.parts else now
        while True:
            while self.parts and self.parts[0][0] < number - _PARTS:
                self.count -= self.parts.popleft()[1]
            if self.count < self.requests:
                break
            number = self.parts[0][0] + _PARTS + 1
            start = max(now, number * self.part)
        self.count += 1
        before = self.parts.pop()[1] if self.parts and self.parts[-1][0] == number else 0
        self.parts.append((number, before + 1))
        return start

    def is_over(self, now: float) -> bool:
        """Whether no call is in the window any more."""
        return not self.parts or (self.parts[-1][0] + _PARTS + 1) * self.part <= now


_Window = _Exact | _Coarse


def _checked(limits: Mapping[str, tuple[int, float]]) -> dict[str, tuple[int, float]]:
    if limits:
        from stagedoor.platform import catalogue

        for name, limit in limits.items():
            requests, seconds = _window(name, limit)
            if name not in catalogue.operations():
                raise ConfigurationError(f"there is no operation {name!r} to limit")
            if requests < 1 or seconds <= 0:
                raise ConfigurationError(f"the limit of {name} is neither a number nor a time")
    return dict(limits)


def _window(name: str, limit: object) -> tuple[int, float]:
    match limit:
        case (int() as requests, int() | float() as seconds) if not isinstance(requests, bool):
            return requests, seconds
    raise TypeError(f"Pacer(): the limit of {name} must be (requests, seconds), not {limit!r:.80}")
