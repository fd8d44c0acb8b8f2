"""A limited number of slots, shared fairly: no organisation can take all of them."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import ServiceUnavailable

_LATER = (1.0, 60.0)
"""The least and the most seconds after which a refused caller may come again."""
_NEWS = 0.25
"""The part of the newest measurement in the mean of the times that slots are held."""


class Busy(ServiceUnavailable):
    """Too much work of the same organisation is waiting already, or no slot became free in
    time."""

    code = "busy"


class Shares:
    """At most `slots` at once; for each organisation at most `share` of them and `waiting`
    callers.

    A free slot goes to the organisations in turn (round robin). A refused caller is told when
    those that wait will probably have had theirs. Thread-safe.
    """

    def __init__(
        self,
        slots: int,
        share: int,
        waiting: int,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._real = real
        self._free = slots
        self._share = share
        self._most_waiting = waiting
        self._running: Counter[str] = Counter()
        self._queues: dict[str, deque[threading.Event]] = {}
        self._lock = threading.Lock()
        self._mean = 0.0
        """Seconds for which a slot is held."""

    @contextmanager
    def slot(self, org: str, seconds: float) -> Iterator[None]:
        """Hold a slot for the block; waits for it up to `seconds`. Raises `Busy`."""
        self._wait(org, seconds)
        begun = self._real()
        try:
            yield
        finally:
            with self._lock:
                held = self._real() - begun
                self._mean += (held - self._mean) * (_NEWS if self._mean else 1.0)
                self._free += 1
                self._running[org] -= 1
                self._running += Counter()  # removes zero counts
                self._hand_out()

    def _wait(self, org: str, seconds: float) -> None:
        granted = threading.Event()
        with self._lock:
            queue = self._queues.setdefault(org, deque())
            if len(queue) >= self._most_waiting:
                raise self._busy(len(queue))
            queue.append(granted)
            self._hand_out()
        if granted.wait(seconds):
            return
        with self._lock:
            if granted.is_set():
                return
            queue.remove(granted)
            if not queue:
                self._queues.pop(org, None)
            raise self._busy(len(queue))

    def _hand_out(self) -> None:
        while self._free:
            ready = (org for org in self._queues if self._running[org] < self._share)
            org = next(ready, None)
            if org is None:
                return
            queue = self._queues.pop(org)
            queue.popleft().set()
            if queue:  # to the end of the queue
                self._queues[org] = queue
            self._free -= 1
            self._running[org] += 1

    def _busy(self, waiting: int) -> Busy:
        least, most = _LATER
        seconds = math.ceil(waiting / self._share * self._mean)
        return Busy(
            "Files of this organisation are being looked at already. Nothing was lost: try again "
            "in a moment.",
            retry_after=min(most, max(least, seconds)),
        )
