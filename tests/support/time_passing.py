"""Time that passes at once: the emulator's clock is moved on, and the service follows it.

A service that follows the emulator's clock waits in real time for a place in TikTok's rate limits
and between attempts. `skipped_waits` moves the clock on instead. The places are still counted by
the service, and the emulator still refuses what comes too early by the clock that both go by.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from anyio import to_thread

from stagedoor.client import driver_async, driver_sync
from stagedoor.client.effects import Sleep
from stagedoor.connector.clock import Clock, FollowedClock
from tests.support import quick
from tests.support.local import Local

_PAUSE = 0.05
"""The service looks at its clock so often."""


def advance(local: Local, clock: Clock | None, seconds: float) -> None:
    """Let time pass, and the service with this clock know it.

    It would ask its clock again within 50 ms. An answer that is slow would let it fall behind
    TikTok by as much, and TikTok refuse calls for which there was a place.
    """
    offset = float("-inf")
    if isinstance(clock, FollowedClock):
        with clock._lock:
            if clock._asked != float("-inf"):
                offset = clock._offset = clock._offset + seconds
    local.advance(seconds)
    if isinstance(clock, FollowedClock):
        with clock._lock:
            clock._offset = max(clock._offset, offset)


@contextmanager
def skipped_waits(local: Local, clock: Clock | None = None) -> Iterator[None]:
    """Meanwhile the clients of this process don't wait: time passes, unless a test has frozen it.
    `clock` is that of a service in this process, in which calls of agents don't wait either."""

    def skip(seconds: float) -> None:
        if seconds <= 0:
            return
        if local.control("GET", "clock")["frozen"]:
            time.sleep(seconds)
        else:
            advance(local, clock, seconds)

    async def sleep(seconds: float) -> None:
        # a service in this process answers webhooks of the time that passes
        await to_thread.run_sync(skip, seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver_sync, "time", _Skipping(skip))
        patch.setattr(driver_async, "_sleep", sleep)
        if clock is not None:
            from stagedoor.agents.calls import scheduler

            calls: Any = scheduler.Scheduler
            sleeps = calls._sleep

            async def wake(self: Any, running: Any, effect: Sleep) -> None:
                await sleep(effect.seconds)
                await sleeps(self, running, replace(effect, seconds=0.0))

            patch.setattr(calls, "_sleep", wake)
        yield


@contextmanager
def hurried(local: Local) -> Iterator[None]:
    """Meanwhile time passes about ten times as fast, for posts that a worker follows to their
    end."""
    over = threading.Event()

    def hurry() -> None:
        with quick.client(local.url) as http:
            own = Local(local.url, http)
            while not over.wait(_PAUSE):
                own.advance(9 * _PAUSE)

    thread = threading.Thread(target=hurry)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Skipping:
    """`time` for the driver of a client."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)
