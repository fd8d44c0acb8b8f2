"""`stagedoor ads report`: what campaigns, ad groups and ads spent, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from stagedoor.client import TikTokBusiness
from stagedoor.client.report_rows import MetricValue, ReportRow
from stagedoor.platform.products.business_reports import (
    MAX_ROWS,
    MAX_SPAN,
    DataLevel,
    Dimension,
    MetricKind,
    SortOrder,
    kind_of,
)

from . import console, shortened
from .ads_connection import (
    ADVERTISER,
    JSON,
    PERSON,
    chosen_advertiser,
    connected,
    through_service,
)
from .ads_report_service import StoredReport
from .ads_service import chosen
from .params import Day, WholeNumber

_DEFAULT_DAYS = 7
_MORE = "--all shows all, --limit N more"
_DEFAULT_METRICS = ("spend", "impressions", "clicks", "ctr")


@dataclass(frozen=True, slots=True)
class _Level:
    """The objects of a report: their data level, their id's dimension, their name's metric."""

    data_level: DataLevel
    id: Dimension
    name: str
    noun: str


_LEVELS = {
    "campaign": _Level(DataLevel.CAMPAIGN, Dimension.CAMPAIGN, "campaign_name", "campaign"),
    "adgroup": _Level(DataLevel.AD_GROUP, Dimension.AD_GROUP, "adgroup_name", "ad group"),
    "ad": _Level(DataLevel.AD, Dimension.AD, "ad_name", "ad"),
}


class _Metrics(click.ParamType[tuple[str, ...]]):
    """Names of metrics, separated by commas."""

    name = "names"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(name.strip() for name in str(value).split(",")))
        if not all(names):
            self.fail(f"{value!r} is no list of metrics such as spend,clicks,cpc", param, ctx)
        return names


@click.command("report")
@ADVERTISER
@PERSON
@click.option(
    "--level",
    type=click.Choice(tuple(_LEVELS)),
    default="campaign",
    show_default=True,
    help="What a row is about.",
)
@click.option(
    "--days",
    type=WholeNumber(1, MAX_SPAN),
    help=f"So many days up to today, or up to --to. [default: {_DEFAULT_DAYS}]",
)
@click.option("--from", "start", type=Day(), help="First day, in the ad account's time zone.")
@click.option("--to", "end", type=Day(), help="Last day. [default: today]")
@click.option("--daily", is_flag=True, help="One row for each day on which an ad was shown.")
@click.option(
    "--metrics",
    type=_Metrics(),
    default=_DEFAULT_METRICS,
    help=f"TikTok's names, comma separated. [default: {','.join(_DEFAULT_METRICS)}]",
)
@click.option("--limit", default=20, show_default=True, type=WholeNumber(1), help="How many.")
@click.option("--all", "everything", is_flag=True, help="All that there are.")
@click.option("--chart", is_flag=True, help="Draw the first metric of the ad account by day.")
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a line of names.")
def report(
    advertiser: str | None,
    account: str | None,
    level: str,
    days: int | None,
    start: date | None,
    end: date | None,
    daily: bool,
    metrics: tuple[str, ...],
    limit: int,
    everything: bool,
    chart: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Report what campaigns, ad groups or ads spent, and what came of it.

    Rows are ordered by the first metric, the largest value first, unless they are divided by
    --daily. Days are those of the ad account's time zone. Where STAGEDOOR_SERVICE_URL is set, the
    numbers are those that the service stores.

    stagedoor ads report --level ad --days 30 --metrics spend,clicks,cpc --chart
    """
    if as_json + as_csv + chart > 1:
        raise click.UsageError("--json, --csv and --chart exclude each other.")
    if start is not None and days is not None:
        raise click.UsageError("--from and --days exclude each other.")
    if start is not None and end is not None and end < start:
        raise click.UsageError("--from is after --to.")
    if chart and kind_of(metrics[0]) is MetricKind.TEXT:
        raise click.UsageError(f"--chart draws the first metric, and {metrics[0]} is no number.")
    of = _LEVELS[level]
    as_format = "json" if as_json else "csv" if as_csv else None
    remote = through_service(account)
    if remote is not None:
        with remote:
            found = chosen(remote, advertiser)
            zone, currency = found["timezone"], found["currency"] or ""
            first, last = _span(start, end, days, _today(zone))
            stored = StoredReport(remote, found["accountId"], first, last)
            if chart:
                _draw(metrics[0], first, last, currency, stored.by_day(metrics[0]))
                return
            rows = stored.rows(level, of.id, of.name, metrics, daily)
            shown = shortened.first(rows, None if everything else limit, "row", _MORE)
            _print(of, metrics, daily, f"{first} to {last}, money in {currency}", shown, as_format)
        return
    with connected(account) as business:
        advertiser_id = chosen_advertiser(business, advertiser)
        mine = business.for_advertiser(advertiser_id)
        currency, today = _money_and_day(mine, advertiser_id)
        first, last = _span(start, end, days, today)
        if chart:
            _draw(metrics[0], first, last, currency, _by_day(mine, metrics[0], first, last))
            return
        shown = _rows(mine, of, metrics, first, last, daily, None if everything else limit)
        _print(of, metrics, daily, f"{first} to {last}, money in {currency}", shown, as_format)


