"""Queries on wrapped data keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..database import Database
from .models import data_keys


def of_scope(database: Database, scope: str) -> Row[Any] | None:
    with database.read() as connection:
        query = select(data_keys).where(data_keys.c.scope == scope)
        return connection.execute(query).one_or_none()


def by_id(database: Database, key_id: str) -> Row[Any] | None:
    with database.read() as connection:
        return connection.execute(select(data_keys).where(data_keys.c.id == key_id)).one_or_none()


def add(
    database: Database, key_id: str, scope: str, wrapping_key: str, wrapped: str, now: float
) -> bool:
    """False when another process added the scope's key first."""
    try:
        with database.begin() as connection:
            connection.execute(
                insert(data_keys).values(
                    id=key_id, scope=scope, wrapping_key=wrapping_key, wrapped=wrapped, created=now
                )
            )
    except IntegrityError:
        return False
    return True


def not_wrapped_by(database: Database, wrapping_key: str) -> Sequence[Row[Any]]:
    with database.read() as connection:
        query = select(data_keys).where(data_keys.c.wrapping_key != wrapping_key)
        return connection.execute(query.order_by(data_keys.c.id)).all()


def wrapped_by(database: Database) -> dict[str, int]:
    counted = select(data_keys.c.wrapping_key, func.count()).group_by(data_keys.c.wrapping_key)
    with database.read() as connection:
        return {str(key): int(count) for key, count in connection.execute(counted)}


def rewrap(database: Database, row: Row[Any], wrapping_key: str, wrapped: str) -> bool:
    """Replace one wrapping by another; False when it was replaced meanwhile."""
    same = (data_keys.c.id == row.id) & (data_keys.c.wrapped == row.wrapped)
    with database.begin() as connection:
        changed = connection.execute(
            update(data_keys).where(same).values(wrapping_key=wrapping_key, wrapped=wrapped)
        )
        return changed.rowcount == 1


def remove(connection: Connection, key_ids: Sequence[str]) -> None:
    """Delete data keys that can't be unwrapped: their scopes get new ones on their next use."""
    connection.execute(delete(data_keys).where(data_keys.c.id.in_(key_ids)))
