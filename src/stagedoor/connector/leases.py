"""Leases: the right of one process to work on something, for a limited time of the real clock.

A *hold* is on one row, in its columns `held_by` and `held_until`, and names the run that holds it:
a hold of a process of this machine is free at once when the process has ended. A *batch* of rows is
leased in its column `leased_until`, by workers that take due work. A *fenced* lease also counts: a
holder that lost it can't write, because its fence isn't the newest any more.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from weakref import WeakValueDictionary

from sqlalchemy import ColumnElement, Connection, Table, or_, select, update

from . import process_identity
from .database import Database

logger = logging.getLogger("stagedoor.leases")

# holds on one row

RELEASED: Final[Mapping[str, None]] = {"held_by": None, "held_until": None}
"""Column values for a row that nobody holds."""


class Held(Protocol):
    """A row, or a value made from it, that one run may hold."""

    @property
    def held_by(self) -> str | None: ...
    @property
    def held_until(self) -> float | None: ...


class HoldLost(Exception):
    """The run doesn't hold its row any more: another run took it over, or the row was cancelled or
    deleted. Nothing that the run read may be written."""


def hold(seconds: float) -> dict[str, Any]:
    """Column values for a row that a new run of this process takes."""
    return {"held_by": process_identity.holder(), **renewal(seconds)}


def renewal(seconds: float) -> dict[str, Any]:
    """Column values for a row whose holder extends the hold."""
    return {"held_until": time.time() + seconds}


def is_free(row: Held) -> bool:
    """Whether no run holds the row: its hold has expired, or its process has ended."""
    return process_identity.is_free(row.held_by, row.held_until, time.time())


def seconds_left(row: Held) -> float:
    """The seconds until the hold expires; at least 1."""
    return max(1.0, (row.held_until or 0.0) - time.time())


# batches of rows


def unleased(table: Table, real_now: float) -> ColumnElement[bool]:
    """The condition for rows that no worker has leased."""
    return or_(table.c.leased_until.is_(None), table.c.leased_until < real_now)


def take_batch(
    connection: Connection,
    table: Table,
    *where: ColumnElement[bool],
    order_by: Sequence[Any],
    limit: int,
    real_now: float,
    seconds: float,
    **values: Any,
) -> Sequence[Any]:
    """Lease up to `limit` matching rows that aren't leased; returns their ids. Concurrent workers
    get different rows. `values` are written with the lease."""
    free = select(table.c.id).where(*where, unleased(table, real_now)).order_by(*order_by)
    ids = connection.scalars(free.limit(limit).with_for_update(skip_locked=True)).all()
    if ids:
        leased = update(table).where(table.c.id.in_(ids))
        connection.execute(leased.values(leased_until=real_now + seconds, **values))
    return ids


# fenced leases


@dataclass(frozen=True, slots=True)
class FencedTimes:
    """`keep_up` is the time between two renewals of a lease of `seconds`; `patience` is the longest
    wait for a lease that another process has."""

    seconds: float = 20.0
    keep_up: float = 6.0
    patience: float = 60.0
    pauses: tuple[float, float] = (0.005, 0.03)


class _InProcess:
    """A lock for the threads of this process, so they don't compete in the database."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


_random = random.SystemRandom()
_locks: WeakValueDictionary[tuple[int, str], _InProcess] = WeakValueDictionary()
_locks_lock = threading.Lock()


@contextmanager
def fenced(
    database: Database,
    table: Table,
    row_id: str,
    times: FencedTimes,
    busy: Callable[[], Exception],
    missing: Callable[[], Exception],
    real: Callable[[], float] = time.time,
) -> Iterator[int]:
    """Hold a fenced lease on a row for the duration of the block; yields the fence.

    The table has the columns `lease_owner`, `lease_until` and `fence`. Waits while another thread
    or process has the lease; raises `busy()` when it isn't free in time, `missing()` when there is
    no such row.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
    waiting = _in_process(database, f"{table.name} {row_id}")
    if not waiting.lock.acquire(timeout=times.patience):
        raise busy()
    try:
        end = time.monotonic() + times.patience
        while (
            fence := _take(database, table, row_id, owner, times.seconds, real, missing)
        ) is None:
            if time.monotonic() > end:
                raise busy()
            time.sleep(_random.uniform(*times.pauses))
        stop = threading.Event()

        def keep_up() -> None:
            while not stop.wait(times.keep_up):
                _change(database, table, row_id, fence, lease_until=real() + times.seconds)

        keeper = threading.Thread(target=keep_up, name="lease", daemon=True)
        keeper.start()
        try:
            yield fence
        finally:
            stop.set()
            keeper.join()
            _change(database, table, row_id, fence, lease_until=None, lease_owner=None)
    finally:
        waiting.lock.release()


def change_fenced(
    connection: Connection, table: Table, row_id: str, fence: int, **values: Any
) -> bool:
    """Change a row if `fence` is still the newest; False if it isn't."""
    newest = (table.c.id == row_id) & (table.c.fence == fence)
    return connection.execute(update(table).where(newest).values(**values)).rowcount == 1


def renew_fenced(
    connection: Connection, table: Table, row_id: str, fence: int, times: FencedTimes
) -> bool:
    """Renew a lease; False if somebody else had it since."""
    return change_fenced(connection, table, row_id, fence, lease_until=time.time() + times.seconds)


def _in_process(database: Database, name: str) -> _InProcess:
    key = (id(database), name)
    with _locks_lock:
        found = _locks.get(key)
        if found is None:
            found = _locks[key] = _InProcess()
        return found


def _take(
    database: Database,
    table: Table,
    row_id: str,
    owner: str,
    seconds: float,
    real: Callable[[], float],
    missing: Callable[[], Exception],
) -> int | None:
    """The fence of a new lease; None while another process has one."""
    row = table.c.id == row_id
    with database.read() as connection:
        until = connection.scalars(select(table.c.lease_until).where(row)).one_or_none()
    now = real()
    if until is not None and until >= now:
        return None
    free = or_(table.c.lease_until.is_(None), table.c.lease_until < now)
    new = {"lease_owner": owner, "lease_until": now + seconds, "fence": table.c.fence + 1}
    statement = update(table).where(row, free).values(**new).returning(table.c.fence)
    with database.begin() as connection:
        fence: int | None = connection.execute(statement).scalar_one_or_none()
        if fence is None and connection.execute(select(table.c.id).where(row)).first() is None:
            raise missing()
    return fence


def _change(database: Database, table: Table, row_id: str, fence: int, **values: Any) -> None:
    try:
        with database.begin() as connection:
            change_fenced(connection, table, row_id, fence, **values)
    except Exception:
        # the lease expires by itself; the work under it must not fail for this
        logger.warning("a lease couldn't be kept up or released", exc_info=True)
