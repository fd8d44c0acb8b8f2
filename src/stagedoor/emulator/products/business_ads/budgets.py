"""Budgets and schedules as arithmetic: how fast a budget is spent, and how much of it is left.

Amounts are in hundredths of the account's currency. The functions are pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from stagedoor.platform.ads_vocabulary import BudgetMode

from .state import SpentBudget
from .status import Phase

DAY = 86_400
HALF_HOURS = 336
"""Of a week: the length of `dayparting`."""
TEN_YEARS = 3_650 * DAY
"""The time after its start at which an ad group without an end ends (`schedule_end_time`)."""
UNLIMITED = 10**15
_FAST = 4
"""The factor by which PACING_MODE_FAST spends faster than evenly; TikTok's isn't published."""
_LONGEST = 30 * DAY
"""A total budget is spread over at most this time."""


def hundredths(amount: Decimal) -> int:
    return int(amount * 100)


def local(moment: float, zone: str) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(zone))


def day_of(at: datetime) -> str:
    return at.date().isoformat()


def week_of(at: datetime) -> str:
    """The Monday of the week."""
    return (at.date() - timedelta(days=at.weekday())).isoformat()


def next_midnight(moment: float, zone: str) -> float:
    """The first midnight of the zone after `moment`."""
    tomorrow = local(moment, zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(zone)).timestamp()


@lru_cache(maxsize=64)
def day_seconds(day: date, zone: str) -> float:
    """The length of a day of the zone, in seconds: 23 or 25 hours when the clocks change."""
    ends = [
        datetime(one.year, one.month, one.day, tzinfo=ZoneInfo(zone)).timestamp()
        for one in (day, day + timedelta(days=1))
    ]
    return ends[1] - ends[0]


def rate(mode: str, budget: Decimal, fast: bool, start: float, end: float) -> float:
    """Hundredths a second, at the speed at which an even pacing uses the whole budget; a daily one
    in a day of 24 hours."""
    factor = (_FAST if fast else 1) * hundredths(budget)
    if mode == BudgetMode.TOTAL:
        return factor / min(max(end - start, 3_600), _LONGEST)
    return factor / DAY


def left(mode: str, budget: Decimal, spent: SpentBudget, at: datetime) -> int:
    """The budget that is left at this time."""
    amount = hundredths(budget)
    today = spent.today if spent.day == day_of(at) else 0
    if mode == BudgetMode.DAY:
        return max(0, amount - today)
    if mode == BudgetMode.DYNAMIC_DAILY:
        week = spent.this_week if spent.week == week_of(at) else 0
        return max(0, min(amount * 5 // 4 - today, 7 * amount - week))
    if mode == BudgetMode.TOTAL:
        return max(0, amount - spent.total)
    return UNLIMITED


def added(spent: SpentBudget, amount: int, at: datetime) -> SpentBudget:
    """`spent` with another amount, spent at this time."""
    day, week = day_of(at), week_of(at)
    return replace(
        spent,
        total=spent.total + amount,
        day=day,
        today=(spent.today if spent.day == day else 0) + amount,
        week=week,
        this_week=(spent.this_week if spent.week == week else 0) + amount,
    )


def phase(start: float, end: float, now: float) -> Phase:
    if now < start:
        return "before"
    return "during" if now < end else "after"


def in_daypart(dayparting: str, at: datetime) -> bool:
    if not dayparting:
        return True
    return dayparting[at.weekday() * 48 + at.hour * 2 + at.minute // 30] == "1"


def divided(amount: int, weights: list[int], before: list[int]) -> list[int]:
    """Divide an amount by weights, exactly; remainders go to those that had the least so far."""
    whole = sum(weights)
    shares = [amount * weight // whole for weight in weights]
    rest = amount - sum(shares)
    if rest:
        order = sorted(range(len(weights)), key=lambda n: (before[n] + shares[n]) / weights[n])
        for number in order[:rest]:
            shares[number] += 1
    return shares
