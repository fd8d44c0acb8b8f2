"""Packed time series of four counters. No I/O.

A period is a calendar month in UTC. Its points are one byte string: for each point the seconds
since the point before (the first: since the month's begin) and the difference of each counter, as
variable-length integers. A point of a popular video takes about ten bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

DAY = 86_400
KEEP_MONTHS = 3
"""Months, the present one included, whose points aren't thinned to one for each day."""

_LAST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class Point(NamedTuple):
    """Counters at a time, in Unix seconds; a counter is None where TikTok didn't report it."""

    at: int
    counts: tuple[int | None, int | None, int | None, int | None]


def readable(at: float) -> float:
    """The time, or the nearest one that has a period: nothing was read before 1970."""
    return min(max(at, 0.0), _LAST)


def period_of(at: float) -> int:
    """The number of the month of a time: months since the year 0."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year * 12 + moment.month - 1


def begin_of(period: int) -> int:
    """The first second of a period, in Unix seconds."""
    return int(datetime(period // 12, period % 12 + 1, 1, tzinfo=UTC).timestamp())


def added(points: list[Point], new: Point, resolution: int) -> list[Point]:
    """The points with a new one at the end; it replaces the last one of the same `resolution`
    seconds. A point that is older than the last one changes nothing."""
    if points and new.at < points[-1].at:
        return points
    if points and points[-1].at // resolution == new.at // resolution:
        return [*points[:-1], new]
    return [*points, new]


def thinned(points: Sequence[Point], resolution: int = DAY) -> list[Point]:
    """The last point of each `resolution` seconds."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1].at // resolution == point.at // resolution:
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def pack(period: int, points: Sequence[Point]) -> bytes:
    out = bytearray()
    at = begin_of(period)
    before: tuple[int, ...] = (0, 0, 0, 0)
    for point in points:
        _write(out, point.at - at)
        # -1 stands for an unknown count: TikTok's are never negative
        now = tuple(-1 if count is None else count for count in point.counts)
        for count, last in zip(now, before, strict=True):
            change = count - last
            _write(out, change * 2 if change >= 0 else -change * 2 - 1)
        at, before = point.at, now
    return bytes(out)


def unpack(period: int, packed: bytes) -> list[Point]:
    points = []
    numbers = _read(packed)
    at, counts = begin_of(period), [0, 0, 0, 0]
    for seconds in numbers:
        at += seconds
        for index in range(4):
            change = next(numbers)
            counts[index] += change >> 1 if change & 1 == 0 else -(change >> 1) - 1
        views, likes, comments, shares = (None if one < 0 else one for one in counts)
        points.append(Point(at, (views, likes, comments, shares)))
    return points


def _write(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _read(packed: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            yield number
            number = shift = 0
