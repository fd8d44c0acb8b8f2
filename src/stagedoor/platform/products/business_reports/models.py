"""The requests of reports."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from ...bounds import AtMost
from ...model import FILLED, OPEN, AnyId, Filled, Request, declared, says
from ..business.common import AdvertiserRequest, PageNumber, rows_up_to
from .choices import (
    DataLevel,
    FilterType,
    OutputFormat,
    QueryMode,
    ReportType,
    ServiceType,
    SortOrder,
)

MAX_ROWS = 1_000
"""Rows of a page of a report."""
MAX_METRICS = 900
MAX_DIMENSIONS = 10
MAX_ADVERTISERS = 5
MAX_DAYS = 30
"""Days of a report by day; both ends count."""
MAX_SPAN = 365
"""Days of a report without a time dimension."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: Any) -> Any:
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError("is no day written as YYYY-MM-DD")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("is no day of the calendar") from None
    return value


Day = Annotated[
    date,
    BeforeValidator(_day),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day in the ad account's time zone."""


class ReportFilter(Request):
    """A condition for the objects of a report, or for the value of a metric."""

    field_name: Annotated[
        str, says("such as campaign_ids, ad_status, objective_type, or the name of a metric")
    ]
    filter_type: Annotated[
        FilterType | str, OPEN, declared(FilterType), says("how the field is compared")
    ]
    filter_value: Annotated[str, says('JSON text: \'["1","2"]\' for IN, "[1,5]" for BETWEEN')]


_FILLED_ALONE = Filled(own=False, unless=("advertiser_ids", "bc_id"))
Names = Annotated[tuple[str, ...], AtMost(MAX_METRICS)]


class ReportParts(Request):
    """The content of a report: its rows, columns and days."""

    advertiser_id: Annotated[
        AnyId | None,
        _FILLED_ALONE,
        says("the ad account; a client of `for_advertiser` fills it in"),
    ] = None
    advertiser_ids: Annotated[
        Annotated[tuple[AnyId, ...], AtMost(MAX_ADVERTISERS)] | None,
        says("several ad accounts, at most 5, in place of one; BASIC and AUDIENCE only"),
    ] = None
    service_type: Annotated[
        ServiceType | str | None, OPEN, declared(ServiceType), says("AUCTION")
    ] = None
    report_type: Annotated[
        ReportType | str, OPEN, declared(ReportType), says("what the report is about")
    ] = ReportType.BASIC
    data_level: Annotated[
        DataLevel | str | None,
        OPEN,
        declared(DataLevel),
        says("needed for BASIC, AUDIENCE and CATALOG"),
    ] = None
    dimensions: Annotated[
        tuple[str, ...],
        AtMost(MAX_DIMENSIONS),
        says("one id that fits data_level, and a time or a breakdown (`Dimension`)"),
    ] = ()
    metrics: Annotated[Names | None, says("default spend and impressions")] = None
    start_date: Annotated[Day | None, says("in the account's zone; unless query_lifetime")] = None
    end_date: Annotated[
        Day | None,
        says("inclusive; 30 days with stat_time_day, 1 with stat_time_hour, else 365"),
    ] = None
    query_lifetime: Annotated[
        bool | None, says("all days; without a dimension of time or audience")
    ] = None
    order_field: Annotated[str | None, says("a metric that is no attribute")] = None
    order_type: Annotated[
        SortOrder | str | None, OPEN, declared(SortOrder), says("default DESC")
    ] = None
    filtering: Annotated[
        Annotated[tuple[ReportFilter, ...], AtMost(20)] | None, says("all of them must hold")
    ] = None


class ReportQuery(ReportParts):
    """A page of a report."""

    bc_id: Annotated[AnyId | None, says("the Business Center, for report_type BC alone")] = None
    enable_total_metrics: Annotated[
        bool | None, says("add the totals of all rows; BASIC only, not in the sandbox")
    ] = None
    multi_adv_report_in_utc_time: Annotated[
        bool | None, says("days and hours of UTC, with `advertiser_ids`; default False")
    ] = None
    query_mode: Annotated[
        QueryMode | str | None, OPEN, declared(QueryMode), says("REGULAR; CHUNK is retired")
    ] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[int | None, rows_up_to(MAX_ROWS)] = None


class NewReportTask(ReportParts):
    """A report that TikTok prepares for a download. Filters: only those of ids."""

    output_format: Annotated[
        OutputFormat | str | None, OPEN, declared(OutputFormat), says("default CSV_STRING")
    ] = None
    file_name: Annotated[
        str | None, Field(max_length=255), says("for the formats that are downloaded")
    ] = None
    enable_report_title_translation: Annotated[
        bool | None, says("default true: titles for people in place of the metrics' names")
    ] = None


class ReportTaskQuery(AdvertiserRequest):
    """A task of a report."""

    advertiser_id: Annotated[
        AnyId, FILLED, says("the ad account, or one of those that the task was created for")
    ] = ""
    task_id: Annotated[
        str, Field(min_length=1, max_length=100), says("the id that creating the task returned")
    ]
