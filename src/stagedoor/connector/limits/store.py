"""Reading and writing a window inside one transaction: one process at a time for each key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ..database import Prepared
from .models import limit_windows

_PLACES = Prepared(
    select(limit_windows.c.places)
    .where(limit_windows.c.key == bindparam("window"))
    .with_for_update()
)
KEEP = (
    update(limit_windows)
    .where(limit_windows.c.key == bindparam("window"))
    .values(places=bindparam("new_places"), idle_at=bindparam("new_idle_at"))
)
_KEEP = Prepared(KEEP)


def places(connection: Connection, key: str) -> bytes | None:
    """The window's row, locked until the transaction ends; None when there is none."""
    found = _PLACES.one(connection, {"window": key})
    return None if found is None else bytes(found.places)


def keep(connection: Connection, key: str, packed: bytes, idle_at: float) -> None:
    _KEEP.run(connection, kept(key, packed, idle_at))


def kept(key: str, packed: bytes, idle_at: float) -> dict[str, Any]:
    """The values of `KEEP`."""
    return {"window": key, "new_places": packed, "new_idle_at": idle_at}


def begin(connection: Connection, key: str, packed: bytes, idle_at: float) -> None:
    """IntegrityError when another process began the window first."""
    connection.execute(insert(limit_windows).values(key=key, places=packed, idle_at=idle_at))


def sweep(connection: Connection, now: float) -> None:
    connection.execute(delete(limit_windows).where(limit_windows.c.idle_at < now))
