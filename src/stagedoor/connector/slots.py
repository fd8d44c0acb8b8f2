"""Slots for calls and requests under way; each organisation and each agent has a share of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .fair_queue import FairQueue, Owner, Shares, Ticket

Slot = Ticket[asyncio.Future[None] | None]
"""A slot; while its call waits for it, with the future that tells it."""


class Slots:
    """Slots that coroutines wait for, in the order of the `FairQueue`. Used on one event loop."""

    def __init__(self, shares: Shares) -> None:
        self._queue: FairQueue[asyncio.Future[None] | None] = FairQueue(shares)

    async def take(self, owner: Owner, *, back: bool = False) -> Slot:
        """Wait for a slot. Raises `TooManyAtOnce` if the queue is full, unless the call had a
        slot before and comes `back`."""
        slot = self._queue.enter(owner, None, back=back)
        if not slot.has_slot:
            slot.item = asyncio.get_running_loop().create_future()
            try:
                await slot.item
            except BaseException:  # also where the loop ended, and the coroutine is closed
                self.leave(slot)
                raise
        return slot

    def leave(self, slot: Slot) -> None:
        """Release a slot, and give it to the next call that may have one."""
        given = self._queue.end(slot)
        while given:
            future = (one := given.pop(0)).item
            # the call of a cancelled future is about to leave
            if future is None or future.done():
                continue
            if future.get_loop().is_closed():  # its call goes on no more
                given += self._queue.end(one)
            else:
                future.set_result(None)

    @asynccontextmanager
    async def taken(self, owner: Owner) -> AsyncIterator[None]:
        """Hold a slot. Raises `TooManyAtOnce` where the organisation's queue is full."""
        slot = await self.take(owner)
        try:
            yield
        finally:
            self.leave(slot)


class RequestSlots(Slots):
    """Slots for requests of `/api` in one process. They are fewer than the framework's 40 threads,
    so an organisation whose requests wait for TikTok takes a part of the threads."""

    def __init__(self) -> None:
        # more requests than an organisation has connections never wait
        super().__init__(Shares(total=32, org=12, agent=12, waiting=10_000, last=8))


class FileBodySlots(Slots):
    """Slots for files that are read into memory, a few MiB each."""

    def __init__(self) -> None:
        super().__init__(Shares(total=48, org=4, agent=4, waiting=8, last=16))
