"""A fenced lease on a grant: one process at a time refreshes its tokens.

It is released by time when its holder dies, and kept up while its holder lives. Who lost it can't
write: the fence has moved on.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from ..database import Database
from ..errors import NotFound, Unavailable
from . import store

SECONDS = 20.0
KEEP_UP_SECONDS = 6.0
_PATIENCE_SECONDS = 60.0
_PAUSES = (0.005, 0.03)

logger = logging.getLogger("stagedoor.integrations")
_random = random.SystemRandom()
_locks: WeakValueDictionary[tuple[int, str], _Waiting] = WeakValueDictionary()
_locks_lock = threading.Lock()


class _Waiting:
    """Threads of this process wait for each other here, not in the database."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Lease:
    """`fence` is the right to write."""

    grant_id: str
    fence: int


@contextmanager
def held(
    database: Database, grant_id: str, real: Callable[[], float] = time.time
) -> Iterator[Lease]:
    """A lease for as long as the block lasts; waits while somebody else has it.

    Raises `Unavailable` when it isn't free within a minute.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
    waiting = _waiting(database, grant_id)
    if not waiting.lock.acquire(timeout=_PATIENCE_SECONDS):
        raise _busy()
    try:
        lease = _acquire(database, grant_id, owner, real)
        stop = threading.Event()
        keeper = threading.Thread(
            target=_keep_up, args=(database, lease, real, stop), name="lease", daemon=True
        )
        keeper.start()
        try:
            yield lease
        finally:
            stop.set()
            keeper.join()
            _release(database, lease)
    finally:
        waiting.lock.release()


def _waiting(database: Database, grant_id: str) -> _Waiting:
    key = (id(database), grant_id)
    with _locks_lock:
        found = _locks.get(key)
        if found is None:
            found = _locks[key] = _Waiting()
        return found


def _acquire(database: Database, grant_id: str, owner: str, real: Callable[[], float]) -> Lease:
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with database.read() as connection:
            until = store.leased_until(connection, grant_id)
        if until is None or until < real():
            with database.begin() as connection:
                fence = store.lease(connection, grant_id, owner, real(), SECONDS)
                if fence is not None:
                    return Lease(grant_id, fence)
                if store.grant(connection, grant_id) is None:
                    raise NotFound("There is no such connection.")
        if time.monotonic() > end:
            raise _busy()
        time.sleep(_random.uniform(*_PAUSES))


def _keep_up(
    database: Database, lease: Lease, real: Callable[[], float], stop: threading.Event
) -> None:
    while not stop.wait(KEEP_UP_SECONDS):
        try:
            with database.begin() as connection:
                until = real() + SECONDS
                store.change_fenced(connection, lease.grant_id, lease.fence, lease_until=until)
        except Exception:
            logger.warning("a lease couldn't be kept up", exc_info=True)


def _release(database: Database, lease: Lease) -> None:
    try:
        with database.begin() as connection:
            store.change_fenced(
                connection, lease.grant_id, lease.fence, lease_until=None, lease_owner=None
            )
    except Exception:
        # it ends by itself; what was done under it must not fail for this
        logger.warning("a lease couldn't be released", exc_info=True)


def _busy() -> Unavailable:
    return Unavailable(
        "The account's tokens are being refreshed by another process, which takes long. "
        "Try again in a moment.",
        retry_after=10,
    )
