"""Queries on creatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import tuple_

from ..database import TenantConnection
from .creative import Creative, CreativeState
from .models import ad_creatives


def add(tenant: TenantConnection, **values: Any) -> None:
    """Add a creative, unless the ad account has one of the digest."""
    tenant.insert_new(ad_creatives, [{"creative": None, "post": None, "polls": 0, **values}])


def by_digest(
    tenant: TenantConnection, account: str, digest: str, lock: bool = False
) -> Creative | None:
    query = tenant.select(ad_creatives).where(
        ad_creatives.c.account == account, ad_creatives.c.digest == digest
    )
    row = tenant.one(query.with_for_update() if lock else query)
    return None if row is None else Creative.of(row)


def find(tenant: TenantConnection, id: str, lock: bool = False) -> Creative | None:
    query = tenant.select(ad_creatives).where(ad_creatives.c.id == id)
    row = tenant.one(query.with_for_update() if lock else query)
    return None if row is None else Creative.of(row)


def change(tenant: TenantConnection, id: str, **values: Any) -> None:
    tenant.run(tenant.update(ad_creatives).where(ad_creatives.c.id == id).values(**values))


def remove_held(tenant: TenantConnection, id: str, held_by: str | None) -> None:
    """Delete a creative that this run holds, and that TikTok doesn't have."""
    mine = (ad_creatives.c.id == id) & (ad_creatives.c.held_by == held_by)
    tenant.run(tenant.delete(ad_creatives).where(mine, ad_creatives.c.creative.is_(None)))


def page(
    tenant: TenantConnection, account: str, before: tuple[float, str] | None, limit: int
) -> Sequence[Creative]:
    """Creatives that TikTok has, the newest first."""
    query = tenant.select(ad_creatives).where(
        ad_creatives.c.account == account, ad_creatives.c.state != CreativeState.SENDING.value
    )
    if before is not None:
        query = query.where(tuple_(ad_creatives.c.created, ad_creatives.c.id) < tuple_(*before))
    newest = query.order_by(ad_creatives.c.created.desc(), ad_creatives.c.id.desc())
    return [Creative.of(row) for row in tenant.all(newest.limit(limit))]
