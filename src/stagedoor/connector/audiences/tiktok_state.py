"""TikTok's description of an audience, as the state that callers see. No I/O."""

from __future__ import annotations

from datetime import UTC, datetime

from stagedoor.platform.products.business_audiences import MIN_MATCHED, CustomAudience

from .audience import AudienceState

Described = tuple[AudienceState, int | None, str | None]
"""The state, the number of matched people, and the problem."""
GONE: Described = (
    AudienceState.FAILED,
    None,
    "TikTok has the audience no more: delete it here, and make another one.",
)
_CUSTOMER_FILE = "Customer File Audience"
_CLOCKS = 60.0
"""Seconds by which TikTok's clock may be behind."""


def state_of(found: CustomAudience, now: float) -> Described:
    """The state of an audience by TikTok's fields."""
    if found.expired_time is not None and 0 < _at(found.expired_time) <= now:
        return AudienceState.EXPIRED, None, "TikTok let the audience expire."
    if found.is_valid:
        return AudienceState.READY, found.cover_num, None
    if found.error_msg:
        least = f" (TikTok needs {MIN_MATCHED:,} matched people.)"
        known = f"{MIN_MATCHED}" in found.error_msg
        return AudienceState.FAILED, None, found.error_msg + ("" if known else least)
    return AudienceState.COMPUTING, None, None


def may_be(found: CustomAudience, name: str, since: float) -> bool:
    """Whether a request of this name that was sent at `since` may have made the audience."""
    made_of_files = found.audience_type == _CUSTOMER_FILE
    return found.name == name and made_of_files and _at(found.create_time) >= since - _CLOCKS


def _at(text: str | None) -> float:
    """TikTok's time in Unix seconds; 0 for one that can't be read."""
    try:
        found = datetime.strptime(text or "", "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return 0.0
    return found.replace(tzinfo=UTC).timestamp()
