"""Reading the days of ads objects from TikTok: one call for each page of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

from .days import ReportDays
from .metrics import METRICS, Numbers, of_row
from .objects import AdLevel

_OF: Mapping[AdLevel, tuple[DataLevel, Dimension]] = {
    AdLevel.CAMPAIGN: (DataLevel.CAMPAIGN, Dimension.CAMPAIGN),
    AdLevel.AD_GROUP: (DataLevel.AD_GROUP, Dimension.AD_GROUP),
    AdLevel.AD: (DataLevel.AD, Dimension.AD),
}


@dataclass(frozen=True, slots=True)
class ObjectDay:
    """The numbers of a campaign, ad group or ad on one day."""

    object_id: str
    day: date
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class ReportPart:
    """A page of a report; `more`: there are further pages."""

    rows: Sequence[ObjectDay]
    more: bool


def read(
    client: TikTokBusiness,
    level: AdLevel,
    window: ReportDays,
    page: int = 1,
    object_id: str | None = None,
) -> ReportPart:
    """Read a page of the days of all objects of a level, or of one, deleted ones too; days without
    delivery have no row."""
    data_level, dimension = _OF[level]
    filtering = [_in(f"{level.word}_status", ReportStatus.ALL.value)]
    if object_id is not None:
        filtering.append(_in(f"{level.word}_ids", object_id))
    answer: ReportPage = client.reports.page(
        data_level=data_level,
        dimensions=(dimension, Dimension.DAY),
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
            rows.append(ObjectDay(str(row.dimensions[dimension]), day, of_row(row.metrics)))
    return ReportPart(rows, page < answer.page_info.total_page)


def _in(field: str, value: str) -> ReportFilter:
    return ReportFilter(field_name=field, filter_type=FilterType.IN, filter_value=f'["{value}"]')
