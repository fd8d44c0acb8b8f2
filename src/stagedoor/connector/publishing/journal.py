"""The journal of a post: its steps, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CAP = "cap"
"""In the detail of a step: TikTok's code of the cap that the post waits for."""


class Name(StrEnum):
    CHECK = "check"
    SETTINGS = "settings"
    INIT = "init"
    UPLOAD = "upload"
    STATUS = "status"
    RESOLVE = "resolve"
    """Looking for the public id in the creator's list."""
    CANCEL = "cancel"
    DECISION = "decision"
    """Whether a higher layer still allows the post."""
    APPROVAL = "approval"
    """A member's post waits for an admin, who approves or refuses it."""
    RETRY = "retry"
    """A failed post is retried: steps before this one belong to an earlier try."""


class StepOutcome(StrEnum):
    OK = "ok"
    WAITING = "waiting"
    """Nothing was sent yet: it is too early."""
    RETRY = "retry"
    LOST = "lost"
    """No answer came, or the process died: the request may have taken effect."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PostStep:
    """A step; `outcome` None: it is running, or its process died in it. Times are Unix seconds."""

    key: str
    name: str
    attempt: int
    started: float
    ended: float | None = None
    outcome: str | None = None
    log_id: str | None = None
    detail: Any = None

    @property
    def lost(self) -> bool:
        return self.outcome in (None, StepOutcome.LOST)


def is_done(steps: Sequence[PostStep], name: Name) -> bool:
    return any(step.name == name and step.outcome == StepOutcome.OK for step in steps)


def this_try(steps: Sequence[PostStep]) -> list[PostStep]:
    """The steps of a post since its last retry by a caller."""
    begun = [at for at, step in enumerate(steps) if step.name == Name.RETRY]
    return list(steps[begun[-1] + 1 :] if begun else steps)


def of(steps: Sequence[PostStep], name: Name) -> list[PostStep]:
    return [step for step in steps if step.name == name]
