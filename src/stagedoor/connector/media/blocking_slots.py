"""Slots that threads block for: work that child processes do for their callers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..errors import ServiceUnavailable
from ..fair_queue import FairQueue, Owner, Shares, Ticket, TooManyAtOnce


class Busy(ServiceUnavailable):
    """Too much work of the same organisation is waiting already, or no slot became free in
    time."""

    code = "busy"


class BlockingSlots:
    """Slots that callers block for, in the order of the `FairQueue`. A refused caller is told when
    those that wait will probably have had theirs. Thread-safe."""

    def __init__(self, shares: Shares, real: Callable[[], float] = time.monotonic) -> None:
        self._queue: FairQueue[threading.Event] = FairQueue(shares, real)
        self._lock = threading.Lock()

    @contextmanager
    def slot(self, org: str, seconds: float) -> Iterator[None]:
        """Hold a slot for the block; waits for it up to `seconds`. Raises `Busy`."""
        ticket = self._enter(org)
        try:
            if not ticket.item.wait(seconds):
                self._give_up(ticket)
            yield
        finally:
            with self._lock:
                self._tell(self._queue.end(ticket))

    def _enter(self, org: str) -> Ticket[threading.Event]:
        with self._lock:
            try:
                ticket = self._queue.enter(Owner(org), threading.Event())
            except TooManyAtOnce as error:
                raise _busy(error.retry_after) from None
            if ticket.has_slot:
                ticket.item.set()
            return ticket

    def _give_up(self, ticket: Ticket[threading.Event]) -> None:
        """Leave the queue after too long a time, unless the slot has come meanwhile."""
        with self._lock:
            if not ticket.has_slot:
                self._queue.end(ticket)
                raise _busy(self._queue.retry_after(ticket.owner.org))

    def _tell(self, given: list[Ticket[threading.Event]]) -> None:
        for ticket in given:
            ticket.item.set()


def _busy(retry_after: float | None) -> Busy:
    return Busy(
        "Files of this organisation are being looked at already. Nothing was lost: try again "
        "in a moment.",
        retry_after=retry_after,
    )
