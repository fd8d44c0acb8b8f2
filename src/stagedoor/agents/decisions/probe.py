"""Asking the gate about a caller before its request is read."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ..identity.service import Caller
from .arguments import NotRead
from .decision import Deny, Guard
from .request import DecisionRequest


def probe(caller: Caller, operation_id: str) -> Generator[DecisionRequest, Any, Deny | None]:
    """The recorded denial of a caller whose key, agent or pace admits no call; None: read on.

    Nothing is recorded, and no place is taken, where nothing speaks against the caller.
    """
    decision: object = yield DecisionRequest(caller, operation_id, None, NotRead())
    if isinstance(decision, Deny) and decision.rule != Guard.NOT_READ:
        return decision
    return None
