"""Queries on the tables of apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from ..app_kinds import AppKind
from ..database import Prepared, TenantConnection, organisations_with
from .models import apps, org_apps

_BY_KEY = Prepared(select(apps).where(apps.c.client_key == bindparam("client_key")))
_BY_ID = Prepared(select(apps).where(apps.c.id == bindparam("app_id")))

LOST = ""
"""Replaces an encrypted secret that was lost with the vault's keys."""


def by_key(connection: Connection, client_key: str) -> Any:
    """The app's row, or None."""
    return _BY_KEY.one(connection, {"client_key": client_key})


def by_id(connection: Connection, app_id: str) -> Any:
    """The app's row, or None."""
    return _BY_ID.one(connection, {"app_id": app_id})


def add(connection: Connection, **values: Any) -> None:
    """Raises IntegrityError when another caller added this client key first."""
    connection.execute(insert(apps).values(**values))


def change(connection: Connection, app_id: str, **values: Any) -> None:
    connection.execute(update(apps).where(apps.c.id == app_id).values(**values))


def chosen(tenant: TenantConnection, kind: AppKind) -> str | None:
    """The id of the app of this kind that the organisation brought, or None."""
    this = org_apps.c.kind == kind.value
    row = tenant.one(tenant.select(org_apps, org_apps.c.app_id).where(this))
    return None if row is None else str(row.app_id)


def choose(tenant: TenantConnection, kind: AppKind, app_id: str) -> None:
    this = org_apps.c.kind == kind.value
    if not tenant.run(tenant.update(org_apps).where(this).values(app_id=app_id)):
        tenant.insert(org_apps, kind=kind.value, app_id=app_id)


def lose_secrets(connection: Connection, app_id: str) -> None:
    """Remove the secrets of an app, which no vault key decrypts any more."""
    change(connection, app_id, client_secret=LOST, second_secret=None)


def lost(row: Any) -> bool:
    return bool(row.client_secret == LOST)


def users(connection: Connection, app_id: str) -> Sequence[str]:
    """The organisations that brought this app."""
    return organisations_with(connection, org_apps, org_apps.c.app_id == app_id)
