"""Approvals of posts, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ApprovalPolicy(StrEnum):
    """The users whose posts go out without asking."""

    MEMBER = "member"
    """Members publish."""
    APPROVAL = "approval"
    """A member's post waits for an admin."""


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PostApproval:
    """The approval of one revision of a post. Users are the subjects of their tokens, times Unix
    seconds."""

    state: ApprovalState
    revision: str
    asked_by: str
    asked_at: float
    decided_by: str | None = None
    decided_at: float | None = None
    reason: str | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> PostApproval:
        values = dict(stored)
        return cls(ApprovalState(values.pop("state")), **values)
