"""The cost of a job before it runs: requests, days, and the quota that it uses. No I/O."""

from __future__ import annotations

from dataclasses import dataclass

from . import quota as quotas
from .kinds import JobKind
from .quota import Use


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a job. Each request counts against the daily quota of its pool, as does a retry.

    `at_least` is what the job costs if each of its requests finds one page; `at_most` is where it
    stops, even if TikTok has more.
    """

    parts: int
    """The requests, after long ranges of days were split."""
    at_least: int
    at_most: int
    days_at_least: int
    """UTC days on which the job makes requests, today included."""
    days_at_most: int
    left_today: int
    """The requests that the organisation can still make today."""
    share: int
    """The requests that the organisation may make on a day with as many organisations as now."""
    use: Use


def cost(kind: JobKind, parts: int, max_rows: int, max_requests: int, use: Use) -> Cost:
    """The cost of a job with so many units."""
    at_most = max_requests
    if kind.most_pages is not None:
        at_most = min(at_most, parts * kind.most_pages)
    at_least = min(parts, at_most, max_rows)
    share = quotas.share(kind.quota, use.organisations)
    today = quotas.left(kind.quota, use)
    return Cost(
        parts=parts,
        at_least=at_least,
        at_most=at_most,
        days_at_least=_days(at_least, today, share),
        days_at_most=_days(at_most, today, share),
        left_today=today,
        share=share,
        use=use,
    )


def _days(requests: int, today: int, share: int) -> int:
    if requests <= 0:
        return 0
    later = -(-max(0, requests - today) // max(1, share))
    return later + (1 if today else 0)
