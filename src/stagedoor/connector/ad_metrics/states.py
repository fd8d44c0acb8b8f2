"""Delivery states of campaigns, ad groups and ads: the news of a change. No I/O.

TikTok tells a state by one word, of which the first reason in its own order hides all others. So
each reason is judged only where the word shows it, and stays as it was where the word hides it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stagedoor.platform.ads_vocabulary import OperationStatus, ReviewStatus

from ..event_types import EventType
from .objects import AdLevel

REVIEWS = {AdLevel.AD_GROUP: EventType.ADS_AD_GROUP_REVIEW, AdLevel.AD: EventType.ADS_AD_REVIEW}
"""The names of the events of reviews, which are TikTok's own webhooks, too."""

PENDING = ""
"""The outcome of a review that is pending."""
_APPROVED = (
    "DELIVERY_OK",
    "NOT_START",
    "TIME_DONE",
    "DONE",
    "BALANCE_EXCEED",
    "CAMPAIGN_EXCEED",
    "BUDGET_EXCEED",
)
_OUTCOMES: dict[str, str] = {
    **dict.fromkeys(("AUDIT", "REAUDIT", "CREATE"), PENDING),
    **dict.fromkeys(_APPROVED, ReviewStatus.ALL_AVAILABLE.value),
    "REVIEW_PARTIALLY_APPROVED": ReviewStatus.PART_AVAILABLE.value,
    "PARTIAL_AUDIT_DELIVERY_OK": ReviewStatus.PART_AVAILABLE.value,
    "PARTIAL_AUDIT_NO_DELIVERY": ReviewStatus.PART_AVAILABLE.value,
    "AUDIT_DENY": ReviewStatus.UNAVAILABLE.value,
}
"""The outcome of an object's own review, by the end of its secondary status."""
_ENDS: dict[AdLevel, dict[str, EventType]] = {
    AdLevel.CAMPAIGN: {"BUDGET_EXCEED": EventType.ADS_BUDGET_EXHAUSTED},
    AdLevel.AD_GROUP: {
        "BUDGET_EXCEED": EventType.ADS_BUDGET_EXHAUSTED,
        "BALANCE_EXCEED": EventType.ADS_BALANCE_EXHAUSTED,
        "TIME_DONE": EventType.ADS_SCHEDULE_ENDED,
    },
    AdLevel.AD: {},
}
"""The ends of delivery that are an object's own, not one above it: by the end of its status."""
_GOES_ON = frozenset({"DELIVERY_OK", "ENABLE", "NOT_START"})
_WORDS = {
    AdLevel.CAMPAIGN: "CAMPAIGN_STATUS_",
    AdLevel.AD_GROUP: "ADGROUP_STATUS_",
    AdLevel.AD: "AD_STATUS_",
}


@dataclass(frozen=True, slots=True)
class AdObjectState:
    """The state of an object: TikTok's `operation_status` (`switch`) and `secondary_status`, the
    outcome of its review (None: not known), and the event of the end of its delivery, if any."""

    switch: str | None = None
    status: str | None = None
    review: str | None = None
    ended: str = ""


@dataclass(frozen=True, slots=True)
class ObjectSnapshot:
    """An object as a list has it."""

    level: AdLevel
    id: str
    campaign_id: str
    ad_group_id: str | None
    name: str | None
    switch: str | None
    status: str | None


def next_state(before: AdObjectState, seen: ObjectSnapshot) -> AdObjectState:
    """The state now; parts that the present status hides keep their last value."""
    word = _word(seen)
    outcome = before.review
    if seen.level is not AdLevel.CAMPAIGN:
        outcome = _OUTCOMES.get(word, before.review)
    ended = before.ended
    if word in _GOES_ON:
        ended = ""
    elif word in _ENDS[seen.level]:
        ended = _ENDS[seen.level][word].value
    return AdObjectState(seen.switch or before.switch, seen.status, outcome, ended)


def news(level: AdLevel, before: AdObjectState, now: AdObjectState) -> Iterator[EventType]:
    """The types of the events of a change."""
    if before.switch is not None and now.switch != before.switch:
        if now.switch == OperationStatus.ENABLE:
            yield EventType.ADS_RESUMED
        elif before.switch == OperationStatus.ENABLE:
            yield EventType.ADS_PAUSED
    if now.ended and now.ended != before.ended:
        yield EventType(now.ended)
    if level in REVIEWS and reviewed(before.review, now.review):
        yield REVIEWS[level]


def reviewed(before: str | None, now: str | None) -> bool:
    """Whether a review ended: with another outcome than the last known one."""
    return bool(now) and now != before


def state_before_first_seen(seen: ObjectSnapshot) -> AdObjectState:
    """The state of an object before it was first seen: its review was pending."""
    return AdObjectState(
        switch=seen.switch, review=None if seen.level is AdLevel.CAMPAIGN else PENDING
    )


def _word(seen: ObjectSnapshot) -> str:
    return (seen.status or "").removeprefix(_WORDS[seen.level])
