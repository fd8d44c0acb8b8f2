"""The most that campaigns may spend in a day after a change, by the budgets that it sets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from . import budgets
from .objects import AdObject
from .spend_guard import PlannedSpend
from .spend_reads import SpendReads, bounded


def of_new(request: Any) -> PlannedSpend:
    """A new campaign, which has no ad groups yet."""
    budget = budgets.of_budget(request.budget_mode, request.budget)
    return PlannedSpend(frozenset(), budget or budgets.NOTHING)


def of_change(campaign: AdObject, request: Any) -> PlannedSpend | None:
    """A campaign whose own budget changes; None: it hasn't one, or keeps it."""
    budget = budgets.of_budget(campaign.record.budget_mode, request.budget)
    return None if budget is None else PlannedSpend(frozenset({campaign.id}), budget)


def lengthens(request: Any) -> bool:
    """Whether a change of an ad group may put off the end of its schedule."""
    end, kind = (getattr(request, name, None) for name in ("schedule_end_time", "schedule_type"))
    return end is not None or kind is not None


def with_budget(group: AdObject, budget: Decimal | None) -> Decimal | None:
    """The most that an ad group may spend in a day with a new budget; None: with its own."""
    if budget is None:
        return budgets.of_record(group.record)
    return budgets.of_budget(group.record.budget_mode, budget)


def with_groups(
    spend: SpendReads,
    org: str,
    campaign: AdObject,
    caps: Mapping[str | None, Decimal | None],
    on: bool = False,
) -> PlannedSpend | None:
    """A campaign with ad groups that are changed or new, by what each may spend in a day then.

    `caps` has them by their ids; that of a new one is None, and `on` says whether it begins at
    once. Returns None if the campaign's own budget bounds all of them already. Ad groups that are
    off count, too. Raises `SpendUnreadable`.
    """
    if campaign.record.budget_optimize_on:
        return None
    groups = spend.groups(org, campaign.account_id, campaign.id)
    every: dict[str | None, Decimal | None] = {
        id: budgets.of_record(one.record) for id, one in groups.items()
    }
    every.update(caps)
    off = {id for id, one in groups.items() if not one.enabled} | (set() if on else {None})
    # without a budget, one that is off adds nothing: its launch is refused
    counted = [cap for id, cap in every.items() if cap is not None or id not in off]
    return PlannedSpend(frozenset({campaign.id}), bounded(campaign, counted))


def launched(
    spend: SpendReads, org: str, campaign: AdObject, group_ids: Collection[str]
) -> PlannedSpend:
    """A campaign once it and some of its ad groups are switched on. Raises `SpendUnreadable`."""
    groups = spend.groups(org, campaign.account_id, campaign.id)
    counted = [one for one in groups.values() if one.enabled or one.id in group_ids]
    caps = [budgets.of_record(one.record) for one in counted]
    return PlannedSpend(frozenset({campaign.id}), bounded(campaign, caps))
