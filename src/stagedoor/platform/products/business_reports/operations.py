"""The operations of reports."""

from __future__ import annotations

from ...operation import AnyOf, OperationEffect, Retry
from ...permissions import CONSOLIDATED_REPORT
from ...protocols.business import BUSINESS_CSV
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.limits import REPORT_TASK_CREATE as CREATE_LIMITS
from ..business.product import GRANTABLE_ADVERTISER
from .answers import ReportDownload, ReportPage, ReportTask, ReportTaskId
from .models import MAX_ROWS, NewReportTask, ReportQuery, ReportTaskQuery

_SCOPE = AnyOf((CONSOLIDATED_REPORT,))

REPORT_INTEGRATED_GET = GRANTABLE_ADVERTISER.operation(
    "report_integrated_get",
    "GET",
    f"{PREFIX}/report/integrated/get/",
    request=ReportQuery,
    response=ReportPage,
    summary="Read a page of a report: spending and results by object, time or audience",
    action="Read reports",
    scopes=_SCOPE,
    paging=numbered(MAX_ROWS),
    retry=Retry.SAFE,
    errors=(*COMMON, case(40009, "the sandbox lacks this data_level")),
    source="business-reporting.yaml report_integrated_get",
)

REPORT_TASK_CREATE = GRANTABLE_ADVERTISER.operation(
    "report_task_create",
    "POST",
    f"{PREFIX}/report/task/create/",
    request=NewReportTask,
    response=ReportTaskId,
    summary="Have TikTok prepare a report for a download",
    action="Prepare reports",
    effect=OperationEffect.WRITE,
    scopes=_SCOPE,
    limits=CREATE_LIMITS,
    errors=COMMON,
    source="business-reporting.yaml report_task_create",
)

REPORT_TASK_CHECK = GRANTABLE_ADVERTISER.operation(
    "report_task_check",
    "GET",
    f"{PREFIX}/report/task/check/",
    request=ReportTaskQuery,
    response=ReportTask,
    summary="Read the state of a report that is prepared; at most every ten seconds",
    action="Read reports",
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-reporting.yaml report_task_check",
)

REPORT_TASK_DOWNLOAD = GRANTABLE_ADVERTISER.operation(
    "report_task_download",
    "GET",
    f"{PREFIX}/report/task/download/",
    protocol=BUSINESS_CSV,
    request=ReportTaskQuery,
    response=ReportDownload,
    summary="Read a finished report, or the address of its file",
    action="Read reports",
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=(*COMMON, case(40201, "not ready yet"), case(40910, "older than 30 days")),
    source="business-reporting.yaml report_task_download",
)

REPORT_TASK_CANCEL = GRANTABLE_ADVERTISER.operation(
    "report_task_cancel",
    "POST",
    f"{PREFIX}/report/task/cancel/",
    request=ReportTaskQuery,
    response=ReportTask,
    summary="Cancel a report that isn't finished",
    action="Prepare reports",
    effect=OperationEffect.WRITE,
    scopes=_SCOPE,
    errors=COMMON,
    source="business-reporting.yaml report_task_cancel",
)
