"""The emulator's clock: real time plus an offset, and a schedule of timers.

A test can let days pass at once: `advance` moves the time and fires each timer on the way at its
own moment. Work that takes real time (a webhook's attempt, a download) runs as a background task:
it blocks nothing else, but `advance` waits for it, so that its consequences happen in order.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from stagedoor.platform.records import record

from ..log import logger


@dataclass(slots=True, order=True)
class Timer:
    """A timer: at `due`, the handler of `kind` is called with `ref`, an entity's id."""

    due: float
    order: int
    kind: str = field(compare=False)
    ref: str = field(compare=False)
    dropped: bool = field(default=False, compare=False)


@record
class BackgroundTask:
    """A background task for `ref`; `advance` waits for it until the deadline `patience`."""

    kind: str
    ref: str
    task: asyncio.Task[None]
    patience: float
    """A deadline in the event loop's time."""


Handler = Callable[[str], Awaitable[None]]
Handlers = Mapping[str, Handler]
"""Handlers by kind of timer."""


class WorldClock:
    """A clock in Unix seconds. `frozen` time moves only by `advance`.

    `learn` returns the handlers of a kind of timer; it is called when the first one is due.
    """

    learn: Callable[[str], Handlers]

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen: float | None = None
        self._timers: list[Timer] = []
        """A heap; a dropped timer stays in it until it comes to the top."""
        self._planned: dict[tuple[str, str], list[Timer]] = {}
        self._work: list[BackgroundTask] = []
        self._order = count()
        self._changed = asyncio.Event()
        self._moving = asyncio.Lock()
        self._handlers: dict[str, Handler] = {}

    def now(self) -> float:
        return time.time() + self._offset if self._frozen is None else self._frozen

    @property
    def offset(self) -> float:
        """Seconds by which this clock is ahead of real time."""
        return self.now() - time.time()

    def restore(self, offset: float, timers: list[tuple[float, str, str]]) -> None:
        """Continue from the offset and the timers of an earlier run's clock."""
        self._offset, self._frozen = offset, None
        for due, kind, ref in timers:
            self.at(due, kind, ref)

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def freeze(self, moment: float | None = None) -> None:
        """Stop the time, at `moment` (Unix seconds) or where it is."""
        self._frozen = self.now() if moment is None else moment

    def set(self, moment: float) -> None:
        """Go on from `moment` (Unix seconds), earlier or later, without firing timers."""
        self._offset, self._frozen = moment - time.time(), None
        self._changed.set()

    def thaw(self) -> None:
        if self._frozen is not None:
            self._offset = self._frozen - time.time()
            self._frozen = None
            self._changed.set()

    def at(self, due: float, kind: str, ref: str) -> None:
        """Schedule a timer: the handler of `kind` is called with `ref` at `due`."""
        timer = Timer(due, next(self._order), kind, ref)
        heapq.heappush(self._timers, timer)
        self._planned.setdefault((kind, ref), []).append(timer)
        self._changed.set()

    def drop(self, kind: str, ref: str) -> None:
        """Drop the timers of this kind for this entity."""
        for timer in self._planned.pop((kind, ref), ()):
            timer.dropped = True

    async def handle(self, kind: str, ref: str) -> None:
        """Call the handler of this kind of timer now."""
        if kind not in self._handlers:
            self._handlers.update(self.learn(kind))
        await self._handlers[kind](ref)

    def pending(self) -> list[Timer]:
        return sorted(timer for timer in self._timers if not timer.dropped)

    def _next(self) -> Timer | None:
        """The timer that is due first, or None."""
        while self._timers and self._timers[0].dropped:
            heapq.heappop(self._timers)
        return self._timers[0] if self._timers else None

    def _take(self) -> Timer:
        """Remove and return the first timer."""
        timer = heapq.heappop(self._timers)
        alike = self._planned[timer.kind, timer.ref]
        alike.remove(timer)
        if not alike:
            del self._planned[timer.kind, timer.ref]
        return timer

    def start(
        self, kind: str, ref: str, work: Coroutine[Any, Any, None], patience: float
    ) -> asyncio.Task[None]:
        """Start a background task; `advance` waits for it, at most `patience` real seconds."""
        task = asyncio.get_running_loop().create_task(work)
        item = BackgroundTask(kind, ref, task, asyncio.get_running_loop().time() + patience)
        self._work.append(item)

        def end(done: asyncio.Task[None]) -> None:
            if item in self._work:
                self._work.remove(item)
            if not done.cancelled() and (error := done.exception()) is not None:
                logger.error("%s of %s broke", kind, ref, exc_info=error)

        task.add_done_callback(end)
        return task

    def stop(self, kind: str, ref: str) -> None:
        """Cancel the background tasks of this kind for this entity."""
        for item in self._work:
            if (item.kind, item.ref) == (kind, ref):
                item.task.cancel()

    async def finished(self, kind: str, ref: str) -> None:
        """Wait without a limit for the background tasks of this kind for this entity."""
        if tasks := [w.task for w in self._work if (w.kind, w.ref) == (kind, ref)]:
            await asyncio.wait(tasks)

    async def settle(self) -> None:
        """Wait for the background tasks, and those that they start, until their deadlines."""
        loop = asyncio.get_running_loop()
        while waits := [w for w in self._work if w.patience > loop.time() and not w.task.done()]:
            longest = max(w.patience for w in waits) - loop.time()
            await asyncio.wait([w.task for w in waits], timeout=max(0.0, longest))

    async def halt(self) -> None:
        """Cancel all background tasks and wait until they have ended."""
        tasks = [item.task for item in self._work]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def reset(self) -> None:
        """Return to real time; drop all timers, handlers and background tasks."""
        self._offset, self._frozen = 0.0, None
        self._timers.clear()
        self._planned.clear()
        self._handlers.clear()
        self._changed.set()
        for item in self._work:
            item.task.cancel()
        self._work.clear()

    async def advance(self, seconds: float) -> None:
        """Move the time by `seconds`; each timer on the way fires at its own moment."""
        async with self._moving:
            target = self.now() + seconds
            await self.settle()
            while (timer := self._next()) is not None and timer.due <= target:
                self._take()
                self._move_to(max(self.now(), timer.due))
                await self._fire(timer)
                await self.settle()
            self._move_to(target)

    async def run(self) -> None:
        """Fire timers as real time passes, until cancelled."""
        # Both belong to the running event loop; a world may be used in several loops, one by one.
        self._changed, self._moving = asyncio.Event(), asyncio.Lock()
        while True:
            self._changed.clear()
            async with self._moving:
                while (timer := self._next()) is not None and timer.due <= self.now():
                    await self._fire(self._take())
            wait = None
            if timer is not None and not self.frozen:
                wait = max(0.0, timer.due - self.now())
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
        try:
            await self.handle(timer.kind, timer.ref)
        except Exception:
            # A failing timer doesn't stop the clock.
            logger.exception("%s of %s broke", timer.kind, timer.ref)
