"""Queries on windows, inside one transaction: a key's row is locked for one process at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ..database import Prepared
from .models import limit_windows

LINGER = 600.0
"""How long, in seconds, a row is kept after its last use. The column is indexed, so it is written
only once in a while, not with each call."""
_THIS = limit_windows.c.key == bindparam("window")
_TAKEN = Prepared(
    select(limit_windows.c.places, limit_windows.c.idle_at).where(_THIS).with_for_update()
)
KEEP = update(limit_windows).where(_THIS).values(places=bindparam("new_places"))
RENEW = KEEP.values(idle_at=bindparam("new_idle_at"))
_KEEP, _RENEW = Prepared(KEEP), Prepared(RENEW)


def taken(connection: Connection, key: str) -> tuple[bytes, float] | None:
    """The packed times of a window and how long its row stays unchanged, locked until the
    transaction ends; None when there is none."""
    found = _TAKEN.one(connection, {"window": key})
    return None if found is None else (bytes(found.places), found.idle_at)


def keep(connection: Connection, key: str, packed: bytes, idle_at: float, stays: float) -> None:
    """`stays` is how long the row stays as it is."""
    how = _KEEP if idle_at <= stays else _RENEW
    how.run(connection, kept(key, packed, idle_at))


def kept(key: str, packed: bytes, idle_at: float) -> dict[str, Any]:
    """The values of `KEEP` and `RENEW`. After `idle_at` the times have no effect any more."""
    return {"window": key, "new_places": packed, "new_idle_at": idle_at + LINGER}


def begin(connection: Connection, key: str, packed: bytes, idle_at: float) -> None:
    """Raises IntegrityError when another process created the window first."""
    values = {"key": key, "places": packed, "idle_at": idle_at + LINGER}
    connection.execute(insert(limit_windows).values(**values))


def sweep(connection: Connection, now: float) -> None:
    connection.execute(delete(limit_windows).where(limit_windows.c.idle_at < now))
