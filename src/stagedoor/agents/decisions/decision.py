"""What was decided, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..audit.entry import Receipt


class Guard(StrEnum):
    """What denies before, or instead of, an agent's own rules: the rule that a denial names."""

    UNKNOWN_AGENT = "unknown-agent"
    KEY_OVER = "key-over"
    STOPPED = "stopped"
    UNKNOWN_OPERATION = "unknown-operation"
    BAD_ARGUMENTS = "bad-arguments"
    NO_ACCOUNT = "no-account"
    TOO_MANY_CALLS = "too-many-calls"
    NO_GRANT = "no-grant"
    POLICY_FAILED = "policy-failed"
    UNAVAILABLE = "unavailable"
    SUMMARY = "beyond-pace"
    """Of an entry that stands for many denials."""
    NOT_READ = "not-read"
    """Nothing speaks against the caller, so its request is to be read first. Never recorded."""


@dataclass(frozen=True, slots=True)
class Allow:
    """The call may be made. `receipt` is where it is on record; None: nothing was recorded, so
    it only explains and nothing may be done by it."""

    rule: str
    sentence: str
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Deny:
    """The call may not be made; `reason` is for the agent and for people."""

    rule: str
    reason: str
    sentence: str
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A person has to approve first."""

    rule: str
    sentence: str
    receipt: Receipt | None = None


Decision = Allow | Deny | Ask

WORDS = {Allow: "allowed", Deny: "denied", Ask: "pending"}
"""A decision as the audit and the routes name it."""
