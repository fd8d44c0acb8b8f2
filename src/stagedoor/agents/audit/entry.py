"""Values: what goes into the audit, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    DECISION = "decision"
    OUTCOME = "outcome"
    APPROVAL = "approval"
    """What a person said of a call that waited, or that nobody did in time."""
    ERASURE = "erasure"
    RESTORE = "restore"
    """A person accepted that a restore had lost entries; its text names the heads from before."""
    RENEWAL = "renewal"
    """The vault was reset, and with it the key that proves where the chain ends."""
    CHANGE = "change"
    """A person's change of an agent: its grants, its keys, whether it may act."""


class Outcome(StrEnum):
    """What became of an allowed call."""

    DONE = "done"
    FAILED = "failed"
    """TikTok, or the way there, said no: nothing was done."""
    UNKNOWN = "unknown"
    """Nobody can say whether it was done."""


class Verdict(StrEnum):
    """How the wait for a person ended: the outcome of a pending decision."""

    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a decision stands in its organisation's audit."""

    org: str
    seq: int


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends; it begins at seq 0 and `chain.START`."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that has no place yet. `text` may name people; it can be erased later."""

    kind: Kind
    at: float
    about: int | None = None
    agent: str | None = None
    account: str | None = None
    operation: str | None = None
    resource: str | None = None
    decision: str | None = None
    rule: str | None = None
    policy_version: int | None = None
    outcome: str | None = None
    log_id: str | None = None
    text: Mapping[str, Any] | None = None


def outcome_of(receipt: Receipt, outcome: Outcome, log_id: str | None, at: float) -> Draft:
    """What became of the call that a decision allowed."""
    return Draft(kind=Kind.OUTCOME, at=at, about=receipt.seq, outcome=outcome.value, log_id=log_id)


@dataclass(frozen=True, slots=True)
class Shown:
    """A decision with its outcome, and who decided and said what where it waited for a person.
    Erased texts are None; `at` is in Unix seconds."""

    seq: int
    at: float
    agent: str | None
    agent_name: str | None
    account: str | None
    account_name: str | None
    operation: str | None
    resource: str | None
    decision: str
    rule: str
    reason: str | None
    sentence: str | None
    erased: bool
    approved: bool
    """Whether a person had approved it."""
    outcome: str | None
    decided_by: str | None
    note: str | None
    log_id: str | None
    counted: int = 1
    """Calls that it stands for: a summary of denials stands for many."""