def _span(start: date | None, end: date | None, days: int | None, today: date) -> tuple[date, date]:
    """The first and the last day of the report."""
    last = end or today
    first = start or last - timedelta(days=(days or _DEFAULT_DAYS) - 1)
    if last < first:
        raise click.UsageError(f"--from is after today, {last}.")
    if (last - first).days >= MAX_SPAN:
        raise click.UsageError(f"A report is of at most {MAX_SPAN} days.")
    return first, last


def _print(
    of: _Level,
    metrics: Sequence[str],
    daily: bool,
    title: str,
    rows: Iterable[ReportRow],
    as_format: str | None,
) -> None:
    names = (*((Dimension.DAY.value,) if daily else ()), of.id.value, of.name)
    names += tuple(name for name in metrics if name not in names)
    if as_format == "csv":
        console.print_csv_row(names)
        for row in rows:
            console.print_csv_row(_plain(row, name) for name in names)
    elif as_format == "json":
        console.print_json([{name: _number(_plain(row, name)) for name in names} for row in rows])
    else:
        _print_table(title, of, names, rows)


def _money_and_day(mine: TikTokBusiness, advertiser_id: str) -> tuple[str, date]:
    """The ad account's currency, and today in its time zone."""
    found = next(iter(mine.advertisers.info(advertiser_ids=(advertiser_id,)).list), None)
    if found is None:
        raise click.ClickException(
            f"TikTok tells nothing of the ad account {advertiser_id}; "
            "'stagedoor ads accounts' lists those that are connected."
        )
    return found.currency or "", _today(found.display_timezone or found.timezone)


def _today(timezone: str | None) -> date:
    zone: tzinfo
    try:
        zone = ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    return datetime.now(zone).date()


def _rows(
    mine: TikTokBusiness,
    of: _Level,
    metrics: Sequence[str],
    first: date,
    last: date,
    daily: bool,
    limit: int | None,
) -> Iterator[ReportRow]:
    """The rows of the report; says on standard error how many more than `limit` there are."""
    order: dict[str, Any] = {}
    if not daily and kind_of(metrics[0]) is not MetricKind.TEXT:
        order = {"order_field": metrics[0], "order_type": SortOrder.DESC}
    # counting the rest of a page costs no further request
    look = None if limit is None else MAX_ROWS - limit % MAX_ROWS
    found = mine.reports.rows(
        data_level=of.data_level,
        dimensions=(of.id, Dimension.DAY) if daily else (of.id,),
        metrics=tuple(dict.fromkeys((of.name, *metrics))),
        start_date=first,
        end_date=last,
        limit=None if limit is None or look is None else limit + look,
        **order,
    )
    return shortened.first(found, limit, "row", _MORE, look=look)


def _print_table(title: str, of: _Level, names: Sequence[str], rows: Iterable[ReportRow]) -> None:
    listed = list(rows)
    if not listed:
        console.say(f"No {of.noun} has numbers in these days.")
        return
    cells = ([_text(row[name]) for name in names] for row in listed)
    console.print_table(title, names, cells)


def _by_day(
    mine: TikTokBusiness, metric: str, first: date, last: date
) -> Mapping[Any, MetricValue]:
    found = mine.reports.rows(
        data_level=DataLevel.ADVERTISER,
        dimensions=(Dimension.ADVERTISER, Dimension.DAY),
        metrics=(metric,),
        start_date=first,
        end_date=last,
    )
    return {row[Dimension.DAY]: row.metrics[metric] for row in found}


def _draw(
    metric: str, first: date, last: date, currency: str, values: Mapping[Any, MetricValue]
) -> None:
    """Draw a metric of the whole ad account by day; a day without ads has no bar."""
    rows = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        value = values.get(day)
        drawn = float(value) if isinstance(value, Decimal | int) else 0.0
        rows.append((f"{day:%a} {day}", max(0.0, drawn), _text(value)))
    unit = f", in {currency}" if kind_of(metric) is MetricKind.MONEY else ""
    console.print_bar_chart(f"{metric} by day{unit}", rows)


def _plain(row: ReportRow, name: str) -> Any:
    value = row[name]
    return str(value) if isinstance(value, date) else value


def _number(value: Any) -> Any:
    """A value as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value


def _text(value: MetricValue | date) -> str:
    """A value as people read it, with TikTok's decimal places; a dash if TikTok has none."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)
