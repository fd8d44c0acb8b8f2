"""The rows of a report: planned once, computed page by page."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from operator import ge, gt, le, lt
from typing import Any

from stagedoor.platform.products.business_reports import (
    ATTRIBUTES,
    AUDIENCES,
    IDS,
    MISSING,
    Dimension,
    FilterType,
    MetricKind,
    ReportFilter,
    ReportType,
    kind_of,
)

from ...world import World
from ..business.state import AdAccount
from ..business_ads import budgets, checks
from . import audiences, columns, days, selection, stream
from .days import Days, DaySource, UtcDays
from .question import Question
from .selection import MAX_OBJECTS, Target
from .state import PLANS
from .stream import EventCounts

_LEAST = {
    FilterType.GREATER_EQUAL: ge,
    FilterType.GREATER_THAN: gt,
    FilterType.LOWER_EQUAL: le,
    FilterType.LOWER_THAN: lt,
}
_AD_FIELDS = {
    Dimension.POST: "tiktok_item_id",
    Dimension.IMAGE: "image_ids",
    Dimension.VIDEO_MATERIAL: "video_id",
    Dimension.PAGE: "page_id",
    Dimension.AD_TYPE: "ad_format",
}
_EMPTY = (ReportType.PLAYABLE_MATERIAL, ReportType.CATALOG, ReportType.TT_SHOP)
"""Reports of things that no ad of the emulator has."""
_MARKS = ("advertiser_id", "currency", "timezone")
"""Columns that a report of several ad accounts has in addition."""
_Labels = tuple[str, ...]
_Share = tuple[int, int, int]
_UNDIVIDED: _Labels = ()


@dataclass(slots=True)
class _Unit:
    """An object with the sources of its events; its rows are `times` by `cells`."""

    account: AdAccount
    target: Target
    days: Days
    sources: list[tuple[DaySource, dict[_Labels, _Share]]]
    times: Sequence[Any]
    cells: Sequence[_Labels]
    shown: list[str] = field(default_factory=list)
    """The days of the report on which one of the sources was shown."""


class Rows:
    """The planned rows of a question: their number is known, their values are computed on demand.

    A question that orders or filters by values has all of its rows computed once.
    """

    def __init__(self, world: World, question: Question, now: float) -> None:
        self._world, self._question = world, question
        wanted = {*question.metrics, question.order}
        wanted |= {one.field_name for one in question.filters}
        self._by_time = not columns.BY_TIME.isdisjoint(wanted)
        self._now = now
        self._numbers = [name for name in question.metrics if name not in ATTRIBUTES]
        self._columns = columns.columns(self._numbers)
        self._attributes = [name for name in question.metrics if name in ATTRIBUTES]
        self._values = selection.metric_filters(question.filters)
        self._units = [] if question.kind in _EMPTY else list(islice(self._find(), MAX_OBJECTS))
        self._starts = [0, *accumulate(len(u.times) * len(u.cells) for u in self._units)]
        self._described: tuple[_Unit, dict[str, str]] | None = None
        """The unit of the last row, with its attributes."""
        self._chosen: list[int] | None = None
        if question.order is not None or self._values:
            self._choose()
        self._totals: dict[str, str] | None = None

    def __len__(self) -> int:
        return self._starts[-1] if self._chosen is None else len(self._chosen)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of a row's values, in their order: dimensions, numbers, attributes."""
        marks = _MARKS if self._question.several else ()
        found = (*self._question.dimensions, *self._numbers, *self._attributes)
        return (*found, *(name for name in marks if name not in self._attributes))

    @property
    def number_columns(self) -> range:
        """The places of the numbers in a row."""
        first = len(self._question.dimensions)
        return range(first, first + len(self._numbers))

    def page(self, start: int, size: int) -> Iterator[list[Any]]:
        """The values of the rows from number `start`; no others are computed."""
        for number in range(start, min(start + size, len(self))):
            yield self._row(number if self._chosen is None else self._chosen[number])

    def json(self, start: int, size: int) -> str:
        """The same rows as a JSON list. Texts that can hold any character are escaped."""
        dimensions, metrics = len(self._question.dimensions), self.header
        pairs = [f'"{name}":"%s"' for name in metrics]
        whole = (
            '{"dimensions":{'
            + ",".join(pairs[:dimensions])
            + '},"metrics":{'
            + ",".join(pairs[dimensions:])
            + "}}"
        )
        plain = dimensions + len(self._numbers)
        if self._question.divided or self._attributes:
            return (
                "["
                + ",".join(
                    whole
                    % (
                        *map(_escaped, row[:dimensions]),
                        *row[dimensions:plain],
                        *map(_escaped, row[plain:]),
                    )
                    for row in self.page(start, size)
                )
                + "]"
            )
        return "[" + ",".join([whole % tuple(row) for row in self.page(start, size)]) + "]"

    @property
    def totals(self) -> dict[str, str]:
        """The metrics of all rows together; reach is that of all, no sum."""
        if self._totals is None:
            total = stream.added(self._events(*self._place(n)) for n in self._all())
            values = [str(column(total)) for column in self._columns]
            blank = dict.fromkeys(self._attributes, MISSING)
            self._totals = dict(zip(self._numbers, values, strict=True)) | blank
        return self._totals

    def _all(self) -> Sequence[int]:
        return range(self._starts[-1]) if self._chosen is None else self._chosen

    def _find(self) -> Iterator[_Unit]:
        question = self._question
        for account in question.accounts:
            kind = UtcDays if question.in_utc else Days
            days = kind(self._world, account, self._now, self._by_time)
            scale = checks.dollar_in(account.currency)
            divided: dict[str, dict[_Labels, _Share]] = {}
            found = selection.targets(self._world, account, question.level, question.filters)
            for target, lines in found:
                sources = []
                for line in lines:
                    goal = str(line.group.fields.get("optimization_goal"))
                    if any(one in _AD_FIELDS for one in question.divided):
                        shares = self._by_field(line.ad.fields)
                    elif line.group.id in divided:
                        shares = divided[line.group.id]
                    else:
                        shares = self._divided(line.group.fields, account.country)
                        divided[line.group.id] = shares
                    sources.append((DaySource(line.ad, goal, scale), shares))
                unit = _Unit(account, target, days, sources, (), ())
                self._extend(unit)
                if unit.times and unit.cells:
                    yield unit

    def _extend(self, unit: _Unit) -> None:
        """Add the times and cells of the unit's rows."""
        question, days = self._question, unit.days
        of = [days.of(source.ad, question.first, question.last) for source, _ in unit.sources]
        unit.shown = of[0] if len(of) == 1 else sorted({day for one in of for day in one})
        if question.time is Dimension.DAY:
            unit.times = unit.shown
        elif question.time is Dimension.HOUR:
            spent = [days.hours(source.ad, day) for source, _ in unit.sources for day in unit.shown]
            unit.times = [hour for hour in range(24) if any(one and one[hour] for one in spent)]
        else:
            unit.times = (None,)
        if not question.divided:
            unit.cells = (_UNDIVIDED,)
        elif unit.shown:
            unit.cells = tuple(dict.fromkeys(one for _, cells in unit.sources for one in cells))

    def _divided(self, targeting: dict[str, Any], country: str) -> dict[_Labels, _Share]:
        names = self._question.divided
        if not names or any(one not in AUDIENCES for one in names):
            return {}
        found = audiences.cells(names, targeting, country)
        total, start = sum(found.values()), 0
        shares = {}
        for labels, share in found.items():
            shares[labels] = (start, start + share, total)
            start += share
        return shares

    def _by_field(self, fields: dict[str, Any]) -> dict[_Labels, _Share]:
        (name,) = self._question.divided
        value = fields.get(_AD_FIELDS[Dimension(name)])
        if isinstance(value, list | tuple):
            value = value[0] if value else None
        return {} if value is None else {(str(value),): (0, 1, 1)}

    def _place(self, number: int) -> tuple[_Unit, Any, _Labels]:
        at = bisect_right(self._starts, number) - 1
        unit = self._units[at]
        time, cell = divmod(number - self._starts[at], len(unit.cells))
        return unit, unit.times[time], unit.cells[cell]

    def _events(self, unit: _Unit, time: Any, cell: _Labels) -> EventCounts:
        found = []
        for source, shares in unit.sources:
            if not cell:
                found += self._whole(unit, source, time)
            elif cell in shares:
                found += self._part(unit, source, time, shares[cell])
        return stream.added(found)

    def _whole(self, unit: _Unit, source: DaySource, time: Any) -> list[EventCounts]:
        days = unit.days
        if isinstance(time, str):
            return [days.day(source, time)]
        if time is None:
            return [days.day(source, day) for day in unit.shown]
        return [days.hour(source, day, time) for day in unit.shown]

    def _part(self, unit: _Unit, source: DaySource, time: Any, share: _Share) -> list[EventCounts]:
        """A cell's part. Each day is divided by cells, and an hour is a part of that."""
        days = unit.days
        if time is None or isinstance(time, str):
            return [stream.part(one, *share) for one in self._whole(unit, source, time)]
        found = []
        for day in unit.shown:
            hours = days.hours(source.ad, day)
            if hours:
                of_day = stream.part(days.day(source, day), *share)
                start, end = sum(hours[:time]), sum(hours[: time + 1])
                found.append(stream.part(of_day, start, end, sum(hours)))
        return found

    def _row(self, number: int) -> list[Any]:
        unit, time, cell = self._place(number)
        events = self._events(unit, time, cell)
        found = self._dimensions(unit, time, cell)
        found += [column(events) for column in self._columns]
        if self._attributes:
            known = self._known(unit)
            found += [known.get(name, MISSING) for name in self._attributes]
        return self._marked(unit, found) if self._question.several else found

    def _known(self, unit: _Unit) -> dict[str, str]:
        if self._described is None or self._described[0] is not unit:
            known = selection.attributes(unit.account, unit.target, self._world)
            self._described = (unit, known)
        return self._described[1]

    def _marked(self, unit: _Unit, row: list[Any]) -> list[Any]:
        """The row in a report of several ad accounts (`business-reporting.yaml`, notes)."""
        named = self._question.names_object
        start = len(self._question.dimensions)
        for at, name in enumerate(self._numbers, start):
            if kind_of(name) is MetricKind.MONEY and row[at] != MISSING:
                row[at] = str(round(float(row[at]))) if named else MISSING
        known = self._known(unit)
        for name in _MARKS:
            if name not in self._attributes:
                row.append(known[name] if named else "0")
        return row

    def _dimensions(self, unit: _Unit, time: Any, cell: _Labels) -> list[Any]:
        found: list[Any] = []
        labels = iter(cell)
        for name in self._question.dimensions:
            if name in IDS:
                found.append(unit.target.id)
            elif name == Dimension.DAY:
                found.append(f"{time} 00:00:00")
            elif name == Dimension.HOUR:
                found.append(f"{self._question.first} {time:02d}:00:00")
            else:
                found.append(next(labels))
        return found

    def _choose(self) -> None:
        """Compute all rows, to filter them by values and to order them."""
        tests = [_test(place, one) for place, one in enumerate(self._values)]
        value = columns.value(self._question.order or "spend")
        kept = []
        for number in range(self._starts[-1]):
            events = self._events(*self._place(number))
            if all(test(events) for test in tests):
                kept.append((value(events), number))
        if self._question.order is not None:
            kept.sort(key=lambda one: one[0], reverse=not self._question.ascending)
        self._chosen = [number for _, number in kept]


