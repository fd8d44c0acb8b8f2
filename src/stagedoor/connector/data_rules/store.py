"""Queries on erasures."""

from __future__ import annotations

from typing import Any

from ..database import TenantConnection
from .models import data_erasures


def add_new(tenant: TenantConnection, **values: Any) -> None:
    """Add an erasure, unless there is one with its id."""
    tenant.insert_new(data_erasures, [values])


def find(tenant: TenantConnection, erasure_id: str, lock: bool = False) -> Any:
    """The erasure's row, or None. `lock`: nobody else changes it until the transaction ends."""
    query = tenant.select(data_erasures).where(data_erasures.c.id == erasure_id)
    return tenant.one(query.with_for_update() if lock else query)


def change(tenant: TenantConnection, erasure_id: str, **values: Any) -> None:
    mine = data_erasures.c.id == erasure_id
    tenant.run(tenant.update(data_erasures).where(mine).values(**values))
