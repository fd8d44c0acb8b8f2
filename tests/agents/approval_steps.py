"""Steps of an approval for tests: an agent's call, a person's verdict, and the resulting state."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from stagedoor.agents.approvals.errors import ApprovalNeeded
from stagedoor.agents.calls.request import CallRequest
from tests.agents.conftest import AgentFixture

ASKED = {"resource": "posting", "level": "full", "askFirst": True}


def asks(agent: AgentFixture, call: CallRequest) -> str:
    """A call that waits; the approval's id."""
    with pytest.raises(ApprovalNeeded) as needed:
        agent.agents.calls.make(agent.caller, call)
    detail = needed.value.detail
    assert detail["approvalId"] in needed.value.message
    return str(detail["approvalId"])


def says(agent: AgentFixture, approval: str, decision: str, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = agent.service.api(
        "POST", f"/api/approvals/{approval}", {"decision": decision, **more}
    )
    return said


def get(agent: AgentFixture, approval: str) -> dict[str, Any]:
    found: dict[str, Any] = agent.service.api("GET", f"/api/approvals/{approval}")
    return found


def ended(agent: AgentFixture) -> Any:
    """The outcome of the newest call that was allowed."""
    rows = agent.rows(decision="allowed")
    return rows[0]["outcome"] if rows else None


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
