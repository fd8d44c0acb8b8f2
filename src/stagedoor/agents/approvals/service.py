"""Approvals: kept, shown, decided, carried out."""

from __future__ import annotations

from pydantic import BaseModel

from ..calls.wanted import Done, Wanted
from ..decisions.decision import Ask
from ..identity.service import Caller
from .errors import ApprovalNeeded


class Approvals:
    """Of all organisations."""

    def ask(self, caller: Caller, wanted: Wanted, request: BaseModel, decision: Ask) -> Done:
        """The answer of a call that was approved and done; else `ApprovalNeeded`."""
        raise ApprovalNeeded(decision.sentence)

    def answer(self, caller: Caller, approval_id: str) -> Done:
        """The answer of a call that was approved and done; else `ApprovalNeeded` and its like."""
        raise ApprovalNeeded(f"{approval_id} still waits for a person.")
