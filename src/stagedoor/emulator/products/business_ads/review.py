"""Review of ad groups and ads: submitted, decided after a while on the clock, appealed.

`decide` is the one function by which a review ends; `REVIEWED` tells others of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from stagedoor.platform.products.business_ads import AppealStatus, ReviewStatus

from ...world import World
from ..business.state import AD_ACCOUNTS
from . import spending
from .state import (
    AD_GROUPS,
    ADS,
    PLANS_BY_NAME,
    REVIEW_PLANS,
    Ad,
    AdGroup,
    DecidedReview,
    Review,
    ReviewState,
)

Reviewed = AdGroup | Ad

END = "ad_review.end"
APPEAL_END = "ad_review.appeal"

REVIEWED: list[Callable[[World, Reviewed], None]] = []
"""Called with an ad group or ad whose review was decided: for subscriptions."""

STATUSES: dict[ReviewState, ReviewStatus] = {
    "approved": ReviewStatus.ALL_AVAILABLE,
    "partial": ReviewStatus.PART_AVAILABLE,
    "rejected": ReviewStatus.UNAVAILABLE,
}


def submit(world: World, found: Reviewed, again: bool = False) -> None:
    """Start a review of a new or changed object; its outcome is the planned one, if any."""
    spending.settle_all(world, found)
    outcome = _planned(world, found)
    found.review = Review("pending", again=again, outcome=outcome)
    if world[AD_ACCOUNTS][found.advertiser_id].sandbox:
        return  # nothing is reviewed in the sandbox
    seconds = world.settings.ad_review_seconds if outcome.seconds is None else outcome.seconds
    world.clock.drop(END, ref(found))
    world.clock.drop(APPEAL_END, ref(found))
    world.clock.at(world.now() + seconds, END, ref(found))


def plan_end(world: World, found: Reviewed, outcome: DecidedReview, seconds: float) -> None:
    """End a pending review with this outcome after some seconds."""
    found.review = replace(found.review, outcome=outcome)
    world.clock.drop(END, ref(found))
    world.clock.at(world.now() + seconds, END, ref(found))


def decide(world: World, found: Reviewed, outcome: DecidedReview | None = None) -> None:
    """End the review now, with the outcome that was decided, or another."""
    spending.settle_all(world, found)
    decided = found.review.outcome if outcome is None else outcome
    world.clock.drop(END, ref(found))
    world.clock.drop(APPEAL_END, ref(found))
    found.review = Review(decided.verdict, decided=world.now(), outcome=decided)
    for listener in REVIEWED:
        listener(world, found)


def may_appeal(found: Reviewed) -> bool:
    """Whether the object was rejected, at least in part, and there was no appeal yet."""
    review = found.review
    return review.state in ("rejected", "partial") and review.appeal is AppealStatus.NOT_APPEALED


def appeal(world: World, found: Reviewed) -> None:
    """Start an appeal against a rejection; it is decided after the time of a review."""
    found.review = replace(found.review, appeal=AppealStatus.APPEALING)
    world.clock.at(world.now() + world.settings.ad_review_seconds, APPEAL_END, ref(found))


def end_appeal(world: World, found: Reviewed, granted: bool | None = None) -> None:
    """Decide an appeal; a granted one approves the object."""
    if found.review.appeal is not AppealStatus.APPEALING:
        return
    spending.settle_all(world, found)
    world.clock.drop(APPEAL_END, ref(found))
    if found.review.outcome.appeal_granted if granted is None else granted:
        found.review = Review(
            "approved", decided=world.now(), appeal=AppealStatus.APPEAL_SUCCESSFUL
        )
        for listener in REVIEWED:
            listener(world, found)
    else:
        found.review = replace(found.review, appeal=AppealStatus.APPEAL_FAILED)


def ref(found: Reviewed) -> str:
    """The reference of an object in timers."""
    return f"{level_of(found)}:{found.id}"


def level_of(found: Reviewed) -> str:
    return "adgroup" if isinstance(found, AdGroup) else "ad"


def named(world: World, reference: str) -> Reviewed | None:
    """The object that a timer's reference names; None if it is deleted."""
    level, _, id = reference.partition(":")
    found: Reviewed | None = world[AD_GROUPS].get(id) if level == "adgroup" else world[ADS].get(id)
    return None if found is None or found.deleted else found


def _planned(world: World, found: Reviewed) -> DecidedReview:
    """Take the outcome that was set for the next object of this name, or of any name."""
    plans = world[REVIEW_PLANS]
    for name in (found.name, None):
        for plan in plans.by(PLANS_BY_NAME, (level_of(found), name))[:1]:
            del plans[plan.id]
            return plan.outcome
    return DecidedReview()
