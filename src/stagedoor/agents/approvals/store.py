"""Queries of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func

from stagedoor.connector.database import TenantConnection, organisations_with
from stagedoor.connector.schedule.store import wait

from .approval import WAITING, Approval, State
from .errors import NoApproval
from .models import approvals

KIND = "approval"
"""Kind of due row: the next step of an approval; refs are organisation/approval."""


def add(scope: TenantConnection, **values: Any) -> None:
    scope.insert(approvals, **values)


def find(scope: TenantConnection, approval_id: str, lock: bool = False) -> Approval | None:
    query = scope.select(approvals).where(approvals.c.id == approval_id)
    row = scope.one(query.with_for_update() if lock else query)
    return None if row is None else Approval.of(row)


def get(scope: TenantConnection, approval_id: str, lock: bool = False) -> Approval:
    """Return an approval. Raises `NoApproval`."""
    found = find(scope, approval_id, lock)
    if found is None:
        raise NoApproval
    return found


def unanswered(scope: TenantConnection, agent_id: str, digest: str) -> Approval | None:
    """Return the approval whose answer the agent waits for, locked."""
    query = scope.select(approvals).where(
        approvals.c.agent_id == agent_id, approvals.c.unanswered == digest
    )
    row = scope.one(query.with_for_update())
    return None if row is None else Approval.of(row)


def waiting(scope: TenantConnection, agent_id: str) -> int:
    """Count the calls of an agent that wait for a person."""
    query = scope.select(approvals, func.count()).where(
        approvals.c.agent_id == agent_id, approvals.c.state.in_(WAITING)
    )
    row = scope.one(query)
    return 0 if row is None else int(row[0])


def page(
    scope: TenantConnection, states: Sequence[State], before: str | None, limit: int
) -> Sequence[Approval]:
    """Return approvals with ids below `before`, newest first."""
    query = scope.select(approvals)
    if states:
        query = query.where(approvals.c.state.in_(states))
    if before is not None:
        query = query.where(approvals.c.id < before)
    rows = scope.all(query.order_by(approvals.c.id.desc()).limit(limit))
    return [Approval.of(row) for row in rows]


def change(scope: TenantConnection, approval_id: str, **values: Any) -> None:
    scope.run(scope.update(approvals).where(approvals.c.id == approval_id).values(**values))


def remove(scope: TenantConnection, approval_id: str) -> None:
    scope.run(scope.delete(approvals).where(approvals.c.id == approval_id))


def link(scope: TenantConnection, approval_id: str) -> str | None:
    """Return the digest of an approval's capability."""
    query = scope.select(approvals, approvals.c.link).where(approvals.c.id == approval_id)
    row = scope.one(query)
    return None if row is None else str(row.link)


def linked(connection: Connection, link: str) -> Approval | None:
    """Find an approval by its capability's digest, which names no organisation."""
    for org in organisations_with(connection, approvals, approvals.c.link == link):
        scope = TenantConnection(connection, org)
        row = scope.one(scope.select(approvals).where(approvals.c.link == link))
        if row is not None:
            return Approval.of(row)
    return None


def erase(scope: TenantConnection, account: str | None, now: float) -> None:
    """Erase the texts, and schedule the deletion of the rows.

    A call that waits, or was approved and not begun, can't be made without its text: it expires. A
    call that is being made keeps its text until it has ended.
    """
    mine = scope.update(approvals)
    wanted = scope.select(approvals, approvals.c.id, approvals.c.state)
    if account is not None:
        mine = mine.where(approvals.c.account == account)
        wanted = wanted.where(approvals.c.account == account)
    found = scope.all(wanted.with_for_update())
    doing = approvals.c.state == State.DOING
    texts = {"preview": None, "note": None, "keep_until": now}
    scope.run(mine.where(doing).values(**texts))
    scope.run(mine.where(~doing).values(**texts, request=None, result=None, failure=None))
    over = {"state": State.EXPIRED, "ended": now}
    open_states = [*WAITING, State.APPROVED]
    scope.run(mine.where(approvals.c.state.in_(open_states)).values(**over))
    for row in found:
        if row.state != State.DOING:
            wait(scope.connection, KIND, f"{scope.org}/{row.id}", now)
