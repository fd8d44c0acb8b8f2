"""Children that probe media, kept from test to test: the start of one, which loads FFmpeg, takes
longer than many a test that publishes something.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from stagedoor.connector.media import prober
from stagedoor.connector.media.prober import Prober

Child = prober.Child
_idle: list[Child] = []


@contextmanager
def kept_children() -> Iterator[None]:
    """Meanwhile a closed prober leaves its idle children to those that come after it."""
    close = Prober.close

    def leave(self: Prober) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        _idle.extend(idle)
        close(self)

    def child() -> Child:
        try:
            return _idle.pop()
        except IndexError:
            return Child()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Prober, "close", leave)
        patch.setattr(prober, "Child", child)
        yield


def end_kept_children() -> None:
    """End the children that earlier tests left."""
    while _idle:
        _idle.pop().end()


atexit.register(end_kept_children)
