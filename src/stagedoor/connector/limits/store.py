"""Reading and writing a window inside one transaction: one process at a time for each key."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from .models import limit_windows


def places(connection: Connection, key: str) -> bytes | None:
    """The window's row, locked until the transaction ends; None when there is none."""
    query = select(limit_windows.c.places).where(limit_windows.c.key == key).with_for_update()
    found: bytes | None = connection.scalars(query).one_or_none()
    return found


def keep(connection: Connection, key: str, packed: bytes, idle_at: float) -> None:
    statement = update(limit_windows).where(limit_windows.c.key == key)
    connection.execute(statement.values(places=packed, idle_at=idle_at))


def begin(connection: Connection, key: str, packed: bytes, idle_at: float) -> None:
    """IntegrityError when another process began the window first."""
    connection.execute(insert(limit_windows).values(key=key, places=packed, idle_at=idle_at))


def sweep(connection: Connection, now: float) -> None:
    connection.execute(delete(limit_windows).where(limit_windows.c.idle_at < now))
