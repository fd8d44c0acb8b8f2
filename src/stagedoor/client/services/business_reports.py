"""Reports of ads."""

from __future__ import annotations

from stagedoor.platform.products import business_reports

from .. import ad_reports
from ..service import Call, M, Service, Steps, WalkSteps


class Reports(Service[M]):
    """Spending and results by object, time and audience.

    `rows` reads a whole report, `save` saves one as a spreadsheet or CSV file.
    """

    page = Call(business_reports.REPORT_INTEGRATED_GET)
    create_task = Call(business_reports.REPORT_TASK_CREATE)
    task = Call(business_reports.REPORT_TASK_CHECK)
    download = Call(business_reports.REPORT_TASK_DOWNLOAD)
    cancel_task = Call(business_reports.REPORT_TASK_CANCEL)
    rows = WalkSteps(
        ad_reports.rows,
        business_reports.REPORT_INTEGRATED_GET,
        business_reports.REPORT_TASK_CREATE,
        business_reports.REPORT_TASK_CHECK,
        business_reports.REPORT_TASK_DOWNLOAD,
    )
    save = Steps(
        ad_reports.save,
        business_reports.REPORT_TASK_CREATE,
        business_reports.REPORT_TASK_CHECK,
        business_reports.REPORT_TASK_DOWNLOAD,
    )
