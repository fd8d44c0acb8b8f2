"""The rate limiter that TikTok clients of all processes share."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Hashable, Sequence

from sqlalchemy.exc import IntegrityError

from stagedoor.client.pacing import MOST_EXACT, SLACK
from stagedoor.platform.operation import RateLimit

from ..clock import Clock
from ..database import Database
from . import store
from .errors import TooFast
from .window import (
    Full,
    Taken,
    left_in_background,
    pack,
    reserve,
    reserve_coarse,
    take_in_background,
    unpack,
)

PATIENCE = 5.0
"""The longest wait of a thread, in seconds: longer waits become due rows."""
_SWEEP_EVERY = 1000
_APART = 0.005
"""Calls in the background that wait for one slot try again within so many seconds."""
_random = random.SystemRandom()


class DatabasePacer:
    """A `stagedoor.client.Pacer` over every process on one database.

    A slot more than `patience` seconds away isn't taken: `reserve` raises `TooFast`, which says
    when to retry. Calls in the `background` go after all others, whichever process makes them.
    """

    def __init__(self, database: Database, clock: Clock, patience: float = PATIENCE) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience
        self._lock = threading.Lock()
        self._until_sweep = _SWEEP_EVERY

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Take the next slot for `key`; the seconds to wait for it, 0.0 for none."""
        [found] = self.reserve_all([(key, limit)])
        if isinstance(found, TooFast):
            raise found
        return found

    @property
    def background(self) -> BackgroundPacer:
        """The same windows, for calls that leave room to those of people and agents."""
        return BackgroundPacer(self, self._patience)

    def reserve_now(self, key: Hashable, limit: RateLimit) -> float | TooFast:
        """Take a slot in the background, if one is free now: then 0.0."""
        [found] = self._tried([(key, limit)], background=True)
        return found

    def give_back(self, key: Hashable) -> None:
        """Free the newest slot of `key` in an exact window: the call that it was reserved for
        doesn't count after all."""
        name = _digest(repr(key))
        with self._database.begin() as connection:
            stored = store.taken(connection, name)
            if stored is None:
                return
            left = unpack(stored[0])[:-1]
            store.keep(connection, name, pack(left), stored[1] - store.LINGER, stays=stored[1])

    def reserve_all(self, asked: Sequence[tuple[Hashable, RateLimit]]) -> list[float | TooFast]:
        """`reserve` for several keys in one transaction, in order."""
        return self._tried(asked)

    def _tried(
        self, asked: Sequence[tuple[Hashable, RateLimit]], background: bool = False
    ) -> list[float | TooFast]:
        names = [_name(key, limit) for key, limit in asked]
        limits = [limit for _, limit in asked]
        try:
            return self._take(names, limits, background)
        except IntegrityError:
            return self._take(names, limits, background)

    def _take(
        self, names: Sequence[str], limits: Sequence[RateLimit], background: bool
    ) -> list[float | TooFast]:
        came, found = self._clock.now(), dict[int, Taken | Full]()
        with self._database.begin() as connection:
            for name in sorted(set(names)):  # a fixed order of locks, against deadlocks
                stored = store.taken(connection, name)
                times = () if stored is None else unpack(stored[0])
                # waiting for the lock takes time; the window counts from now
                now, idle_at = max(came, self._clock.now()), None
                for at in (at for at, asked in enumerate(names) if asked == name):
                    found[at] = one = self._slot(limits[at], times, now, background)
                    if isinstance(one, Taken):
                        times = one.times
                        seconds = limits[at].per_seconds + SLACK
                        exact = _is_exact(limits[at])
                        idle_at = one.start + (seconds if exact else 1.02 * seconds)
                if idle_at is None:
                    continue
                if stored is None:
                    store.begin(connection, name, pack(times), idle_at)
                else:
                    store.keep(connection, name, pack(times), idle_at, stays=stored[1])
            if self._sweeps():
                store.sweep(connection, self._clock.now())
        now = self._clock.now()
        return [
            TooFast(one.seconds) if isinstance(one, Full) else max(0.0, one.start - now)
            for one in (found[at] for at in range(len(names)))
        ]

    def _slot(
        self, limit: RateLimit, times: Sequence[float], now: float, background: bool
    ) -> Taken | Full:
        requests, seconds = limit.requests, limit.per_seconds + SLACK
        if not background:
            how = reserve if _is_exact(limit) else reserve_coarse
            return how(times, now, requests, seconds, self._patience)
        if _is_exact(limit):
            return take_in_background(times, now, requests, seconds)
        return reserve_coarse(times, now, left_in_background(requests), seconds, 0.0)

    def _sweeps(self) -> bool:
        with self._lock:
            self._until_sweep -= 1
            if self._until_sweep > 0:
                return False
            self._until_sweep = _SWEEP_EVERY
            return True


class BackgroundPacer:
    """A pacer for calls that go after all others: it never reserves a slot ahead, so that other
    callers come first."""

    def __init__(self, pacer: DatabasePacer, patience: float) -> None:
        self._pacer = pacer
        self._patience = patience

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """Wait for a free slot and take it; returns 0.0. Raises `TooFast` where none is free
        soon."""
        end = time.monotonic() + self._patience
        while isinstance(found := self._pacer.reserve_now(key, limit), TooFast):
            wait = (found.retry_after or 0.0) + _random.uniform(0, _APART)
            if time.monotonic() + wait > end:
                raise found
            time.sleep(wait)
        return found


def _is_exact(limit: RateLimit) -> bool:
    return limit.requests <= MOST_EXACT


def _name(key: Hashable, limit: RateLimit) -> str:
    """The stored key of a window. Its times have another format, and so another row, in an exact
    window and in a coarse one of each length: the limit of an app may be changed."""
    return _digest(repr(key) if _is_exact(limit) else f"{key!r} in parts of {limit.per_seconds!r}")


def _digest(text: str) -> str:
    # keys contain tokens: only a digest is stored
    return hashlib.sha256(text.encode()).hexdigest()
