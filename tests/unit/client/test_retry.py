"""Whether a failed call is tried again, and when: one table of decisions."""

from __future__ import annotations

import pytest

from stagedoor import NO_RETRY, RetryPolicy
from stagedoor.client import GiveUp, RetryAfter
from stagedoor.client.errors import (
    AnswerLost,
    BadRequest,
    NotSent,
    QuotaExceeded,
    RateLimited,
    ServerError,
    TikTokError,
    UnexpectedAnswer,
)
from stagedoor.platform.products import display, oauth, posting

POLICY = RetryPolicy(attempts=4, first_delay=0.5, max_delay=3.0, max_wait=90.0, jitter=0.0)

LOST = AnswerLost("no answer")
UNSENT = NotSent("not reached")
FAULT = ServerError("internal_error", "")
GATEWAY = UnexpectedAnswer("html", 502)
HTML = UnexpectedAnswer("html", 200)
WRONG = BadRequest("invalid_params", "")
CAPPED = QuotaExceeded("spam_risk_too_many_posts", "")


def too_fast(after: float | None = None) -> TikTokError:
    return RateLimited("rate_limit_exceeded", "", retry_after=after)


READ = display.VIDEO_LIST  # safe to repeat; 600 a minute
INIT = posting.VIDEO_INIT  # publishes; 6 a minute
STATUS = posting.STATUS  # safe to repeat; 30 a minute
REVOKE = oauth.REVOKE  # changes something; no limit published


@pytest.mark.parametrize(
    ("operation", "error", "attempt", "wait"),
    [
        # What only reads is tried again: 0.5 * 2**(attempt - 1), at most 3.
        (READ, LOST, 1, 0.5),
        (READ, LOST, 2, 1.0),
        (READ, LOST, 3, 2.0),
        (READ, UNSENT, 1, 0.5),
        (READ, FAULT, 1, 0.5),
        (READ, GATEWAY, 2, 1.0),
        # What will not get better is not.
        (READ, HTML, 1, None),
        (READ, WRONG, 1, None),
        (READ, CAPPED, 1, None),
        # Nor is anything for ever.
        (READ, LOST, 4, None),
        (READ, too_fast(1), 4, None),
        # What may have published something is never repeated by itself.
        (INIT, LOST, 1, None),
        (INIT, FAULT, 1, None),
        (INIT, GATEWAY, 1, None),
        (REVOKE, LOST, 1, None),
        (REVOKE, FAULT, 1, None),
        # "Too fast" means that nothing was done: waited for as told, also by an init.
        (INIT, too_fast(7), 1, 7.0),
        (READ, too_fast(0), 1, 0.0),
        (READ, too_fast(90), 1, 90.0),
        (READ, too_fast(90.5), 1, None),
        # Without Retry-After, by the window: 60 / 6 * 2**attempt, at most 60.
        (INIT, too_fast(), 1, 20.0),
        (INIT, too_fast(), 2, 40.0),
        (INIT, too_fast(), 3, 60.0),
        (STATUS, too_fast(), 1, 4.0),
        # Without a published window, as any other failure.
        (REVOKE, too_fast(), 2, 1.0),
    ],
)
def test_decisions(operation: object, error: Exception, attempt: int, wait: float | None) -> None:
    decision = POLICY.after(operation, error, attempt)  # type: ignore[arg-type]
    if wait is None:
        assert isinstance(decision, GiveUp)
        assert decision.why
    else:
        assert isinstance(decision, RetryAfter)
        assert decision.seconds == pytest.approx(wait)


@pytest.mark.parametrize("error", [LOST, UNSENT, FAULT, GATEWAY, too_fast(0)])
def test_no_retry_means_none(error: Exception) -> None:
    assert isinstance(NO_RETRY.after(READ, error, 1), GiveUp)


def test_delays_grow_are_spread_and_have_an_end() -> None:
    policy = RetryPolicy(first_delay=1.0, max_delay=8.0, jitter=0.25)
    for attempt, middle in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (60, 8.0)]:
        drawn = [policy.backoff(attempt) for _ in range(200)]
        assert all(middle * 0.75 <= seconds <= middle * 1.25 for seconds in drawn)
        assert len(set(drawn)) > 1, "a thousand clients would come back at the same moment"
