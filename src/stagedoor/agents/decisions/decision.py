"""Decisions as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..audit.entry import Receipt


class Guard(StrEnum):
    """Rules that deny before, or instead of, an agent's own policy. A denial names its rule."""

    UNKNOWN_AGENT = "unknown-agent"
    KEY_OVER = "key-over"
    STOPPED = "stopped"
    UNKNOWN_OPERATION = "unknown-operation"
    BAD_ARGUMENTS = "bad-arguments"
    NO_ACCOUNT = "no-account"
    NOT_REACHED = "not-reached"
    TOO_MANY_CALLS = "too-many-calls"
    NO_GRANT = "no-grant"
    POLICY_FAILED = "policy-failed"
    UNAVAILABLE = "unavailable"
    SUMMARY = "beyond-pace"
    """The rule of an entry that summarises many denials."""
    NOT_READ = "not-read"
    """No guard denies the caller, so the request has to be parsed next. Never recorded."""


@dataclass(frozen=True, slots=True)
class Allow:
    """The call may be made. `receipt` identifies its record; None: nothing was recorded, so the
    decision only explains, and no call may be made by it."""

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
    """A person has to approve the call first."""

    rule: str
    sentence: str
    receipt: Receipt | None = None


Decision = Allow | Deny | Ask

WORDS = {Allow: "allowed", Deny: "denied", Ask: "pending"}
"""The words for decisions in the audit and the routes."""
