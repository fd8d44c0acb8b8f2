"""The pacer that TikTok clients of all processes share."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Hashable

from sqlalchemy.exc import IntegrityError

from stagedoor.client.pacing import SLACK
from stagedoor.platform.operation import RateLimit

from ..clock import Clock
from ..database import Database
from . import store
from .errors import TooFast
from .window import Full, pack, take, unpack

PATIENCE = 5.0
"""Seconds that a thread may be kept waiting: longer waits are rows, not sleepers."""
_SWEEP_EVERY = 1000


class DatabasePacer:
    """Means what `stagedoor.client.Pacer` means, over every process on one database.

    A place further off than `patience` seconds isn't taken: `reserve` raises `TooFast`, which
    says when to come back.
    """

    def __init__(self, database: Database, clock: Clock, patience: float = PATIENCE) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience
        self._lock = threading.Lock()
        self._until_sweep = _SWEEP_EVERY

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Take the next place for `key`; seconds to wait until it comes, 0.0 for none."""
        # keys name tokens: only a digest is stored
        name = hashlib.sha256(repr(key).encode()).hexdigest()
        try:
            return self._take(name, limit)
        except IntegrityError:
            return self._take(name, limit)

    def _take(self, name: str, limit: RateLimit) -> float:
        seconds = limit.per_seconds + SLACK
        asked = self._clock.now()
        with self._database.begin() as connection:
            stored = store.places(connection, name)
            # the lock may have been waited for; the window counts from now
            now = max(asked, self._clock.now())
            found = take(unpack(stored or b""), now, limit.requests, seconds, self._patience)
            if isinstance(found, Full):
                raise TooFast(found.seconds)
            packed, idle_at = pack(found.places), found.places[-1] + seconds
            write = store.begin if stored is None else store.keep
            write(connection, name, packed, idle_at)
            if self._sweeps():
                store.sweep(connection, now)
        return max(0.0, found.start - self._clock.now())

    def _sweeps(self) -> bool:
        with self._lock:
            self._until_sweep -= 1
            if self._until_sweep > 0:
                return False
            self._until_sweep = _SWEEP_EVERY
            return True
