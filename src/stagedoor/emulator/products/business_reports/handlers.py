"""The operations of reports."""

from __future__ import annotations

import json

from starlette.routing import Route

from stagedoor.platform.products import business_reports
from stagedoor.platform.products.business_reports import ReportQuery, ReportType

from ...calls import AdmittedCall, Handlers, Refusal
from ..business.paging import DEFAULT_SIZE, page_info
from ..business_ads import checks
from . import tasks
from .question import checked
from .rows import planned


def integrated(call: AdmittedCall) -> bytes:
    """A page of a report."""
    request: ReportQuery = call.request
    question = checked(call, request)
    if request.enable_total_metrics:
        if question.kind is not ReportType.BASIC or question.divided:
            checks.wrong("enable_total_metrics", "Only for BASIC without a breakdown.")
        if any(one.sandbox for one in question.accounts):
            raise Refusal("40009", "Unsupported enable_total_metrics in sandbox environment.")
    rows = planned(call.world, question, call.now)
    page, size = request.page or 1, request.page_size or DEFAULT_SIZE
    listed = rows.json((page - 1) * size, size)
    totals = f',"total_metrics":{json.dumps(rows.totals)}' if request.enable_total_metrics else ""
    info = page_info(len(rows), page, size).model_dump_json()
    return f'{{"list":{listed}{totals},"page_info":{info}}}'.encode()


HANDLERS: Handlers = {
    business_reports.REPORT_INTEGRATED_GET: integrated,
    business_reports.REPORT_TASK_CREATE: tasks.create,
    business_reports.REPORT_TASK_CHECK: tasks.check,
    business_reports.REPORT_TASK_DOWNLOAD: tasks.download,
    business_reports.REPORT_TASK_CANCEL: tasks.cancel,
}

ROUTES = [Route(f"{tasks.FILES}{{link}}/{{name}}", tasks.file, methods=["GET"])]
