"""Injected faults, and how often they occur."""

from __future__ import annotations

from enum import StrEnum

from stagedoor.platform.records import record


class FaultKind(StrEnum):
    STATUS = "status"
    """Answer with `status` and `code` instead of running the handler."""
    RATE_LIMIT = "rate_limit"
    SLOW = "slow"
    """Wait `seconds` of real time, then run the handler."""
    CUT = "cut"
    """Close the connection without an answer and without running the handler."""
    GATEWAY = "gateway"
    """Answer with `status` and an HTML page, as a gateway does whose backend timed out."""
    LOST = "lost"
    """Run the handler, then close the connection without an answer."""
    CORRUPT = "corrupt"
    """Run the handler, and answer with the first half of its JSON."""


EVERY = "*"


@record
class Fault:
    """A fault in the calls of `operation` (or all calls), after the first `skip`, `times` times."""

    id: str
    operation: str
    kind: FaultKind
    status: int = 500
    code: str = "internal_error"
    seconds: float = 0.0
    after_bytes: int | None = None
    """For `cut`: the bytes of the request's body that arrive first."""
    times: int | None = 1
    """None: until the fault is deleted."""
    skip: int = 0
    met: int = 0
    """The number of calls that had this fault."""
