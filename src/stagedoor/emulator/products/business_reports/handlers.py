"""The operations of reports."""

from __future__ import annotations

import json

from stagedoor.platform.products import business_reports
from stagedoor.platform.products.business_reports import ReportQuery, ReportType

from ...calls import Call, Handlers
from ...world import World
from ..business.paging import DEFAULT_SIZE, page_info
from ..business_ads import budgets, checks
from . import days, selection
from .question import Question, checked
from .rows import Rows
from .state import PLANS


def integrated(call: Call) -> bytes:
    """A page of a report."""
    request: ReportQuery = call.request
    question = checked(call, request)
    if request.enable_total_metrics:
        if question.kind is not ReportType.BASIC or question.divided:
            checks.wrong("enable_total_metrics", "Only for BASIC without a breakdown.")
        if any(one.sandbox for one in question.accounts):
            checks.wrong("enable_total_metrics", "Not supported in sandbox environment.")
    rows = planned(call.world, question)
    page, size = request.page or 1, request.page_size or DEFAULT_SIZE
    listed = rows.json((page - 1) * size, size)
    totals = f',"total_metrics":{json.dumps(rows.totals)}' if request.enable_total_metrics else ""
    info = page_info(len(rows), page, size).model_dump_json()
    return f'{{"list":{listed}{totals},"page_info":{info}}}'.encode()


def planned(world: World, question: Question) -> Rows:
    """The rows of a question. The plan is kept for its other pages."""
    now = world.now()
    by_status = selection.depends_on_clock(question.filters)
    for account in question.accounts:
        days.settle(world, account, days.LAST if by_status else question.last)
    today = tuple(budgets.day_of(budgets.local(now, one.timezone)) for one in question.accounts)
    minute = int(now // 60) if by_status else 0
    ids = tuple(one.id for one in question.accounts)
    key = (ids, today, minute, repr(question))
    rows: Rows = world[PLANS].get(key, lambda: Rows(world, question, now))
    return rows


HANDLERS: Handlers = {business_reports.REPORT_INTEGRATED_GET: integrated}
