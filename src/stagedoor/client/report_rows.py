"""Rows of reports with typed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache

from stagedoor.platform.products.business_reports import (
    MISSING,
    Dimension,
    MetricKind,
    ReportLine,
    kind_of,
)

DimensionValue = str | date | datetime
MetricValue = Decimal | int | str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row of a report; `row["spend"]` is a dimension or a metric by its name.

    `stat_time_day` is a date and `stat_time_hour` a datetime without zone, both in the ad account's
    time zone; other dimensions are text. Money and ratios are `Decimal`, counts are `int`,
    attributes are text, and a metric that isn't available is None.
    """

    dimensions: Mapping[str, DimensionValue]
    metrics: Mapping[str, MetricValue]

    def __getitem__(self, name: str) -> DimensionValue | MetricValue:
        return self.dimensions[name] if name in self.dimensions else self.metrics[name]


def _day(text: str) -> DimensionValue:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text


def _hour(text: str) -> DimensionValue:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _same(text: str) -> str:
    return text


def _number(text: str) -> MetricValue:
    if text in (MISSING, ""):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _count(text: str) -> MetricValue:
    return int(text) if text.isdecimal() else _number(text)


def _text(text: str) -> MetricValue:
    return None if text == MISSING else text


@cache
def dimension(name: str) -> Callable[[str], DimensionValue]:
    """The reader of a dimension's text."""
    if name == Dimension.DAY:
        return _day
    return _hour if name == Dimension.HOUR else _same


@cache
def metric(name: str) -> Callable[[str], MetricValue]:
    """The reader of a metric's text."""
    kind = kind_of(name)
    if kind is MetricKind.COUNT:
        return _count
    return _text if kind is MetricKind.TEXT else _number


def row_of(line: ReportLine) -> ReportRow:
    return ReportRow(
        {name: dimension(name)(value) for name, value in line.dimensions.items()},
        {name: metric(name)(value) for name, value in line.metrics.items()},
    )


def rows_of(
    table: Iterable[Sequence[str]], header: Sequence[str], dimensions: Sequence[str]
) -> list[ReportRow]:
    """The rows of a file, whose first columns are the dimensions."""
    first = [(name, at, dimension(name)) for at, name in enumerate(header) if name in dimensions]
    rest = [(name, at, metric(name)) for at, name in enumerate(header) if name not in dimensions]
    return [
        ReportRow(
            {name: read(line[at]) for name, at, read in first},
            {name: read(line[at]) for name, at, read in rest},
        )
        for line in table
    ]
