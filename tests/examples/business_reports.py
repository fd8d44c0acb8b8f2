"""Examples of reports."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from stagedoor.platform.products import business_reports
from stagedoor.platform.products.business_reports import (
    DataLevel,
    Dimension,
    FilterType,
    OutputFormat,
    ReportFilter,
    ReportType,
    ServiceType,
    SortOrder,
)

from .business import DEFAULT_LIMITS, IDS
from .business_ads_parts import ACCOUNT, SHORT, first
from .example import Example, Seeded, Values
from .strategies import FLAG, fields, maybe, some

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
METRICS = tuple(sorted(business_reports.METRICS))[::30]
PARTS = {
    "advertiser_id": IDS,
    "advertiser_ids": maybe(st.lists(IDS, max_size=5).map(tuple)),
    "service_type": maybe(st.sampled_from(ServiceType)),
    "report_type": st.sampled_from(ReportType),
    "data_level": maybe(st.sampled_from(DataLevel)),
    "dimensions": st.lists(st.sampled_from(Dimension), max_size=4).map(tuple),
    "metrics": maybe(some(METRICS)),
    "start_date": maybe(DAYS),
    "end_date": maybe(DAYS),
    "query_lifetime": FLAG,
    "order_field": maybe(st.sampled_from(METRICS)),
    "order_type": maybe(st.sampled_from(SortOrder)),
    "filtering": maybe(
        st.lists(
            st.builds(
                ReportFilter,
                field_name=st.sampled_from(["campaign_ids", "ad_status", "spend"]) | SHORT,
                filter_type=st.sampled_from(FilterType),
                filter_value=st.sampled_from(['["1","2"]', "[1,5]", "7"]) | SHORT,
            ),
            max_size=3,
        ).map(tuple)
    ),
}


def daily(seeded: Seeded) -> Values:
    """A week of the seeded ad account, by ad and day."""
    return ACCOUNT | {
        "data_level": DataLevel.AD,
        "dimensions": (Dimension.AD, Dimension.DAY),
        "metrics": ("spend", "impressions", "clicks", "ctr", "ad_name"),
        "start_date": seeded.today - timedelta(days=9),
        "end_date": seeded.today - timedelta(days=3),
        "filtering": (
            ReportFilter(
                field_name="campaign_ids",
                filter_type=FilterType.IN,
                filter_value=f'["{first(seeded, "campaigns")}"]',
            ),
        ),
    }


EXAMPLES = (
    Example(
        business_reports.REPORT_INTEGRATED_GET,
        request=lambda seeded: daily(seeded) | {"page_size": 5, "enable_total_metrics": True},
        drawn=fields(
            **PARTS,
            bc_id=maybe(IDS),
            enable_total_metrics=FLAG,
            multi_adv_report_in_utc_time=FLAG,
            page=maybe(st.integers(1, 10**6)),
            page_size=maybe(st.integers(1, 1_000)),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_reports.REPORT_TASK_CREATE,
        request=lambda seeded: daily(seeded) | {"output_format": OutputFormat.CSV_DOWNLOAD},
        drawn=fields(
            **PARTS,
            output_format=maybe(st.sampled_from(OutputFormat)),
            file_name=maybe(SHORT),
            enable_report_title_translation=FLAG,
        ),
        effect=business_reports.REPORT_TASK_CHECK,
        limits=((2, 1), (60, 60), (4_500, 86_400), (500, 3_600)),
    ),
    *(
        Example(
            operation,
            request=lambda _: ACCOUNT | {"task_id": "17d2f5be0123456789abcdef01234567"},
            refused=True,
            drawn=fields(advertiser_id=IDS, task_id=SHORT),
            effect=effect,
            limits=DEFAULT_LIMITS,
        )
        for operation, effect in (
            (business_reports.REPORT_TASK_CHECK, None),
            (business_reports.REPORT_TASK_DOWNLOAD, None),
            (business_reports.REPORT_TASK_CANCEL, business_reports.REPORT_TASK_CHECK),
        )
    ),
)
