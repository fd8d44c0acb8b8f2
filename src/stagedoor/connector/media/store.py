"""Rows of media and capabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ..database import Scope
from .models import capabilities, media


def add(scope: Scope, **values: Any) -> None:
    scope.insert(media, **values)


def find(scope: Scope, media_id: str, lock: bool = False) -> Row[Any] | None:
    query = scope.select(media).where(media.c.id == media_id)
    return scope.one(query.with_for_update() if lock else query)


def of_post(scope: Scope, post: str) -> Sequence[Row[Any]]:
    return scope.all(scope.select(media).where(media.c.post == post).order_by(media.c.position))


def change(scope: Scope, media_id: str, **values: Any) -> None:
    scope.run(scope.update(media).where(media.c.id == media_id).values(**values))


def change_of_post(scope: Scope, post: str, **values: Any) -> None:
    scope.run(scope.update(media).where(media.c.post == post).values(**values))


def remove(scope: Scope, media_id: str) -> None:
    scope.run(scope.delete(media).where(media.c.id == media_id))


def allow(
    connection: Connection, digest: str, purpose: str, owner: str, media_id: str, expires: float
) -> None:
    row = {"digest": digest, "purpose": purpose, "owner": owner, "media": media_id}
    connection.execute(insert(capabilities).values(**row, expires=expires))


def capability(connection: Connection, digest: str, purpose: str) -> Row[Any] | None:
    query = select(capabilities).where(
        capabilities.c.digest == digest, capabilities.c.purpose == purpose
    )
    return connection.execute(query).one_or_none()


def end_capabilities(connection: Connection, media_id: str, purpose: str) -> None:
    """They are over now; who comes with one is told so."""
    mine = (capabilities.c.media == media_id) & (capabilities.c.purpose == purpose)
    connection.execute(update(capabilities).where(mine).values(expires=0.0))


def remove_capabilities(connection: Connection, media_id: str) -> None:
    connection.execute(delete(capabilities).where(capabilities.c.media == media_id))
