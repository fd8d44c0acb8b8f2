"""Prints waits for TikTok's rate limits on standard error: a silent command looks broken."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from stagedoor.client import Pacer, RetryPolicy
from stagedoor.client.errors import RateLimited
from stagedoor.client.retry import Decision, RetryAfter
from stagedoor.platform.operation import Operation, RateLimit

from . import terminal

_WORTH_TELLING_SECONDS = 1.0


class TellingPacer(Pacer):
    """A pacer that prints how long a call waits for its slot."""

    def __init__(self) -> None:
        super().__init__(time.monotonic)

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        delay = super().reserve(key, limit)
        _tell(delay, limit)
        return delay


@dataclass(frozen=True, slots=True)
class TellingRetry(RetryPolicy):
    """A retry policy that prints how long a call waits after TikTok answered it with 429."""

    def after(self, operation: Operation[..., Any], error: Exception, attempt: int) -> Decision:
        decision = RetryPolicy.after(self, operation, error, attempt)
        if isinstance(decision, RetryAfter) and isinstance(error, RateLimited):
            _tell(decision.seconds, next(iter(operation.limits), None))
        return decision


def _tell(seconds: float, limit: RateLimit | None) -> None:
    if seconds < _WORTH_TELLING_SECONDS:
        return
    why = ""
    if limit is not None:
        why = f" (it takes {limit.requests} in {limit.per_seconds:g} s)"
    terminal.note(f"Waiting {seconds:.0f} s for TikTok's rate limit{why}.")
