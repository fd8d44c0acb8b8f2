"""Queries on notices."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from ..database import TenantConnection
from .models import notices


def add(tenant: TenantConnection, at: float, **values: Any) -> str:
    notice = f"{int(at * 1000):013x}{secrets.token_hex(8)}"
    tenant.insert(notices, id=notice, at=at, **values)
    return notice


def page(tenant: TenantConnection, before: str | None, limit: int) -> Sequence[Row[Any]]:
    """Newest first, starting before the id `before`."""
    query = tenant.select(notices)
    if before is not None:
        query = query.where(notices.c.id < before)
    return tenant.all(query.order_by(notices.c.id.desc()).limit(limit))
