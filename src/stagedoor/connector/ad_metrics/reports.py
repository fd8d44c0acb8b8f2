"""Reading campaigns' days from TikTok: one call for each page of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stagedoor.client import TikTokBusiness
from stagedoor.client.report_rows import row_of
from stagedoor.platform.products.business_reports import (
    MAX_ROWS,
    DataLevel,
    Dimension,
    FilterType,
    ReportFilter,
    ReportPage,
    ReportStatus,
)

from .days import Window
from .metrics import METRICS, Numbers, of_row

_ALSO_DELETED = ReportFilter(
    field_name="campaign_status",
    filter_type=FilterType.IN,
    filter_value=f'["{ReportStatus.ALL.value}"]',
)


@dataclass(frozen=True, slots=True)
class CampaignDay:
    """The numbers of a campaign on one day."""

    campaign_id: str
    day: date
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Part:
    """A page of a report; `more`: there are further pages."""

    rows: Sequence[CampaignDay]
    more: bool


def read(
    client: TikTokBusiness, window: Window, page: int = 1, campaign_id: str | None = None
) -> Part:
    """Read a page of the days of all campaigns, or of one; days without delivery have no row."""
    filtering = [_ALSO_DELETED]
    if campaign_id is not None:
        filtering.append(
            ReportFilter(
                field_name="campaign_ids",
                filter_type=FilterType.IN,
                filter_value=f'["{campaign_id}"]',
            )
        )
    answer: ReportPage = client.reports.page(
        data_level=DataLevel.CAMPAIGN,
        dimensions=(Dimension.CAMPAIGN, Dimension.DAY),
        metrics=METRICS,
        start_date=window.first,
        end_date=window.last,
        filtering=tuple(filtering),
        page=page,
        page_size=MAX_ROWS,
    )
    rows = []
    for line in answer.list:
        row = row_of(line)
        day = row.dimensions.get(Dimension.DAY)
        if isinstance(day, date):
            campaign = str(row.dimensions[Dimension.CAMPAIGN])
            rows.append(CampaignDay(campaign, day, of_row(row.metrics)))
    return Part(rows, page < answer.page_info.total_page)
