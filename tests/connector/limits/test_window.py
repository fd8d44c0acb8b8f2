"""The window's arithmetic: never too many, never later than needed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.connector.limits.window import (
    Full,
    Taken,
    pack,
    reserve,
    reserve_coarse,
    take_in_background,
    unpack,
)

times = st.floats(0, 1e9, allow_nan=False)


@pytest.mark.parametrize("window", [reserve, reserve_coarse])
@given(
    gaps=st.lists(st.floats(0, 30), max_size=60),
    requests=st.integers(1, 8),
    seconds=st.floats(0.5, 20),
    patience=st.floats(0, 100),
)
def test_no_window_ever_holds_too_many(
    window: Any, gaps: list[float], requests: int, seconds: float, patience: float
) -> None:
    now = 0.0
    places: tuple[float, ...] = ()
    given_out: list[float] = []
    for gap in gaps:
        now += gap
        match window(places, now, requests, seconds, patience):
            case Taken(start, taken):
                places = taken
                assert now <= start <= now + patience
                given_out.append(start)
            case Full(wait):
                assert wait > patience
    assert given_out == sorted(given_out)
    for first, later in zip(given_out, given_out[requests:], strict=False):
        assert later >= first + seconds - 1e-6


@given(
    steps=st.lists(st.tuples(st.floats(0, 3), st.booleans()), max_size=80),
    requests=st.integers(1, 40),
    seconds=st.floats(0.5, 20),
    patience=st.floats(0, 100),
)
def test_background_calls_never_overfill_a_window_nor_delay_others(
    steps: list[tuple[float, bool]], requests: int, seconds: float, patience: float
) -> None:
    now = 1_000.0
    places: tuple[float, ...] = ()
    given_out: list[float] = []
    for gap, background in steps:
        now += gap
        if not background:
            found = reserve(places, now, requests, seconds, patience)
        else:
            found = take_in_background(places, now, requests, seconds)
            if isinstance(found, Taken):
                assert found.start == now
                assert not given_out or given_out[-1] <= now  # nobody waits already
            else:
                assert found.seconds > 0
        if isinstance(found, Taken):
            places = found.times
            given_out.append(found.start)
    assert given_out == sorted(given_out)
    for first, later in zip(given_out, given_out[requests:], strict=False):
        assert later >= first + seconds - 1e-6


@given(st.integers(1, 8), st.floats(1, 20))
def test_a_place_comes_as_early_as_the_rule_allows(requests: int, seconds: float) -> None:
    places: tuple[float, ...] = ()
    for number in range(requests):
        found = reserve(places, 100.0, requests, seconds, 0.0)
        assert isinstance(found, Taken), number
        assert found.start == 100.0
        places = found.times
    full = reserve(places, 100.0, requests, seconds, 0.0)
    assert isinstance(full, Full)
    assert full.seconds == pytest.approx(seconds)
    found = reserve(places, 100.0 + seconds, requests, seconds, 0.0)
    assert isinstance(found, Taken)


def test_a_coarse_window_stays_small_and_uses_the_limit() -> None:
    requests, seconds = 100_000, 86_400.0
    parts: tuple[float, ...] = ()
    for number in range(3_000):
        found = reserve_coarse(parts, number * 80.0, requests, seconds, 0.0)
        assert isinstance(found, Taken)
        parts = found.times
    assert len(parts) <= 2 * 101
    full: tuple[float, ...] = (0.0, float(requests))
    later = reserve_coarse(full, 0.0, requests, seconds, 0.0)
    assert isinstance(later, Full)
    assert later.seconds <= seconds * 1.02


@given(st.lists(times, max_size=20))
def test_packed_and_unpacked(places: list[float]) -> None:
    assert unpack(pack(places)) == tuple(places)
