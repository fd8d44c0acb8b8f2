"""The pacer: never more starts in a window than TikTok allows, for any sequence of calls."""

from __future__ import annotations

import threading
import weakref
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import Pacer
from stagedoor.client.errors import ConfigurationError
from stagedoor.connector.apps.limits import AppLimits, PacedByApp, RateWindow
from stagedoor.platform.operation import LimitKey, RateLimit

SIX_A_MINUTE = RateLimit(6, 60, LimitKey.USER_TOKEN)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_the_first_calls_start_at_once_and_the_next_waits_for_the_window() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    assert [pacer.reserve("key", SIX_A_MINUTE) for _ in range(6)] == [0.0] * 6
    assert 60 <= pacer.reserve("key", SIX_A_MINUTE) <= 61
    clock.now += 61
    assert pacer.reserve("key", SIX_A_MINUTE) == 0.0


@given(
    gaps=st.lists(st.floats(0, 70), min_size=1, max_size=80),
    requests=st.integers(1, 8),
)
def test_in_any_window_no_more_start_than_the_limit(gaps: list[float], requests: int) -> None:
    clock, limit = Clock(), RateLimit(requests, 60, LimitKey.USER_TOKEN)
    pacer = Pacer(clock)
    starts = []
    for gap in gaps:
        clock.now += gap
        starts.append(clock.now + pacer.reserve("key", limit))
    assert all(earlier <= later for earlier, later in pairwise(starts))
    for number, start in enumerate(starts[requests:]):
        assert start - starts[number] >= 60


@given(gaps=st.lists(st.floats(0, 70), min_size=7, max_size=40))
def test_nobody_waits_longer_than_the_window_needs(gaps: list[float]) -> None:
    clock = Clock()
    pacer = Pacer(clock)
    starts: list[float] = []
    for gap in gaps:
        clock.now += gap
        wait = pacer.reserve("key", SIX_A_MINUTE)
        if len(starts) >= 6:
            assert wait <= max(0.0, starts[-6] + 60.1 - clock.now)
        else:
            assert wait == 0.0
        starts.append(clock.now + wait)


def test_keys_do_not_hold_each_other_up() -> None:
    pacer = Pacer(Clock())
    for _ in range(6):
        pacer.reserve(("posting.video_init", "one account"), SIX_A_MINUTE)
    assert pacer.reserve(("posting.video_init", "one account"), SIX_A_MINUTE) > 0
    assert pacer.reserve(("posting.video_init", "another"), SIX_A_MINUTE) == 0.0
    assert pacer.reserve(("posting.status", "one account"), SIX_A_MINUTE) == 0.0


def test_eight_threads_share_one_window() -> None:
    clock, limit = Clock(), RateLimit(50, 60, LimitKey.USER_TOKEN)
    pacer, waits, together = Pacer(clock), list[float](), threading.Barrier(8)

    def work() -> None:
        together.wait()
        for _ in range(100):
            waits.append(pacer.reserve("key", limit))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # 800 places, 50 in each window: the n-th window is n windows away.
    by_window = sorted(round(wait / 60.05) for wait in waits)
    assert by_window == [number // 50 for number in range(800)]


class Account:
    """A key whose life can be watched."""


def test_memory_stays_bounded_over_any_number_of_accounts() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    kept: list[weakref.ref[Account]] = []
    for _ in range(20_000):
        clock.now += 1
        account = Account()
        kept.append(weakref.ref(account))
        pacer.reserve(account, SIX_A_MINUTE)
    assert sum(ref() is not None for ref in kept) < 2_100
    # what was dropped had run empty, what counts is still there
    for _ in range(5):
        pacer.reserve(account, SIX_A_MINUTE)
    assert pacer.reserve(account, SIX_A_MINUTE) > 0


def test_an_app_s_own_limits_take_the_place_of_the_documented_ones() -> None:
    pacer = Pacer(lambda: 0.0, limits={"display.video_list": (2, 10.0)})
    documented = RateLimit(1, 60, LimitKey.USER_TOKEN)
    for operation, waits in (
        ("display.video_list", [0.0, 0.0, 10.05]),
        ("display.user_info", [0.0, 60.05]),
    ):
        key = (operation, "token")
        assert [pacer.reserve(key, documented) for _ in waits] == pytest.approx(waits)


def test_an_app_s_own_limit_replaces_the_first_window_of_an_operation_alone() -> None:
    raised = {"display.video_list": (2, 10.0)}
    documented = RateLimit(1, 60, LimitKey.CLIENT)
    for pacer in (
        Pacer(lambda: 0.0, limits=raised),
        PacedByApp(Pacer(lambda: 0.0), AppLimits({"display.video_list": RateWindow(2, 10.0)})),
    ):
        first, second = ("display.video_list", "app"), ("display.video_list", "app", "a minute")
        assert [pacer.reserve(first, documented) for _ in range(2)] == [0.0, 0.0]
        assert [pacer.reserve(second, documented) for _ in range(2)] == [0.0, 60.05]


@pytest.mark.parametrize(
    "limits", [{"display.likes": (1, 1.0)}, {"display.user_info": (0, 1.0)}], ids=str
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, tuple[int, float]]) -> None:
    with pytest.raises(ConfigurationError):
        Pacer(limits=limits)


def test_a_window_of_many_calls_is_never_exceeded_and_used_almost_whole() -> None:
    clock = 1_000.0
    limit = RateLimit(20_000, 100, LimitKey.APP_TIER)
    pacer = Pacer(lambda: clock)
    starts = [clock + pacer.reserve("app", limit) for _ in range(60_000)]
    for first, last in zip(starts, starts[20_000:], strict=False):
        assert last - first >= 100
    assert starts[-1] - starts[0] <= 2 * 100 * 1.03


def test_a_window_of_many_calls_takes_little_memory() -> None:
    limit = RateLimit(864_000, 86_400, LimitKey.APP_TIER)
    moment = 0.0

    def now() -> float:
        nonlocal moment
        moment += 0.1
        return moment

    pacer = Pacer(now)
    assert all(pacer.reserve("app", limit) == 0 for _ in range(100_000))
    [window] = pacer._windows.values()
    assert len(window.parts) < 200  # type: ignore[union-attr]
