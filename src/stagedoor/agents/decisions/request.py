"""The inputs of the gate: calls to decide, outcomes of calls, and the check of a caller before its
request is parsed."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ..audit.entry import CallOutcome, Receipt
from ..identity.service import AgentCaller
from .arguments import NotRead
from .decision import Deny, Guard


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A call to decide. `approved`: a person has approved exactly this call. `counted`: the call
    is decided again, and was counted against the minute and the day at that time."""

    caller: AgentCaller
    operation_id: str
    account: str | None
    arguments: Mapping[str, Any] | BaseModel
    approved: bool = False
    counted: float | None = None

    @property
    def org(self) -> str:
        return self.caller.org


@dataclass(frozen=True, slots=True)
class Settlement:
    """The outcome of an allowed call."""

    receipt: Receipt
    outcome: CallOutcome
    log_id: str | None = None

    @property
    def org(self) -> str:
        return self.receipt.org


def probe(caller: AgentCaller, operation_id: str) -> Generator[DecisionRequest, Any, Deny | None]:
    """Return the recorded denial of a caller whose key, agent or rate limit admits no call; None:
    go on and parse the request.

    If no guard denies the caller, nothing is recorded or counted.
    """
    decision: object = yield DecisionRequest(caller, operation_id, None, NotRead())
    if isinstance(decision, Deny) and decision.rule != Guard.NOT_READ:
        return decision
    return None
