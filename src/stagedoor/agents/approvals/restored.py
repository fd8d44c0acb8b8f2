"""Approved calls in a database that was restored: they may have been made since the backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from stagedoor.connector.database import TenantConnection, organisations_with
from stagedoor.connector.errors import ApiError

from . import store
from .answers import failure_of
from .approval import State
from .models import approvals

if TYPE_CHECKING:
    from ..services import Agents

_BEGUN = (State.APPROVED, State.DOING)
_MOST = 10_000


def ask_about(agents: Agents, connection: Connection, why: str) -> None:
    """Make none of them again: each becomes unknown, and an admin is told."""
    states = [state.value for state in _BEGUN]
    for org in organisations_with(connection, approvals, approvals.c.state.in_(states)):
        scope = TenantConnection(connection, org)
        for approval in store.page(scope, _BEGUN, None, _MOST):
            error = ApiError(
                f"The service's database was restored from an earlier state ({why}), so this call "
                "may have been made already. Look at TikTok before it is asked for again.",
                code="outcome_unknown",
                http=409,
            )
            agents.approvals.end(scope, approval, State.UNKNOWN, failure=failure_of(error))
            agents.services.notices.tell(
                scope,
                "approval.unknown",
                approval.id,
                f"A call that was approved has an unknown outcome: {error.message}",
                {"agentId": approval.agent_id, "operation": approval.operation},
            )
