"""What is to go wrong on purpose, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    STATUS = "status"
    """Answer with `status` and `code` instead of doing the work."""
    RATE_LIMIT = "rate_limit"
    SLOW = "slow"
    """Wait `seconds` of real time, then go on."""
    CUT = "cut"
    """Close the connection without an answer and without doing the work."""
    GATEWAY = "gateway"
    """Answer with `status` and a page of HTML, as a gateway does whose backend is late."""
    LOST = "lost"
    """Do the work, then close the connection without an answer."""


EVERY = "*"


@dataclass(slots=True)
class Fault:
    """Meets the calls of `operation` (or every one), after the first `skip`, `times` times."""

    id: str
    operation: str
    kind: FaultKind
    status: int = 500
    code: str = "internal_error"
    seconds: float = 0.0
    after_bytes: int | None = None
    """For `cut`: how much of the request's body arrives first."""
    times: int | None = 1
    """None: until it is deleted."""
    skip: int = 0
    met: int = 0
    """How many calls it has met so far."""
