"""The plans of questions, kept for their other pages."""

from __future__ import annotations

from ...world import World
from ..business_ads import budgets
from . import days, selection
from .question import Question
from .rows import Rows
from .state import PLANS


def planned(world: World, question: Question, now: float) -> Rows:
    """The rows of a question at a moment. The plan is kept for its other pages."""
    by_status = selection.depends_on_clock(question.filters)
    # a day of UTC ends on the next day in zones to the west
    last = days.after(question.last) if question.in_utc else question.last
    for account in question.accounts:
        days.settle(world, account, days.LAST if by_status else last)
    today = tuple(budgets.day_of(budgets.local(now, one.timezone)) for one in question.accounts)
    minute = int(now // 60) if by_status else 0
    ids = tuple(one.id for one in question.accounts)
    key = (ids, today, minute, repr(question))
    rows: Rows = world[PLANS].get(key, lambda: Rows(world, question, now))
    return rows
