"""Reports of ads."""

from __future__ import annotations

from stagedoor.platform.products import business_reports

from .. import ad_reports
from ..service import Call, M, Service, Walk


class Reports(Service[M]):
    """Spending and results by object, time and audience. `rows` reads a whole report."""

    page = Call(business_reports.REPORT_INTEGRATED_GET)
    rows = Walk(ad_reports.rows, business_reports.REPORT_INTEGRATED_GET)
