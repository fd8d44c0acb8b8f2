"""Cancelling work whose caller has lost the permission for it.

The code that starts the work makes a `Cancellation` and runs the work `under` it. Code deep inside
calls `current`, so no function in between has to pass it on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .errors import Forbidden


class Interrupted(Forbidden):
    """The work was cancelled."""

    code = "interrupted"

    def __init__(self) -> None:
        super().__init__(
            "This call was broken off before it was done: the agent was stopped, its key ended, "
            "or it may not do this any more."
        )


class Cancellation:
    """A cancellation token: one thread cancels it while another thread works."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stops: set[Callable[[], object]] = set()
        self.cancelled = False

    def cancel(self) -> None:
        self._mark()
        self._stop()

    def _mark(self) -> None:
        with self._lock:
            self.cancelled = True

    def _stop(self) -> None:
        with self._lock:
            stops = list(self._stops)
        for stop in stops:
            stop()

    def check(self) -> None:
        """Raises `Interrupted` if it was cancelled."""
        if self.cancelled:
            raise Interrupted

    def on_cancel(self, stop: Callable[[], object]) -> Callable[[], None]:
        """Register `stop` to be called on cancellation, at once if it is cancelled already. Returns
        a function that unregisters it."""
        with self._lock:
            self._stops.add(stop)
            cancelled = self.cancelled
        if cancelled:
            stop()

        def forget() -> None:
            with self._lock:
                self._stops.discard(stop)

        return forget

    @contextmanager
    def stopping(self, stop: Callable[[], object]) -> Iterator[None]:
        """Register `stop` with `on_cancel` for the duration of the block."""
        forget = self.on_cancel(stop)
        try:
            yield
        finally:
            forget()


def cancel_all(cancellations: Iterable[Cancellation]) -> None:
    """Cancel several at once: all are marked first, so a thread that one of them frees starts no
    work of another."""
    found = list(cancellations)
    for one in found:
        one._mark()
    for one in found:
        one._stop()


_current: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def current() -> Cancellation:
    """The cancellation that the caller's work runs under; outside `under`, one that nobody
    cancels."""
    return _current.get() or Cancellation()


@contextmanager
def under(cancellation: Cancellation) -> Iterator[None]:
    """Run the block, in this thread, under the cancellation."""
    token = _current.set(cancellation)
    try:
        yield
    finally:
        _current.reset(token)
