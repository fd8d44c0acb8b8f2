"""The operations of reports."""

from __future__ import annotations

from ...operation import AnyOf, Retry
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.product import ADVERTISER
from .answers import ReportPage
from .models import MAX_ROWS, ReportQuery

_SCOPE = AnyOf(("44",))

REPORT_INTEGRATED_GET = ADVERTISER.operation(
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
