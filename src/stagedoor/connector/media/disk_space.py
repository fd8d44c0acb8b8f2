"""Disk space on a local disk, shared by the uploads that are open in this process.

Space is checked before an upload begins and again as its bytes arrive. Bytes that other open
uploads have announced and still have to send count as taken.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .errors import ShareTaken, StoreFull, UploadTooSlow
from .storage import BLOCK, RESERVE, Storage

_ON_ITS_WAY = 2 * BLOCK
"""Bytes of an open upload that were received and aren't on the disk yet."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The lowest speed of an upload: `size` bytes in each `seconds`, also at its end.

    The deadline follows from it: a file has `seconds` for each `size` bytes, and may not stand
    still.
    """

    size: int = BLOCK
    seconds: float = 30.0


class Reservation:
    """The space of one open upload. `left` is the number of announced bytes that haven't arrived
    yet."""

    def __init__(self, room: Room, org: str, left: int) -> None:
        self._room = room
        self.org = org
        self.left = left
        self._untaken = 0

    async def take(self, size: int) -> None:
        """Take space for bytes that arrived, a block at a time. Raises `StoreFull`."""
        self._untaken += size
        if self._untaken >= BLOCK:
            size, self._untaken = self._untaken, 0
            await asyncio.to_thread(self._room.take, self, size)


class Room:
    """Reservations of disk space. Thread-safe. A remote store reports itself when it is full."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._open: set[Reservation] = set()
        self._lock = threading.Lock()

    @contextmanager
    def reserve(self, org: str, size: int | None) -> Iterator[Reservation]:
        """Reserve space for one upload until the block ends; `size` None: unknown.

        Raises `StoreFull`; `ShareTaken` where other open uploads of the organisation have announced
        so much that this one would leave others less than half of the space.
        """
        mine = Reservation(self, org, size or 0)
        with self._lock:
            free = self._free_beside(mine)
            if free <= 0 or free < mine.left:
                raise StoreFull
            theirs = [one for one in self._open if one.org == org]
            announced = mine.left + sum(one.left for one in theirs)
            all_free = free + sum(one.left for one in theirs)
            if theirs and announced > all_free / 2:
                raise ShareTaken
            self._open.add(mine)
        try:
            yield mine
        finally:
            with self._lock:
                self._open.discard(mine)

    def take(self, reservation: Reservation, size: int) -> None:
        with self._lock:
            if self._free_beside(reservation) < size:
                raise StoreFull
            reservation.left = max(0, reservation.left - size)

    def _free_beside(self, mine: Reservation) -> float:
        others = [one for one in self._open if one is not mine]
        taken = sum(one.left + _ON_ITS_WAY for one in others)
        return self._storage.free() - RESERVE - taken


async def paced(stream: AsyncIterator[bytes], pace: Pace) -> AsyncIterator[bytes]:
    """Yield the same bytes. Raises `UploadTooSlow` where they arrive slower than `pace` demands.

    Only the time of waiting for the client counts, not the processing of the bytes.
    """
    blocks, clock = aiter(stream), asyncio.get_running_loop().time
    left, came = pace.seconds, 0
    while True:
        begun = clock()
        try:
            async with asyncio.timeout(left):
                data = await anext(blocks)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise UploadTooSlow(pace.size, pace.seconds) from None
        left, came = left - (clock() - begun), came + len(data)
        if came >= pace.size:
            left, came = pace.seconds, 0
        yield data
