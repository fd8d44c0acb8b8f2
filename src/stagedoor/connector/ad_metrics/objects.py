"""Queries on campaigns, ad groups and ads as they were last seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from ..database import TenantConnection
from .models import ad_objects


class AdLevel(StrEnum):
    """The levels of ads objects."""

    CAMPAIGN = "campaign"
    AD_GROUP = "adGroup"
    AD = "ad"

    @property
    def word(self) -> str:
        """TikTok's word in the names of fields, such as `adgroup_id`."""
        return self.value.lower()

    @property
    def words(self) -> str:
        """The level as people call it, such as `ad group`."""
        return {"adGroup": "ad group"}.get(self.value, self.value)


def accounts_of(tenant: TenantConnection, level: AdLevel, object_id: str) -> Sequence[str]:
    """The ad accounts that have an object."""
    table = ad_objects.c
    query = tenant.select(ad_objects, table.account_id).where(
        table.object_id == object_id, table.level == level.value
    )
    return [row.account_id for row in tenant.all(query.order_by(table.account_id))]


def record_unlisted(
    tenant: TenantConnection,
    account_id: str,
    level: AdLevel,
    object_id: str,
    campaign_id: str,
    ad_group_id: str | None = None,
) -> None:
    """Record an object that no list had yet; a known one stays as it is."""
    values = {
        "account_id": account_id,
        "level": level.value,
        "object_id": object_id,
        "campaign_id": campaign_id,
        "ad_group_id": ad_group_id,
        "ended": "",
    }
    tenant.insert_new(ad_objects, [values])


def locked(
    tenant: TenantConnection, account_id: str, level: AdLevel, ids: Collection[str]
) -> dict[str, Any]:
    """The rows of these objects, by id; nobody else changes them until the transaction ends."""
    table = ad_objects.c
    these = (table.account_id == account_id) & (table.level == level.value)
    query = tenant.select(ad_objects).where(these, table.object_id.in_(ids))
    rows = tenant.all(query.order_by(table.object_id).with_for_update())
    return {row.object_id: row for row in rows}


def change(
    tenant: TenantConnection, account_id: str, level: AdLevel, object_id: str, **values: Any
) -> None:
    table = ad_objects.c
    this = (table.account_id == account_id) & (table.level == level.value)
    changed = tenant.update(ad_objects).where(this, table.object_id == object_id)
    tenant.run(changed.values(**values))


def add(tenant: TenantConnection, account_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add objects; one that is known already stays as it is."""
    tenant.insert_new(ad_objects, [{"account_id": account_id, **row} for row in rows])


def saw(
    tenant: TenantConnection, account_id: str, level: AdLevel, ids: Collection[str], at: float
) -> None:
    """Record that a list had these objects."""
    table = ad_objects.c
    these = (table.account_id == account_id) & (table.level == level.value)
    changed = tenant.update(ad_objects).where(these, table.object_id.in_(ids))
    tenant.run(changed.values(seen_at=at))


def forget(tenant: TenantConnection, account_id: str, before: float) -> None:
    """Delete the objects of an ad account that were in lists before that time, and in none since:
    they were deleted."""
    table = ad_objects.c
    old = (table.account_id == account_id) & (table.seen_at < before)
    tenant.run(tenant.delete(ad_objects).where(old))
