"""Ask the gate about a caller before its request is parsed."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..identity.service import AgentCaller
from .arguments import NotRead
from .decision import Deny, Guard
from .request import DecisionRequest


def probe(caller: AgentCaller, operation_id: str) -> Generator[DecisionRequest, Any, Deny | None]:
    """Return the recorded denial of a caller whose key, agent or rate limit admits no call; None:
    go on and parse the request.

    If no guard denies the caller, nothing is recorded or counted.
    """
    decision: object = yield DecisionRequest(caller, operation_id, None, NotRead())
    if isinstance(decision, Deny) and decision.rule != Guard.NOT_READ:
        return decision
    return None
