"""Slots for calls under way; each organisation and each agent has a share of them."""

from __future__ import annotations

import asyncio
from collections import Counter

from stagedoor.connector.fair_pool import Owner, Shares, TooManyAtOnce, count


class Places:
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
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((owner, place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave(owner)
            else:
                self._queue.remove((owner, place))
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
