"""Apps in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from ..database import Scope
from .models import apps, org_apps

_BY_KEY = select(apps).where(apps.c.client_key == bindparam("client_key"))
_BY_ID = select(apps).where(apps.c.id == bindparam("app_id"))


def by_key(connection: Connection, client_key: str) -> Row[Any] | None:
    return connection.execute(_BY_KEY, {"client_key": client_key}).one_or_none()


def by_id(connection: Connection, app_id: str) -> Row[Any] | None:
    return connection.execute(_BY_ID, {"app_id": app_id}).one_or_none()


def add(connection: Connection, **values: Any) -> None:
    """IntegrityError when somebody else added this client key meanwhile."""
    connection.execute(insert(apps).values(**values))


def change(connection: Connection, app_id: str, **values: Any) -> None:
    connection.execute(update(apps).where(apps.c.id == app_id).values(**values))


def chosen(scope: Scope) -> str | None:
    """The id of the app that the organisation brought."""
    row = scope.one(scope.select(org_apps, org_apps.c.app_id))
    return None if row is None else str(row.app_id)


def choose(scope: Scope, app_id: str) -> None:
    if not scope.run(scope.update(org_apps).values(app_id=app_id)):
        scope.insert(org_apps, app_id=app_id)
