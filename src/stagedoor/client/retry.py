"""The retry policy: whether and when to retry. Decisions are values."""

from __future__ import annotations

import random
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, check_fields
from stagedoor.platform.operation import DAY, Operation
from stagedoor.platform.operation import Retry as Declared
from stagedoor.platform.records import frozen

from .errors import RateLimited, ServerError, TikTokError, TransportError, UnexpectedAnswer


@frozen
class RetryAfter:
    """Retry after `seconds`."""

    seconds: float
    why: str


@frozen
class GiveUp:
    """Don't retry."""

    why: str


Decision = RetryAfter | GiveUp

_RANDOM = random.SystemRandom()


@frozen
class RetryPolicy:
    """`attempts` counts all tries, including the first; delays are in seconds.

    A request that may change something is retried only if it was certainly not executed: TikTok
    answered that it came too fast. `max_wait` bounds the wait after a 429.
    """

    attempts: Annotated[int, AtLeast(1)] = 4
    first_delay: Annotated[float, AtLeast(0)] = 0.5
    max_delay: Annotated[float, AtLeast(0)] = 20.0
    max_wait: Annotated[float, AtLeast(0)] = 90.0
    jitter: Annotated[float, AtLeast(0)] = 0.2

    def __post_init__(self) -> None:
        check_fields(self)

    def after(self, operation: Operation[..., Any], error: Exception, attempt: int) -> Decision:
        """The decision after `error` on try number `attempt`, counted from 1."""
        if attempt >= self.attempts:
            return GiveUp(f"failed {attempt} times")
        if isinstance(error, RateLimited):
            wait = self._told(operation, error, attempt)
            if wait > self.max_wait:
                return GiveUp(f"TikTok asks to wait {wait:.0f} s")
            return RetryAfter(wait, "too fast")
        if operation.retry is Declared.NEVER:
            return GiveUp("repeating it could do it twice")
        if isinstance(error, ServerError):
            return RetryAfter(self.backoff(attempt), "TikTok failed")
        if isinstance(error, UnexpectedAnswer):
            if error.http_status >= 500:
                return RetryAfter(self.backoff(attempt), "the gateway failed")
            return GiveUp("no answer of TikTok's")
        if isinstance(error, TransportError):
            return RetryAfter(self.backoff(attempt), "the network failed")
        return GiveUp("it will not get better")

    def backoff(self, attempt: int) -> float:
        """Exponential back-off: seconds before the next try; doubles, capped, with `jitter`."""
        delay = min(self.max_delay, self.first_delay * 2.0 ** (attempt - 1))
        return delay * (1 + _RANDOM.uniform(-self.jitter, self.jitter))

    def _told(self, operation: Operation[..., Any], error: TikTokError, attempt: int) -> float:
        if error.retry_after is not None:
            return error.retry_after
        if not operation.limits:
            return self.backoff(attempt)
        # TikTok sends no Retry-After; a sliding window frees a slot within its own length
        # (a day's limit, which resets at midnight, says nothing of that)
        short = [limit for limit in operation.limits if limit.per_seconds < DAY]
        return max(
            min(limit.per_seconds, limit.per_seconds / limit.requests * 2.0**attempt)
            for limit in short or operation.limits
        )


NO_RETRY = RetryPolicy(attempts=1)
