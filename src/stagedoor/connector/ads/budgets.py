"""The most that a campaign may spend in a day, by its budgets. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from stagedoor.platform.ads_vocabulary import BudgetMode
from stagedoor.platform.currencies import written

from .objects import moment_of

_AT_MOST = {
    BudgetMode.DAY: Decimal(1),
    BudgetMode.DYNAMIC_DAILY: Decimal("1.25"),
    BudgetMode.TOTAL: Decimal(1),
}
"""The share of a budget that one day may spend: a total budget counts in full, since nothing keeps
TikTok from spending it in a day."""
NOTHING = Decimal(0)


def amount(value: Decimal | None) -> str | None:
    """An amount of money as this API writes it."""
    return None if value is None else written(value)


def of_budget(mode: Any, budget: Decimal | None) -> Decimal | None:
    """The most that a budget lets a day spend; None: there is no such budget."""
    if mode in (None, BudgetMode.INFINITE) or budget is None:
        return None
    return budget * _AT_MOST.get(BudgetMode(mode), Decimal("1.25"))


def of_record(record: Any) -> Decimal | None:
    """The most that a campaign's or ad group's own budget lets a day spend. A budget that is
    planned for tomorrow counts if it is larger."""
    planned = getattr(record, "scheduled_budget", None) or NOTHING
    budget = None if record.budget is None else max(record.budget, planned)
    return of_budget(record.budget_mode, budget)


def of_campaign(record: Any, groups: Iterable[Decimal | None]) -> Decimal | None:
    """The most that a campaign may spend in a day: the budgets of its ad groups, and at most its
    own; its own alone where it divides it among them, or where one of the groups has none. None:
    no budget bounds it."""
    own = of_record(record)
    if record.budget_optimize_on:
        return own
    total = NOTHING
    for one in groups:
        if one is None:
            return own
        total += one
    return total if own is None else min(own, total)


def is_over(record: Any, now: datetime) -> bool:
    """Whether an ad group's schedule has ended."""
    end = moment_of(record.schedule_end_time)
    return end is not None and end <= now
