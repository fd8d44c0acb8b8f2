"""Queries on logins under way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from ..database import TenantConnection, organisations_with
from .models import logins


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(logins, **values)


def forget(tenant: TenantConnection, before: float) -> None:
    tenant.run(tenant.delete(logins).where(logins.c.expires < before))


def org_of(connection: Connection, login_id: str) -> str | None:
    found = organisations_with(connection, logins, logins.c.id == login_id)
    return found[0] if found else None


def find(tenant: TenantConnection, login_id: str) -> Row[Any] | None:
    return tenant.one(tenant.select(logins).where(logins.c.id == login_id))


def use(tenant: TenantConnection, login_id: str, now: float) -> bool:
    """Mark a login as used: True for one caller only, before the login expires."""
    fresh = (logins.c.id == login_id) & logins.c.used.is_(None) & (logins.c.expires > now)
    return tenant.run(tenant.update(logins).where(fresh).values(used=now)) == 1


def end_all(connection: Connection, app_id: str, now: float) -> None:
    """Expire the pending logins of an app: each creator has to start again."""
    for org in organisations_with(connection, logins, logins.c.app_id == app_id):
        tenant = TenantConnection(connection, org)
        pending = (logins.c.app_id == app_id) & (logins.c.expires > now)
        tenant.run(tenant.update(logins).where(pending).values(expires=now))
