"""Queries on the journal of writes and on guards of spend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..database import TenantConnection
from .models import ad_spend_guards, ad_spend_requests, ad_writes

_CHANGES = 50


class AdsAction(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    LAUNCH = "launch"
    PAUSE = "pause"


class WriteOutcome(StrEnum):
    """How a write at TikTok ended."""

    DONE = "done"
    FAILED = "failed"
    """TikTok refused it, or it never reached TikTok."""
    UNKNOWN = "unknown"
    """TikTok's answer was lost; it is found out later."""


SETTLED = (WriteOutcome.DONE.value, WriteOutcome.FAILED.value)


@dataclass(frozen=True, slots=True)
class Write:
    """A row of the journal; times in Unix seconds."""

    id: str
    at: float
    level: str
    action: AdsAction
    account: str
    object: str | None
    digest: str | None
    request: Mapping[str, Any]
    asked_by: str
    outcome: WriteOutcome | None
    error: Mapping[str, Any] | None
    ended: float | None
    held_by: str | None
    held_until: float | None

    @classmethod
    def of(cls, row: Any) -> Write:
        return cls(
            row.id,
            row.at,
            row.level,
            AdsAction(row.action),
            row.account,
            row.object,
            row.digest,
            row.request,
            row.asked_by,
            None if row.outcome is None else WriteOutcome(row.outcome),
            row.error,
            row.ended,
            row.held_by,
            row.held_until,
        )

    @property
    def settled(self) -> bool:
        return self.outcome in SETTLED


def add_all(tenant: TenantConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    tenant.insert_new(ad_writes, rows)


def change(tenant: TenantConnection, write_ids: Sequence[str], **values: Any) -> None:
    these = ad_writes.c.id.in_(write_ids)
    tenant.run(tenant.update(ad_writes).where(these).values(**values))


def find(tenant: TenantConnection, write_id: str, lock: bool = False) -> Write | None:
    query = tenant.select(ad_writes).where(ad_writes.c.id == write_id)
    row = tenant.one(query.with_for_update() if lock else query)
    return None if row is None else Write.of(row)


def unsettled_like(tenant: TenantConnection, digest: str) -> Write | None:
    """The newest create of the same object whose outcome isn't known, locked."""
    table = ad_writes.c
    open_ = table.outcome.is_(None) | (table.outcome == WriteOutcome.UNKNOWN.value)
    query = tenant.select(ad_writes).where(table.digest == digest, open_)
    rows = tenant.all(query.order_by(table.at.desc()).limit(1).with_for_update())
    return Write.of(rows[0]) if rows else None


def account_of(tenant: TenantConnection, level: str, object_id: str) -> str | None:
    """The ad account of an object that was made or changed here."""
    table = ad_writes.c
    query = tenant.select(ad_writes, table.account).where(
        table.level == level, table.object == object_id
    )
    rows = tenant.all(query.order_by(table.at.desc()).limit(1))
    return rows[0].account if rows else None


def changes(tenant: TenantConnection, level: str, object_id: str) -> list[Write]:
    """Everything that was done to an object here, newest first, at most 50."""
    table = ad_writes.c
    query = tenant.select(ad_writes).where(table.level == level, table.object == object_id)
    rows = tenant.all(query.order_by(table.at.desc(), table.id.desc()).limit(_CHANGES))
    return [Write.of(row) for row in rows]


def created_here(tenant: TenantConnection, level: str, object_ids: Sequence[str]) -> frozenset[str]:
    """The objects that a create here has made already."""
    table = ad_writes.c
    query = tenant.select(ad_writes, table.object).where(
        table.level == level,
        table.object.in_(object_ids),
        table.action == AdsAction.CREATE.value,
    )
    return frozenset(row.object for row in tenant.all(query))


def paused_since(
    tenant: TenantConnection, level: str, object_ids: Sequence[str], since: float
) -> frozenset[str]:
    """The objects that were paused here since then."""
    if not object_ids:
        return frozenset()
    table = ad_writes.c
    query = tenant.select(ad_writes, table.object).where(
        table.level == level,
        table.object.in_(object_ids),
        table.action == AdsAction.PAUSE.value,
        table.at >= since,
    )
    return frozenset(row.object for row in tenant.all(query))


# guards of spend


def guard(tenant: TenantConnection) -> Any:
    """The row of the organisation's guard; None: it never had a limit."""
    return tenant.one(tenant.select(ad_spend_guards))


def add_guard(tenant: TenantConnection) -> None:
    row = {"id": tenant.org, "state": {}, "failures": 0, "fence": 0}
    tenant.insert_new(ad_spend_guards, [row])


def set_guard(tenant: TenantConnection, **values: Any) -> None:
    tenant.run(tenant.update(ad_spend_guards).values(**values))


# changes of budgets without a limit


def put_request(tenant: TenantConnection, id: str, hold: Mapping[str, Any]) -> None:
    """Write that a change is under way, or that it still is."""
    mine = tenant.update(ad_spend_requests).where(ad_spend_requests.c.id == id)
    if not tenant.run(mine.values(**hold)):
        tenant.insert(ad_spend_requests, id=id, **hold)


def remove_request(tenant: TenantConnection, id: str) -> None:
    tenant.run(tenant.delete(ad_spend_requests).where(ad_spend_requests.c.id == id))


def requests(tenant: TenantConnection) -> Sequence[Any]:
    return tenant.all(tenant.select(ad_spend_requests))
