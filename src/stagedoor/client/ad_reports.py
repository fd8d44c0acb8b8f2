"""Iteration through the rows of a report, whichever way TikTok hands them over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from stagedoor.platform.arguments import Says
from stagedoor.platform.products import business_reports
from stagedoor.platform.products.business_reports import (
    MAX_DAYS,
    MAX_ROWS,
    MAX_SPAN,
    DataLevel,
    Dimension,
    OutputFormat,
    ReportFilter,
    ReportPage,
    ReportType,
    SortOrder,
)
from stagedoor.platform.refusal import InvalidRequest

from . import report_files
from .effects import Emit, Flow, Items
from .parameters import Limit
from .report_files import SavedReport
from .report_rows import ReportRow, row_of
from .session import Session, call
from .sink import Target

FILE_ROWS = 20_000
"""Reports with more rows are read as files."""
MAX_REPORTS = 400
"""Reports that one range is divided into: a year by hour, 32 years by day."""
_TASK_TYPES = (ReportType.BASIC, ReportType.AUDIENCE)
_TASK_FILTERS = ("campaign_ids", "adgroup_ids", "ad_ids")

Level = Annotated[DataLevel | str | None, Says("the objects that the rows are about")]
Dimensions = Annotated[
    Sequence[str], Says("one id that fits data_level, and a time or a breakdown")
]
Metrics = Annotated[Sequence[str] | None, Says("the columns; default spend and impressions")]
FirstDay = Annotated[date | str | None, Says("in the ad account's time zone")]
LastDay = Annotated[date | str | None, Says("the last day, which counts")]
Lifetime = Annotated[bool, Says("all days, in place of start_date and end_date")]
Filters = Annotated[
    Sequence[ReportFilter | Mapping[str, Any]] | None, Says("conditions, all of which must hold")
]
InUtc = Annotated[
    bool, Says("days and hours of UTC, not of each ad account's zone; with advertiser_ids")
]
SavedTo = Annotated[Target, Says("a path, or a stream that is open for writing bytes")]
FileFormat = Annotated[OutputFormat | str, Says("XLSX_DOWNLOAD or CSV_DOWNLOAD")]
Ids = Annotated[Sequence[str | int] | None, Says("several ad accounts, in place of one")]


def rows(
    session: Session,
    *,
    data_level: Level,
    dimensions: Dimensions,
    metrics: Metrics = None,
    start_date: FirstDay = None,
    end_date: LastDay = None,
    query_lifetime: Lifetime = False,
    report_type: ReportType | str = ReportType.BASIC,
    filtering: Filters = None,
    order_field: str | None = None,
    order_type: SortOrder | str | None = None,
    advertiser_id: str | int = "",
    advertiser_ids: Ids = None,
    in_utc_time: InUtc = False,
    limit: Limit = None,
) -> Items[ReportRow]:
    """The rows of a report, with typed values.

    A report of up to 20,000 rows is read page by page. A larger one is prepared by TikTok as a
    file, which takes a while and one task, and is then read row by row; memory stays flat either
    way. A report that files don't support (in UTC, or with filters of anything but ids) is always
    read by pages.

    Days beyond TikTok's maximum (30 by day, 1 by hour) are asked for in several reports, one after
    the other, at most 400; each is ordered on its own. Raises `InvalidRequest` for more, and for
    more than 365 days without a time dimension, since such reports can't be joined.
    """
    if in_utc_time and advertiser_ids is None:
        raise InvalidRequest("rows()", [("in_utc_time", "needs advertiser_ids")])
    asked: dict[str, Any] = {
        "report_type": report_type,
        "data_level": data_level,
        "dimensions": tuple(dimensions),
        "metrics": None if metrics is None else tuple(metrics),
        "filtering": None if filtering is None else tuple(filtering),
        "order_field": order_field,
        "order_type": order_type,
        "query_lifetime": query_lifetime or None,
        "multi_adv_report_in_utc_time": in_utc_time or None,
    }
    asked |= _accounts(advertiser_id, advertiser_ids)
    given = 0
    for window in _windows(dimensions, start_date, end_date, query_lifetime):
        left = None if limit is None else limit - given
        if left is not None and left <= 0:
            return None
        given += (yield from _report(session, asked | window, left)) or 0
    return None


def save(
    session: Session,
    to: SavedTo,
    *,
    data_level: Level,
    dimensions: Dimensions,
    metrics: Metrics = None,
    start_date: FirstDay = None,
    end_date: LastDay = None,
    query_lifetime: Lifetime = False,
    report_type: ReportType | str = ReportType.BASIC,
    filtering: Filters = None,
    order_field: str | None = None,
    order_type: SortOrder | str | None = None,
    advertiser_id: str | int = "",
    advertiser_ids: Ids = None,
    output_format: FileFormat = OutputFormat.XLSX_DOWNLOAD,
    titles: Annotated[bool, Says("titles for people in place of the metrics' names")] = True,
) -> Flow[SavedReport]:
    """Have TikTok prepare a report as a spreadsheet or CSV file, and save it.

    One file is one report, so TikTok's maximum of days holds: 30 by day, 1 by hour, else 365. The
    file appears at the path only when it is complete. Raises `ReportFailed` if TikTok can't
    prepare the report or the file can't be written.
    """
    if output_format not in (OutputFormat.XLSX_DOWNLOAD, OutputFormat.CSV_DOWNLOAD):
        why = "should be XLSX_DOWNLOAD or CSV_DOWNLOAD"
        raise InvalidRequest("save()", [("output_format", why)])
    asked: dict[str, Any] = {
        "report_type": report_type,
        "data_level": data_level,
        "dimensions": tuple(dimensions),
        "metrics": None if metrics is None else tuple(metrics),
        "start_date": start_date,
        "end_date": end_date,
        "query_lifetime": query_lifetime or None,
        "filtering": None if filtering is None else tuple(filtering),
        "order_field": order_field,
        "order_type": order_type,
        "output_format": output_format,
        "enable_report_title_translation": titles,
    }
    asked |= _accounts(advertiser_id, advertiser_ids)
    values = {name: value for name, value in asked.items() if value is not None}
    return (yield from report_files.save(session, values, to))


def _accounts(
    advertiser_id: str | int, advertiser_ids: Sequence[str | int] | None
) -> dict[str, Any]:
    if advertiser_ids is not None:
        return {"advertiser_ids": tuple(advertiser_ids)}
    return {} if advertiser_id == "" else {"advertiser_id": advertiser_id}


def _report(session: Session, asked: dict[str, Any], limit: int | None) -> Items[int]:
    """Emit the rows of one report; the result is their number."""
    given, number = 0, 1
    while True:
        page: ReportPage = yield from call(
            session,
            business_reports.REPORT_INTEGRATED_GET,
            asked | {"page": number, "page_size": MAX_ROWS},
        )
        if number == 1 and _as_file(asked, page.page_info.total_number, limit):
            values = {name: value for name, value in asked.items() if value is not None}
            return (yield from report_files.rows(session, values, limit)) or 0
        for line in page.list:
            if limit is not None and given >= limit:
                return given
            given += 1
            yield Emit(row_of(line))
        if number >= page.page_info.total_page or (limit is not None and given >= limit):
            return given
        number += 1


def _as_file(asked: dict[str, Any], rows: int, limit: int | None) -> bool:
    """Whether a report of so many rows is better read as a file, and can be."""
    if min(rows, rows if limit is None else limit) <= FILE_ROWS:
        return False
    if asked["report_type"] not in _TASK_TYPES or asked["multi_adv_report_in_utc_time"]:
        return False
    named = [
        one.field_name if isinstance(one, ReportFilter) else one.get("field_name")
        for one in asked["filtering"] or ()
    ]
    return all(name in _TASK_FILTERS for name in named)


def _windows(
    dimensions: Sequence[str],
    start: date | str | None,
    end: date | str | None,
    lifetime: bool,
) -> Iterator[dict[str, Any]]:
    """The days of the reports that cover the range."""
    if lifetime or start is None or end is None:
        yield {"start_date": start, "end_date": end}
        return
    first, last = _day("start_date", start), _day("end_date", end)
    if last < first:
        raise InvalidRequest("rows()", [("end_date", "is before start_date")])
    most = MAX_SPAN
    if Dimension.HOUR in dimensions:
        most = 1
    elif Dimension.DAY in dimensions:
        most = MAX_DAYS
    elif (last - first).days >= MAX_SPAN:
        why = f"is more than {MAX_SPAN} days after start_date: add stat_time_day to dimensions"
        raise InvalidRequest("rows()", [("end_date", why)])
    days = (last - first).days + 1
    if -(-days // most) > MAX_REPORTS:
        by = "hour" if most == 1 else "day"
        why = f"makes it {days:,} days: at most {most * MAX_REPORTS:,} are read at once by {by}"
        raise InvalidRequest("rows()", [("end_date", why)])
    for at in range(0, days, most):
        begin = first + timedelta(days=at)
        final = begin + timedelta(days=min(most - 1, (last - begin).days))
        yield {"start_date": begin, "end_date": final}


def _day(name: str, given: date | str) -> date:
    if isinstance(given, datetime):
        raise InvalidRequest("rows()", [(name, "is a moment: pass its day, such as .date()")])
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidRequest("rows()", [(name, "is no day written as YYYY-MM-DD")]) from None