def _escaped(text: Any) -> str:
    return json.dumps(str(text), ensure_ascii=False)[1:-1]


def _test(place: int, filter: ReportFilter) -> Callable[[EventCounts], bool]:
    """A condition for the value of a metric."""
    where = f"filtering.{place}"
    value = columns.value(filter.field_name)
    given = selection.value_of(where, filter)
    if filter.filter_type == FilterType.BETWEEN:
        if not isinstance(given, list) or len(given) != 2:
            checks.wrong(f"{where}.filter_value", "It must be [least, most].")
        least, most = (_number(where, one) for one in given)
        return lambda events: least <= value(events) <= most
    compare = _LEAST.get(FilterType(filter.filter_type)) if _is_kind(filter) else None
    if compare is None:
        checks.wrong(f"{where}.filter_type", f"Not a valid choice: {filter.filter_type}.")
    bound = _number(where, given[0] if isinstance(given, list) and len(given) == 1 else given)
    return lambda events: bool(compare(value(events), bound))


def _is_kind(filter: ReportFilter) -> bool:
    return filter.filter_type in set(FilterType)


def _number(where: str, value: Any) -> float:
    try:
        return float(json.loads(value) if isinstance(value, str) else value)
    except (TypeError, ValueError):
        checks.wrong(f"{where}.filter_value", "It must be a number.")


def planned(world: World, question: Question, now: float) -> Rows:
    """The rows of a question at a moment. The plan is kept for its other pages."""
    by_status = selection.depends_on_clock(question.filters)
    # a day of UTC ends on the next day in zones to the west
    last = days.after(question.last) if question.in_utc else question.last
    for account in question.accounts:
        days.settle(world, account, days.LAST if by_status else last)
    today = tuple(budgets.day_of(budgets.local(now, one.timezone)) for one in question.accounts)
    minute = int(now // 60) if by_status else 0
    ids = tuple(one.id for one in question.accounts)
    key = (ids, today, minute, repr(question))
    rows: Rows = world[PLANS].get(key, lambda: Rows(world, question, now))
    return rows
