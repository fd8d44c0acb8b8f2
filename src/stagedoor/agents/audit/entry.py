"""The inputs and outputs of the audit, as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row


class EntryKind(StrEnum):
    DECISION = "decision"
    OUTCOME = "outcome"
    APPROVAL = "approval"
    """A person's verdict on a call that waited, or its expiry."""
    ERASURE = "erasure"
    """A person erased texts."""
    RESTORE = "restore"
    """A person accepted that a restore lost entries; the text names the earlier heads."""
    RENEWAL = "renewal"
    """The vault was reset, and with it the key of the MAC that proves the chain's end."""
    CHANGE = "change"
    """A person's change of an agent: its grants, its keys, whether it may act."""
    ACTION = "action"
    """Another action of a person, by API or CLI; its outcome is an entry of its own."""


ACTED = "acted"
"""The `decision` of an entry about what a person did, other than a change of an agent."""
BY_PEOPLE = (EntryKind.CHANGE, EntryKind.ACTION, EntryKind.ERASURE)
"""The kinds of entries about what a person did."""


class CallOutcome(StrEnum):
    """The outcome of an allowed call."""

    DONE = "done"
    FAILED = "failed"
    """TikTok rejected the call, or it failed before: nothing was done."""
    UNKNOWN = "unknown"
    """Whether the call was done can't be known."""


class ApprovalOutcome(StrEnum):
    """The end of the wait for a person: the outcome of a pending decision."""

    APPROVED = "approved"
    """A person approved the call."""
    REFUSED = "refused"
    """A person refused the call."""
    EXPIRED = "expired"
    """Nobody decided in time."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The position of a decision in its organisation's audit."""

    org: str
    seq: int


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain; an empty chain ends at seq 0 and `chain.START`."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry without a position yet. `text` may name people, and can be erased later."""

    kind: EntryKind
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


def outcome_of(receipt: Receipt, outcome: CallOutcome, log_id: str | None, at: float) -> Draft:
    """Return the entry for the outcome of a call."""
    return Draft(
        kind=EntryKind.OUTCOME, at=at, about=receipt.seq, outcome=outcome.value, log_id=log_id
    )


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision with its outcome, and the person's verdict and note if it waited for a person.

    Erased texts are None; `at` is in Unix seconds.
    """

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
    """Whether a person had approved the call."""
    outcome: str | None
    decided_by: str | None
    note: str | None
    log_id: str | None
    counted: int = 1
    """The number of calls: a summary of denials stands for many."""


def shown(row: Row[Any]) -> DecisionRecord:
    """The row of a decision, or of what a person did, as a value."""
    text = text_of(row) or {}
    said = json.loads(row.its_text) if row.its_text else {}
    return DecisionRecord(
        seq=row.seq,
        at=row.at,
        agent=row.agent,
        agent_name=text.get("agent"),
        account=row.account,
        account_name=text.get("account"),
        operation=row.operation,
        resource=row.resource,
        decision=row.decision or ACTED,  # an erasure of an earlier version names neither
        rule=row.rule or "",
        reason=text.get("reason"),
        sentence=said.get("ended") or text.get("sentence"),
        erased=row.erased_by is not None,
        approved=bool(text.get("approved")),
        outcome=row.its_outcome,
        decided_by=text.get("by") if row.kind in BY_PEOPLE else said.get("by"),
        note=said.get("note"),
        log_id=row.its_log_id,
        counted=text.get("counted", 1),
    )


def text_of(row: Row[Any]) -> Mapping[str, Any] | None:
    """Return an entry's text; None once it was erased."""
    found: Mapping[str, Any] | None = None if row.text is None else json.loads(row.text)
    return found
