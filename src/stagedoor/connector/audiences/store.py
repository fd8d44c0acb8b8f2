"""Queries on audiences and their changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, tuple_

from ..database import TenantConnection
from .audience import PENDING, ChangeState, CustomerAudience, StoredMembersChange
from .models import ad_audience_changes, ad_audience_parts, ad_audiences

_changes, _parts = ad_audience_changes.c, ad_audience_parts.c
NEXT_POLL = ad_audiences.c.polls + 1
"""The value of `polls` after one more run."""


def add(tenant: TenantConnection, **values: Any) -> None:
    """Add an audience, unless the id exists."""
    none = dict.fromkeys(("tiktok_id", "size", "problem", "creating_since"))
    free: dict[str, Any] = {"polls": 0, "held_by": None, "held_until": None}
    tenant.insert_new(ad_audiences, [{**none, **free, **values}])


def find(tenant: TenantConnection, id: str, lock: bool = False) -> CustomerAudience | None:
    query = tenant.select(ad_audiences).where(ad_audiences.c.id == id)
    row = tenant.one(query.with_for_update() if lock else query)
    return None if row is None else CustomerAudience.of(row)


def page(
    tenant: TenantConnection, account: str | None, before: tuple[float, str] | None, limit: int
) -> Sequence[CustomerAudience]:
    """Audiences, the newest first."""
    query = tenant.select(ad_audiences)
    if account is not None:
        query = query.where(ad_audiences.c.account == account)
    if before is not None:
        query = query.where(tuple_(ad_audiences.c.created, ad_audiences.c.id) < tuple_(*before))
    newest = query.order_by(ad_audiences.c.created.desc(), ad_audiences.c.id.desc())
    return [CustomerAudience.of(row) for row in tenant.all(newest.limit(limit))]


def change(tenant: TenantConnection, id: str, **values: Any) -> None:
    tenant.run(tenant.update(ad_audiences).where(ad_audiences.c.id == id).values(**values))


def change_held(tenant: TenantConnection, audience: CustomerAudience, **values: Any) -> bool:
    """Change an audience that this run holds; False: another run has it, or it is gone."""
    mine = (ad_audiences.c.id == audience.id) & (ad_audiences.c.held_by == audience.held_by)
    return tenant.run(tenant.update(ad_audiences).where(mine).values(**values)) == 1


def tiktok_ids(tenant: TenantConnection, account: str, name: str) -> set[str]:
    """TikTok's ids of the ad account's audiences of this name that are known here."""
    query = tenant.select(ad_audiences, ad_audiences.c.tiktok_id).where(
        ad_audiences.c.account == account, ad_audiences.c.name == name
    )
    return {row.tiktok_id for row in tenant.all(query) if row.tiktok_id is not None}


def remove(tenant: TenantConnection, id: str) -> None:
    """Delete an audience with its changes and their hashes."""
    drop_parts(tenant, [one.id for one in pending(tenant, id)])
    tenant.run(tenant.delete(ad_audience_changes).where(_changes.audience == id))
    tenant.run(tenant.delete(ad_audiences).where(ad_audiences.c.id == id))


def add_change(tenant: TenantConnection, id: str, parts: Sequence[str], **values: Any) -> None:
    """Add a change with its encrypted parts."""
    tenant.insert(ad_audience_changes, id=id, message=None, ended=None, **values)
    tenant.insert_new(
        ad_audience_parts,
        [{"change": id, "number": number, "lines": part} for number, part in enumerate(parts)],
    )


def find_change(tenant: TenantConnection, id: str) -> StoredMembersChange | None:
    row = tenant.one(tenant.select(ad_audience_changes).where(_changes.id == id))
    return None if row is None else StoredMembersChange.of(row)


def pending(tenant: TenantConnection, audience: str) -> list[StoredMembersChange]:
    """The changes that TikTok doesn't have, in their order."""
    query = tenant.select(ad_audience_changes).where(
        _changes.audience == audience, _changes.state.in_(PENDING)
    )
    return [
        StoredMembersChange.of(row)
        for row in tenant.all(query.order_by(_changes.created, _changes.id))
    ]


def pending_of(tenant: TenantConnection, audiences: Sequence[str]) -> dict[str, int]:
    """How many changes wait, by audience."""
    if not audiences:
        return {}
    query = tenant.select(ad_audience_changes, _changes.audience, func.count().label("count"))
    query = query.where(_changes.audience.in_(audiences), _changes.state.in_(PENDING))
    return {row.audience: int(row[1]) for row in tenant.all(query.group_by(_changes.audience))}


def ended(tenant: TenantConnection, audience: str, limit: int) -> list[StoredMembersChange]:
    """The changes that ended last, the newest first."""
    query = tenant.select(ad_audience_changes).where(
        _changes.audience == audience, _changes.state.not_in(PENDING)
    )
    newest = query.order_by(_changes.created.desc(), _changes.id.desc())
    return [StoredMembersChange.of(row) for row in tenant.all(newest.limit(limit))]


def change_all(tenant: TenantConnection, ids: Sequence[str], **values: Any) -> None:
    if ids:
        tenant.run(tenant.update(ad_audience_changes).where(_changes.id.in_(ids)).values(**values))


def end(
    tenant: TenantConnection,
    changes: Sequence[StoredMembersChange],
    state: ChangeState,
    now: float,
    message: str | None = None,
) -> None:
    """End changes; their hashes are deleted."""
    ids = [one.id for one in changes]
    change_all(tenant, ids, state=state.value, message=message, ended=now)
    drop_parts(tenant, ids)


def waiting_accounts(tenant: TenantConnection) -> Sequence[str]:
    """The ad accounts with changes that TikTok doesn't have."""
    query = tenant.select(ad_audience_changes, ad_audiences.c.account).join(
        ad_audiences, ad_audiences.c.id == _changes.audience
    )
    query = query.where(_changes.state.in_(PENDING)).distinct()
    return [row.account for row in tenant.all(query)]


def waiting_of(tenant: TenantConnection, account: str, limit: int) -> list[StoredMembersChange]:
    """Changes of an ad account's audiences that TikTok doesn't have."""
    mine = tenant.select(ad_audiences, ad_audiences.c.id).where(ad_audiences.c.account == account)
    query = tenant.select(ad_audience_changes).where(
        _changes.audience.in_(mine), _changes.state.in_(PENDING)
    )
    return [StoredMembersChange.of(row) for row in tenant.all(query.limit(limit).with_for_update())]


def forget_ended(tenant: TenantConnection, audience: str, before: float) -> None:
    tenant.run(
        tenant.delete(ad_audience_changes).where(
            _changes.audience == audience, _changes.ended < before
        )
    )


def parts(tenant: TenantConnection, change_id: str) -> Sequence[str]:
    """The encrypted parts of a change."""
    query = tenant.select(ad_audience_parts).where(_parts.change == change_id)
    return [row.lines for row in tenant.all(query.order_by(_parts.number))]


def drop_parts(tenant: TenantConnection, change_ids: Sequence[str]) -> None:
    if change_ids:
        tenant.run(tenant.delete(ad_audience_parts).where(_parts.change.in_(change_ids)))
