"""Queries of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func

from stagedoor.connector.database import TenantConnection, organisations_with
from stagedoor.connector.schedule.store import wait

from .approval import WAITING, Approval, CallApprovalState
from .errors import NoApproval
from .models import approvals

KIND = "approval"
"""Kind of due row: the next step of an approval; refs are organisation/approval."""


def add(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(approvals, **values)


def find(tenant: TenantConnection, approval_id: str, lock: bool = False) -> Approval | None:
    query = tenant.select(approvals).where(approvals.c.id == approval_id)
    row = tenant.one(query.with_for_update() if lock else query)
    return None if row is None else Approval.of(row)


def get(tenant: TenantConnection, approval_id: str, lock: bool = False) -> Approval:
    """Return an approval. Raises `NoApproval`."""
    found = find(tenant, approval_id, lock)
    if found is None:
        raise NoApproval
    return found


def unanswered(tenant: TenantConnection, agent_id: str, digest: str) -> Approval | None:
    """Return the approval whose answer the agent waits for, locked."""
    query = tenant.select(approvals).where(
        approvals.c.agent_id == agent_id, approvals.c.unanswered == digest
    )
    row = tenant.one(query.with_for_update())
    return None if row is None else Approval.of(row)


def waiting(tenant: TenantConnection, agent_id: str) -> int:
    """Count the calls of an agent that wait for a person."""
    query = tenant.select(approvals, func.count()).where(
        approvals.c.agent_id == agent_id, approvals.c.state.in_(WAITING)
    )
    row = tenant.one(query)
    return 0 if row is None else int(row[0])


def page(
    tenant: TenantConnection, states: Sequence[CallApprovalState], before: str | None, limit: int
) -> Sequence[Approval]:
    """Return approvals with ids below `before`, newest first."""
    query = tenant.select(approvals)
    if states:
        query = query.where(approvals.c.state.in_(states))
    if before is not None:
        query = query.where(approvals.c.id < before)
    rows = tenant.all(query.order_by(approvals.c.id.desc()).limit(limit))
    return [Approval.of(row) for row in rows]


def change(tenant: TenantConnection, approval_id: str, **values: Any) -> None:
    tenant.run(tenant.update(approvals).where(approvals.c.id == approval_id).values(**values))


def remove(tenant: TenantConnection, approval_id: str) -> None:
    tenant.run(tenant.delete(approvals).where(approvals.c.id == approval_id))


def link(tenant: TenantConnection, approval_id: str) -> str | None:
    """Return the digest of an approval's capability."""
    query = tenant.select(approvals, approvals.c.link).where(approvals.c.id == approval_id)
    row = tenant.one(query)
    return None if row is None else str(row.link)


def linked(connection: Connection, link: str) -> Approval | None:
    """Find an approval by its capability's digest, which names no organisation."""
    for org in organisations_with(connection, approvals, approvals.c.link == link):
        tenant = TenantConnection(connection, org)
        row = tenant.one(tenant.select(approvals).where(approvals.c.link == link))
        if row is not None:
            return Approval.of(row)
    return None


def erase(tenant: TenantConnection, account: str | None, now: float) -> None:
    """Erase the texts, and schedule the deletion of the rows.

    A call that waits, or was approved and not begun, can't be made without its text: it expires. A
    call that is being made keeps its text until it has ended.
    """
    _erase(tenant, () if account is None else (approvals.c.account == account,), now)


def erase_these(tenant: TenantConnection, approval_ids: Sequence[str], now: float) -> None:
    """Erase the texts of some approvals, as `erase` does."""
    _erase(tenant, (approvals.c.id.in_(approval_ids),), now)


def _erase(tenant: TenantConnection, which: Sequence[ColumnElement[bool]], now: float) -> None:
    mine = tenant.update(approvals).where(*which)
    wanted = tenant.select(approvals, approvals.c.id, approvals.c.state).where(*which)
    found = tenant.all(wanted.with_for_update())
    doing = approvals.c.state == CallApprovalState.DOING
    texts = {"preview": None, "note": None, "keep_until": now}
    tenant.run(mine.where(doing).values(**texts))
    tenant.run(mine.where(~doing).values(**texts, request=None, result=None, failure=None))
    over = {"state": CallApprovalState.EXPIRED, "ended": now}
    open_states = [*WAITING, CallApprovalState.APPROVED]
    tenant.run(mine.where(approvals.c.state.in_(open_states)).values(**over))
    for row in found:
        if row.state != CallApprovalState.DOING:
            wait(tenant.connection, KIND, f"{tenant.org}/{row.id}", now)
