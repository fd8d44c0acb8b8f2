"""Queries on conversions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func

from ..database import TenantConnection
from ..leases import RELEASED
from .models import media_conversions


def add(tenant: TenantConnection, **values: Any) -> None:
    none = {"problem": None, "ended": None, **RELEASED}
    tenant.insert(media_conversions, **none, attempts=0, **values)


def find(tenant: TenantConnection, id: str, lock: bool = False) -> Any:
    """The conversion's row, or None."""
    query = tenant.select(media_conversions).where(media_conversions.c.id == id)
    return tenant.one(query.with_for_update() if lock else query)


def change(tenant: TenantConnection, id: str, **values: Any) -> None:
    tenant.run(
        tenant.update(media_conversions).where(media_conversions.c.id == id).values(**values)
    )


def waiting(tenant: TenantConnection) -> int:
    """How many conversions haven't ended."""
    query = tenant.select(media_conversions, func.count().label("count"))
    row = tenant.one(query.where(media_conversions.c.state == "waiting"))
    return 0 if row is None else int(row[0])
