"""Sliding windows: exact, apart for each caller, bounded in memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator.limits import Windows
from stagedoor.platform.operation import LimitKey, RateLimit

LIMIT = RateLimit(3, 10, LimitKey.USER_TOKEN)


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=60).map(sorted))
def test_no_window_ever_holds_more_than_the_limit_and_none_is_refused_early(
    moments: list[float],
) -> None:
    windows = Windows()
    let_in: list[float] = []
    for now in moments:
        room = sum(1 for at in let_in if at > now - LIMIT.per_seconds) < LIMIT.requests
        assert windows.admits(LIMIT, "op", "caller", now) is room
        if room:
            let_in.append(now)


def test_callers_and_operations_are_counted_apart() -> None:
    windows = Windows()
    for caller, operation in (("a", "x"), ("a", "y"), ("b", "x")):
        taken = [windows.admits(LIMIT, operation, caller, 0) for _ in range(4)]
        assert taken == [True, True, True, False]


def test_callers_that_fell_silent_are_forgotten() -> None:
    windows = Windows()
    for number in range(50_000):
        windows.admits(LIMIT, "op", str(number), number * 0.01)
    assert len(windows) < 10_000
