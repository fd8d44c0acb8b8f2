"""What an agent is told while a person decides."""

from __future__ import annotations

from stagedoor.connector.errors import Forbidden


class ApprovalNeeded(Forbidden):
    """A person has to approve the call first."""

    code = "approval_required"
