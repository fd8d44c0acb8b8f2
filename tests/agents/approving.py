"""Short ways through an approval: an agent asks, a person says, and what stands there then."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from stagedoor.agents.approvals.errors import ApprovalNeeded
from stagedoor.agents.calls.request import CallRequest
from tests.agents.conftest import Hand

ASKED = {"resource": "posting", "level": "full", "askFirst": True}


def asks(hand: Hand, call: CallRequest) -> str:
    """A call that waits; the approval's id."""
    with pytest.raises(ApprovalNeeded) as needed:
        hand.agents.calls.make(hand.caller, call)
    detail = needed.value.detail
    assert detail["approvalId"] in needed.value.message
    return str(detail["approvalId"])


def says(hand: Hand, approval: str, decision: str, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = hand.service.api(
        "POST", f"/api/approvals/{approval}", {"decision": decision, **more}
    )
    return said


def get(hand: Hand, approval: str) -> dict[str, Any]:
    found: dict[str, Any] = hand.service.api("GET", f"/api/approvals/{approval}")
    return found


def ended(hand: Hand) -> Any:
    """The outcome of the newest call that was allowed."""
    rows = hand.rows(decision="allowed")
    return rows[0]["outcome"] if rows else None


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
