"""Timers of ads: a review ends, an appeal ends, a planned budget takes effect."""

from __future__ import annotations

from decimal import Decimal

from ...world import World
from ...world.clock import Handlers
from . import review, spending
from .state import AD_GROUPS

BUDGET = "ad_budget.apply"


def handlers(world: World) -> Handlers:
    async def end(reference: str) -> None:
        found = review.named(world, reference)
        if found is not None and found.review.state == "pending":
            review.decide(world, found)

    async def end_appeal(reference: str) -> None:
        if (found := review.named(world, reference)) is not None:
            review.end_appeal(world, found)

    async def apply_budget(group_id: str) -> None:
        group = world[AD_GROUPS].get(group_id)
        if group is None or group.deleted or not group.scheduled_budget:
            return
        spending.settle_all(world, group)
        group.budget, group.scheduled_budget = group.scheduled_budget, Decimal(0)

    return {review.END: end, review.APPEAL_END: end_appeal, BUDGET: apply_budget}


def resume(world: World) -> None:
    """Nothing to do: the timers are saved, and spending is settled when it is next read."""
