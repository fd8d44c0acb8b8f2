"""The stream of an ad's events: it only grows, and its parts add up."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator.products.business_reports import stream

GOALS = st.sampled_from(["CLICK", "CONVERT", "INSTALL", "REACH", "ENGAGED_VIEW", "None"])
IDS = st.integers(1, 10**19).map(str)
AMOUNTS = st.integers(0, 10**7)


@given(IDS, GOALS, st.lists(AMOUNTS, min_size=2, max_size=24), st.sampled_from([1, 100]))
def test_hours_are_never_negative_and_add_up_to_the_day(
    ad_id: str, goal: str, hours: list[int], scale: int
) -> None:
    spent = [sum(hours[:n]) for n in range(len(hours) + 1)]
    found = [stream.events(ad_id, "2026-11-30", goal, scale, amount) for amount in spent]
    parts = [stream.between(earlier, later) for earlier, later in pairwise(found)]
    assert all(count >= 0 for part in parts for count in part)
    assert stream.added(parts) == found[-1]


@given(IDS, GOALS, AMOUNTS, st.lists(st.integers(1, 60), min_size=1, max_size=9))
def test_cells_add_up_to_the_whole(ad_id: str, goal: str, spent: int, shares: list[int]) -> None:
    whole = stream.events(ad_id, "2026-11-30", goal, 1, spent)
    ends = [sum(shares[:n]) for n in range(len(shares) + 1)]
    parts = [stream.part(whole, start, end, ends[-1]) for start, end in pairwise(ends)]
    assert stream.added(parts) == whole


@given(IDS, st.integers(0, 10**6))
def test_each_conversion_arrives_once_within_28_days(ad_id: str, conversions: int) -> None:
    arrived = [stream.arrived_at(ad_id, "2026-11-30", conversions, age) for age in range(40)]
    assert sum(arrived) == conversions
    assert all(count >= 0 for count in arrived)
    assert not any(arrived[29:])
    assert stream.attributed_at(0) < stream.attributed_at(1) < stream.attributed_at(28)


def test_single_conversions_of_days_come_as_early_as_many() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(1_000)]
    at = [
        sum(stream.arrived_at("1790000000000000017", f"{day}", 1, age) for day in days)
        for age in range(29)
    ]
    assert sum(at) == 1_000
    assert 560 < at[0] < 680
    assert 30 < sum(at[4:]) < 100


@given(AMOUNTS, AMOUNTS)
def test_people_are_counted_once(some: int, more: int) -> None:
    both = stream.reach(some + more)
    assert max(stream.reach(some), stream.reach(more)) <= both
    assert both <= stream.reach(some) + stream.reach(more) + 1
