"""Queries on pauses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, literal, select

from ..database import OF_TENANT, Prepared, TenantConnection
from ..installation.models import installation
from .models import pauses

_SERVICE = Prepared(
    select(
        installation.c.paused,
        installation.c.generation,
        installation.c.paused_at,
        installation.c.paused_reason,
        installation.c.paused_why,
    )
)
_OWN = Prepared(OF_TENANT.select(pauses))
_ORG: Any = bindparam("tenant_org")
_STOPS = Prepared(
    select(literal(1))
    .select_from(installation.outerjoin(pauses, pauses.c.org == _ORG))
    .where(
        pauses.c.paused.is_(True)
        | (
            installation.c.paused.is_(True)
            & (
                pauses.c.resumed_generation.is_(None)
                | (pauses.c.resumed_generation < installation.c.generation)
            )
        )
    )
)


def stops(tenant: TenantConnection) -> bool:
    """Whether publishing is paused for this organisation now."""
    return tenant.one(_STOPS) is not None


def service(connection: Connection) -> Any:
    """The pause of the whole service."""
    return _SERVICE.one(connection, {})


def own(tenant: TenantConnection) -> Any:
    """The organisation's own row, or None."""
    return tenant.one(_OWN)


def put(tenant: TenantConnection, **values: Any) -> None:
    if not tenant.run(tenant.update(pauses).values(**values)):
        tenant.insert(pauses, **({"resumed_generation": -1} | values))
