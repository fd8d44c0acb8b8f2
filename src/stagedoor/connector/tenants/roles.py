"""Roles and the callers that have them: each role includes the ones before it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    """Reads."""
    MEMBER = "member"
    """Publishes, replies, syncs."""
    ADMIN = "admin"
    """Connects, spends, grants, manages keys and retention."""

    def covers(self, needed: Role) -> bool:
        return _RANK[self] >= _RANK[needed]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Caller:
    """The user and the organisation of a verified token."""

    org: str
    user: str
    role: Role
