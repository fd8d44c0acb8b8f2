"""Slots for calls and requests under way; each organisation and each agent has a share of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .fair_pool import Owner, Shares, TooManyAtOnce, count


class Slots:
    """Slots, used on one event loop. A free slot goes to the organisation that has the fewest."""

    def __init__(self, shares: Shares) -> None:
        self._shares = shares
        self._taken = 0
        self._running: Counter[Owner] = Counter()
        self._queue: list[tuple[Owner, asyncio.Future[None]]] = []

    async def take(self, owner: Owner, *, back: bool = False) -> None:
        """Wait for a slot. Raises `TooManyAtOnce` if the queue is full, unless the call had a
        slot before and comes `back`."""
        if self._is_free(owner):
            self._give(owner)
            return
        if not back:
            waiting = sum(one.org == owner.org for one, _ in self._queue)
            if waiting >= self._shares.waiting:
                raise TooManyAtOnce
        slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((owner, slot))
        try:
            await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled():
                self.leave(owner)
            else:
                self._queue.remove((owner, slot))
            raise

    def leave(self, owner: Owner) -> None:
        """Release a slot, and give it to the next call that may have one."""
        self._taken -= 1
        count(self._running, owner, -1)
        while (found := self._next()) is not None:
            self._queue.remove(found)
            self._give(found[0])
            found[1].set_result(None)

    def _is_free(self, owner: Owner) -> bool:
        return self._taken < self._shares.total and self._shares.allows(self._running, owner)

    def _give(self, owner: Owner) -> None:
        self._taken += 1
        count(self._running, owner, 1)

    def _next(self) -> tuple[Owner, asyncio.Future[None]] | None:
        ready = [one for one in self._queue if not one[1].done() and self._is_free(one[0])]
        return min(ready, key=lambda one: self._running[Owner(one[0].org)], default=None)


class SharedSlots(Slots):
    """Slots of which the last ones are for organisations that have none: however many one or a few
    organisations take, another one needn't wait for them."""

    def __init__(self, shares: Shares, last: int) -> None:
        super().__init__(shares)
        self._without_last = shares.total - last

    @asynccontextmanager
    async def taken(self, org: str) -> AsyncIterator[None]:
        """Hold a slot. Raises `TooManyAtOnce` where the organisation's queue is full."""
        owner = Owner(org)
        await self.take(owner)
        try:
            yield
        finally:
            self.leave(owner)

    def _is_free(self, owner: Owner) -> bool:
        some_left = self._taken < self._without_last or not self._running[owner]
        return some_left and super()._is_free(owner)


class RequestSlots(SharedSlots):
    """Slots for requests of `/api` in one process. They are fewer than the framework's 40 threads,
    so an organisation whose requests wait for TikTok takes a part of the threads."""

    def __init__(self) -> None:
        # more requests than an organisation has connections never wait
        super().__init__(Shares(total=32, org=12, agent=12, waiting=10_000), last=8)


class FileBodySlots(SharedSlots):
    """Slots for files that are read into memory, a few MiB each."""

    def __init__(self) -> None:
        super().__init__(Shares(total=48, org=4, agent=4, waiting=8), last=16)
