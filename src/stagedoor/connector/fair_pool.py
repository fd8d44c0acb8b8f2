"""A thread pool for long work, shared fairly among organisations and their agents."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .cancellation import Cancellation, under
from .fair_queue import FairQueue, Owner, Shares, Ticket

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Task(Generic[T]):
    work: Callable[[], T]
    cancellation: Cancellation
    future: Future[T] = field(default_factory=Future)


class FairPool:
    """A thread pool whose threads are given to work in the order of the `FairQueue`."""

    def __init__(self, name: str, shares: Shares) -> None:
        self._name = name
        self._count = shares.total
        self._lock = threading.Lock()
        self._queue: FairQueue[_Task[Any]] = FairQueue(shares)
        self._waiting: dict[Future[Any], Ticket[_Task[Any]]] = {}
        self._threads: ThreadPoolExecutor | None = None

    def submit(
        self, owner: Owner, work: Callable[[], T], cancellation: Cancellation | None = None
    ) -> Future[T]:
        """Run the work as soon as the owner's share has a free thread. Raises `TooManyAtOnce`.

        If the cancellation is cancelled before the work begins, the future is cancelled; running
        work sees the cancellation as the `current` one.
        """
        task: _Task[T] = _Task(work, cancellation or Cancellation())
        with self._lock:
            ticket = self._queue.enter(owner, task)
            begins = ticket.has_slot
            if not begins:
                self._waiting[task.future] = ticket
        if begins:
            self._begin([ticket])
        else:
            task.future.add_done_callback(self._withdraw)
        return task.future

    def close(self) -> None:
        """Wait for running work to end; the pool can be used again afterwards."""
        with self._lock:
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown()

    def _withdraw(self, future: Future[Any]) -> None:
        """Take work that is cancelled while it waits out of the queue."""
        if future.cancelled():
            with self._lock:
                ticket = self._waiting.pop(future, None)
                if ticket is not None:  # no thread was its own, so there is none to give on
                    self._queue.end(ticket)

    def _begin(self, tickets: list[Ticket[_Task[Any]]]) -> None:
        """Start the work of tickets that have got a thread; if it doesn't start, the next one's."""
        while tickets:
            ticket = tickets.pop()
            if not self._has_begun(ticket):
                tickets += self._end(ticket)

    def _has_begun(self, ticket: Ticket[_Task[Any]]) -> bool:
        future = ticket.item.future
        if not future.set_running_or_notify_cancel():
            return False
        try:
            with self._lock:
                if self._threads is None:
                    self._threads = ThreadPoolExecutor(self._count, self._name)
                self._threads.submit(self._run, ticket)
        except RuntimeError as error:
            future.set_exception(error)
            return False
        return True

    def _end(self, ticket: Ticket[_Task[Any]]) -> list[Ticket[_Task[Any]]]:
        """Give the thread back. Returns the tickets that have got it."""
        with self._lock:
            given = self._queue.end(ticket)
            for one in given:
                del self._waiting[one.item.future]
        return given

    def _run(self, ticket: Ticket[_Task[Any]]) -> None:
        task = ticket.item
        result, error = None, None
        try:
            with under(task.cancellation):
                task.cancellation.check()
                result = task.work()
        except BaseException as raised:
            error = raised
        self._begin(self._end(ticket))
        if error is None:
            task.future.set_result(result)
        else:
            task.future.set_exception(error)
