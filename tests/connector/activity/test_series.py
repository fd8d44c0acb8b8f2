"""Packed time series: what was put in comes out, in little room."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.connector.activity import series
from stagedoor.connector.activity.series import DAY, Point
from stagedoor.connector.activity.videos import READINGS, VideoSnapshot, band_of

JUNE = series.period_of(datetime(2026, 6, 15, tzinfo=UTC).timestamp())
BEGIN = series.begin_of(JUNE)
counts = st.tuples(*[st.none() | st.integers(0, 2**62)] * 4)
months = st.lists(
    st.tuples(st.integers(0, 30 * DAY - 1), counts), max_size=40, unique_by=lambda one: one[0]
)


@given(months)
def test_every_point_comes_back(drawn: list[tuple[int, tuple[int | None, ...]]]) -> None:
    points = [Point(BEGIN + at, values) for at, values in sorted(drawn)]  # type: ignore[arg-type]
    assert series.unpack(JUNE, series.pack(JUNE, points)) == points


def test_a_period_is_a_month() -> None:
    assert datetime.fromtimestamp(BEGIN, UTC) == datetime(2026, 6, 1, tzinfo=UTC)
    assert series.period_of(BEGIN - 1) == JUNE - 1
    assert series.period_of(series.begin_of(JUNE + 7)) == JUNE + 7


def test_a_year_of_a_video_takes_few_bytes() -> None:
    size = 0
    for month in range(12):
        begin = series.begin_of(JUNE + month)
        points = [
            Point(begin + day * DAY + 40_000, (9_000_000 + 7_000 * day, 800_000 + day, 9_000, 400))
            for day in range(30)
        ]
        size += len(series.pack(JUNE + month, points))
    assert size < 12 * 30 * 10


def test_the_last_point_of_a_resolution_counts() -> None:
    points: list[Point] = []
    for at, views in ((100, 1), (200, 2), (3_700, 3), (3_600, 9)):
        points = series.added(points, Point(BEGIN + at, (views, None, None, None)), 3_600)
    assert [(one.at - BEGIN, one.counts[0]) for one in points] == [(200, 2), (3_700, 3)]


def test_old_points_are_thinned_to_the_last_of_each_day() -> None:
    points = [Point(BEGIN + hour * 3_600, (hour, 0, 0, 0)) for hour in range(48)]
    assert [one.counts[0] for one in series.thinned(points)] == [23, 47]


def seen(posted: float, cover_expires: float | None = None) -> VideoSnapshot:
    counts = (1, 1, 1, 1)
    return VideoSnapshot("1", posted, "", None, None, cover_expires, None, None, None, counts)


def test_new_videos_are_read_more_often_than_old_ones() -> None:
    now = 2_000_000_000.0
    waits = [seen(now - band.age + 1).next_reading(now) - now for band in READINGS[:-1]]
    waits.append(seen(now - 400 * DAY).next_reading(now) - now)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (900, DAY)
    assert band_of(0).every < band_of(400 * DAY).every


def test_a_cover_is_read_before_its_link_expires() -> None:
    now = 2_000_000_000.0
    old = now - 400 * DAY
    assert seen(old, now + 6 * 3_600).next_reading(now) < now + 6 * 3_600
    assert seen(old, now - 5).next_reading(now) == now + 900  # a clock that is wrong costs little
