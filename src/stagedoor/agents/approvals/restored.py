"""Approved calls in a restored database: they may have been made since the backup."""

from __future__ import annotations

from sqlalchemy import Connection

from stagedoor.connector.database import TenantConnection, organisations_with
from stagedoor.connector.errors import ApiError
from stagedoor.connector.event_types import EventType
from stagedoor.connector.notices.service import Notices

from . import store
from .answers import failure_of
from .approval import CallApprovalState
from .models import approvals as table
from .service import Approvals

_BEGUN = (CallApprovalState.APPROVED, CallApprovalState.DOING)
_MOST = 10_000


class RestoredApprovals:
    """Handles the restoration of a database."""

    def __init__(self, approvals: Approvals, notices: Notices) -> None:
        self._approvals = approvals
        self._notices = notices

    def ask_about(self, connection: Connection, why: str) -> None:
        """Make none of these calls again: each becomes UNKNOWN, and an admin is notified."""
        states = [state.value for state in _BEGUN]
        for org in organisations_with(connection, table, table.c.state.in_(states)):
            tenant = TenantConnection(connection, org)
            for approval in store.page(tenant, _BEGUN, None, _MOST):
                error = ApiError(
                    f"The service's database was restored from an earlier state ({why}), so this "
                    "call may have been made already. Look at TikTok before it is asked for again.",
                    code="outcome_unknown",
                    http=409,
                )
                self._approvals.end(
                    tenant, approval, CallApprovalState.UNKNOWN, failure=failure_of(error)
                )
                self._notices.tell(
                    tenant,
                    EventType.APPROVAL_UNKNOWN,
                    approval.id,
                    f"A call that was approved has an unknown outcome: {error.message}",
                    {"agentId": approval.agent_id, "operation": approval.operation},
                )
