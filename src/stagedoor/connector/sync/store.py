"""Queries on the states of synchronisation, and on pauses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func

from ..database import OF_TENANT, Prepared, TenantConnection, renewed, renewing
from .models import sync_pauses, sync_states

_THIS = (sync_states.c.integration == bindparam("of_integration")) & (
    sync_states.c.type == bindparam("of_type")
)
_LOCK = Prepared(OF_TENANT.select(sync_states).where(_THIS).with_for_update())
_KEEP_HOLD = Prepared(
    OF_TENANT.update(sync_states)
    .where(_THIS, sync_states.c.held_by == bindparam("holder"))
    .values(held_until=bindparam("until"))
)
_PAUSED = Prepared(OF_TENANT.select(sync_pauses).where(sync_pauses.c.type == bindparam("of_type")))


@dataclass(frozen=True, slots=True)
class SyncSummary:
    """The state of one type over the organisation's accounts. Times in Unix seconds."""

    accounts: int = 0
    unavailable: int = 0
    depth: int = 0
    in_flight: int = 0
    failing: int = 0
    last: float | None = None
    oldest: float | None = None


@cache
def _change(names: tuple[str, ...]) -> Prepared:
    return Prepared(renewing(OF_TENANT.update(sync_states).where(_THIS), names))


def lock(tenant: TenantConnection, integration: str, kind: str) -> Any:
    """The state's row or None; nobody else changes it until the transaction ends."""
    return tenant.one(_LOCK, of_integration=integration, of_type=kind)


def keep_hold(
    tenant: TenantConnection, integration: str, kind: str, held_by: str, until: float
) -> bool:
    """Extend a hold to `until` (on the real clock), and lock the state's row; False when the run
    `held_by` doesn't hold the state any more, or the state is gone."""
    return (
        tenant.run(
            _KEEP_HOLD, of_integration=integration, of_type=kind, holder=held_by, until=until
        )
        == 1
    )


def change(tenant: TenantConnection, integration: str, kind: str, **values: Any) -> None:
    given = renewed(values)
    tenant.run(_change(tuple(values)), of_integration=integration, of_type=kind, **given)


def add(tenant: TenantConnection, integration: str, kind: str) -> None:
    """Add a state without a next run; an existing one stays as it is."""
    tenant.insert_new(sync_states, [{"integration": integration, "type": kind, "attempts": 0}])


def _locked(tenant: TenantConnection, integration: str, kinds: Collection[str]) -> Any:
    """The condition of an account's states of some types, which are locked now, in the order in
    which a run locks those of two types."""
    table = sync_states.c
    these = (table.integration == integration) & table.type.in_(kinds)
    mine = tenant.select(sync_states, table.type).where(these)
    tenant.all(mine.order_by(table.type).with_for_update())
    return these


def remove(tenant: TenantConnection, integration: str, kinds: Collection[str]) -> bool:
    """Delete the states of these types of an account; returns whether there were any."""
    these = _locked(tenant, integration, kinds)
    return tenant.run(tenant.delete(sync_states).where(these)) > 0


def stop(tenant: TenantConnection, integration: str, kinds: Collection[str]) -> None:
    """None of these types of the account has a next run."""
    these = _locked(tenant, integration, kinds)
    tenant.run(tenant.update(sync_states).where(these).values(due=None, wanted=None))


def accounts(
    tenant: TenantConnection,
    kind: str,
    after: str | None,
    limit: int,
    integration: str | None = None,
    waiting: bool = False,
) -> list[str]:
    """The integrations that have the type, in the order of their ids; `integration`: only this one;
    `waiting`: only those with a next run."""
    table = sync_states.c
    query = tenant.select(sync_states, table.integration).where(
        table.type == kind, table.unavailable.is_(None)
    )
    if waiting:
        query = query.where(table.due.is_not(None))
    if integration is not None:
        query = query.where(table.integration == integration)
    if after is not None:
        query = query.where(table.integration > after)
    found = tenant.all(query.order_by(table.integration).limit(limit))
    return [row.integration for row in found]


def wanted(tenant: TenantConnection, kind: str, integrations: Sequence[str]) -> dict[str, Any]:
    """The options that no run of these accounts has taken yet, or None, by integration; the states
    are locked."""
    table = sync_states.c
    these = (table.type == kind) & table.integration.in_(integrations)
    query = tenant.select(sync_states, table.integration, table.wanted).where(these)
    rows = tenant.all(query.order_by(table.integration).with_for_update())
    return {row.integration: row.wanted for row in rows}


def want(
    tenant: TenantConnection, kind: str, integrations: Sequence[str], now: float, wanted: Any
) -> None:
    """Leave the options of a trigger for the next run of each account, which is due now."""
    table = sync_states.c
    these = (table.type == kind) & table.integration.in_(integrations)
    change = tenant.update(sync_states).where(these)
    tenant.run(change.values(due=now, wanted=wanted, attempts=0))


def summaries(tenant: TenantConnection, now: float, real_now: float) -> dict[str, SyncSummary]:
    """By type."""
    table = sync_states.c

    def number(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    has = table.unavailable.is_(None)
    held = table.held_until.is_not(None) & (table.held_until >= real_now)
    query = tenant.select(
        sync_states,
        table.type,
        number(has),
        number(~has),
        number(table.due.is_not(None) & (table.due <= now)),
        number(held),
        number(table.attempts > 0),
        func.max(table.succeeded),
        func.min(case((has, table.succeeded))),
    )
    return {row[0]: SyncSummary(*row[1:]) for row in tenant.all(query.group_by(table.type))}


def last_successes(tenant: TenantConnection, integrations: Sequence[str]) -> dict[str, float]:
    """When any type last succeeded, by account; without accounts where none has."""
    table = sync_states.c
    query = tenant.select(sync_states, table.integration, func.max(table.succeeded)).where(
        table.integration.in_(integrations), table.succeeded.is_not(None)
    )
    return {row[0]: row[1] for row in tenant.all(query.group_by(table.integration))}


def failures(tenant: TenantConnection, limit: int) -> Sequence[Any]:
    """States whose last run failed, or whose account lacks the type."""
    table = sync_states.c
    wrong = (table.attempts > 0) | table.unavailable.is_not(None)
    query = tenant.select(sync_states).where(wrong)
    return tenant.all(query.order_by(table.integration, table.type).limit(limit))


# pauses


def paused(tenant: TenantConnection, kind: str) -> bool:
    return tenant.one(_PAUSED, of_type=kind) is not None


def pauses(tenant: TenantConnection) -> dict[str, Any]:
    """The rows of the organisation's pauses, by type."""
    return {row.type: row for row in tenant.all(tenant.select(sync_pauses))}


def pause(tenant: TenantConnection, kind: str, at: float, by: str) -> None:
    tenant.insert_new(sync_pauses, [{"type": kind, "at": at, "by": by}])


def resume(tenant: TenantConnection, kind: str) -> None:
    tenant.run(tenant.delete(sync_pauses).where(sync_pauses.c.type == kind))
