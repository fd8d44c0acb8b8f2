"""The emulator's time: real time plus an offset, and what is to happen when.

Days pass in a test in moments: `advance` moves the time and lets each timer fire at its own
moment on the way.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count


@dataclass(slots=True, order=True)
class Timer:
    """At `due`, the handler of `kind` is called with `ref`, an entity's id."""

    due: float
    order: int
    kind: str = field(compare=False)
    ref: str = field(compare=False)


Handler = Callable[[str], Awaitable[None]]


class Clock:
    """Unix seconds. `frozen` time moves only by `advance`."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen: float | None = None
        self._timers: list[Timer] = []
        self._order = count()
        self._changed = asyncio.Event()
        self._moving = asyncio.Lock()
        self.handlers: dict[str, Handler] = {}

    def now(self) -> float:
        return time.time() + self._offset if self._frozen is None else self._frozen

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def freeze(self) -> None:
        self._frozen = self.now()

    def thaw(self) -> None:
        if self._frozen is not None:
            self._offset = self._frozen - time.time()
            self._frozen = None
            self._changed.set()

    def at(self, due: float, kind: str, ref: str) -> None:
        """Have `kind` handled for `ref` when `due` comes."""
        heapq.heappush(self._timers, Timer(due, next(self._order), kind, ref))
        self._changed.set()

    def drop(self, kind: str, ref: str) -> None:
        """Forget what is planned of this kind for this entity."""
        self._timers = [t for t in self._timers if (t.kind, t.ref) != (kind, ref)]
        heapq.heapify(self._timers)

    def pending(self) -> list[Timer]:
        return sorted(self._timers)

    def reset(self) -> None:
        """Real time again, nothing planned."""
        self._offset, self._frozen = 0.0, None
        self._timers.clear()

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass now; each timer on the way fires at its own moment."""
        async with self._moving:
            target = self.now() + seconds
            while self._timers and self._timers[0].due <= target:
                timer = heapq.heappop(self._timers)
                self._move_to(max(self.now(), timer.due))
                await self._fire(timer)
            self._move_to(target)

    async def run(self) -> None:
        """Fire timers as real time passes, until cancelled."""
        while True:
            self._changed.clear()
            async with self._moving:
                while self._timers and self._timers[0].due <= self.now():
                    await self._fire(heapq.heappop(self._timers))
            wait = None
            if self._timers and not self.frozen:
                wait = max(0.0, self._timers[0].due - self.now())
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except TimeoutError:
                continue

    def _move_to(self, moment: float) -> None:
        if self._frozen is not None:
            self._frozen = max(self._frozen, moment)
        else:
            self._offset = max(self._offset, moment - time.time())

    async def _fire(self, timer: Timer) -> None:
        await self.handlers[timer.kind](timer.ref)
