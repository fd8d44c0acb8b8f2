"""Sliding windows: exact, apart for each caller, bounded in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.emulator import route_table
from stagedoor.emulator.app import Emulator
from stagedoor.emulator.calls import AdmittedCall, Refusal
from stagedoor.emulator.limits import Windows
from stagedoor.emulator.products.business import access
from stagedoor.emulator.products.oauth import tokens
from stagedoor.emulator.world.settings import WorldSettings
from stagedoor.platform.operation import LimitKey, RateLimit, Tier
from stagedoor.platform.products import display
from stagedoor.platform.products.business_reports import REPORT_TASK_CREATE

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


def test_a_full_window_may_refuse_for_longer_than_it_lasts() -> None:
    windows = Windows()
    assert [windows.admits(LIMIT, "op", "a", 0, pause=300) for _ in range(4)] == [True] * 3 + [
        False
    ]
    assert not windows.admits(LIMIT, "op", "a", 299, pause=300)
    assert windows.admits(LIMIT, "op", "a", 300, pause=300)


def test_a_day_s_calls_are_counted_to_midnight_utc() -> None:
    windows, day = Windows(), 86_400
    limit = RateLimit(2, day, LimitKey.APP_TIER)
    assert [windows.admits_day(limit, "op", "a", day - 1) for _ in range(3)] == [True, True, False]
    assert windows.admits_day(limit, "op", "a", day)


def test_callers_that_fell_silent_are_forgotten() -> None:
    windows = Windows()
    for number in range(50_000):
        windows.admits(LIMIT, "op", str(number), number * 0.01)
    assert len(windows) < 10_000


def test_a_call_counts_in_each_window_of_its_operation() -> None:
    local = Emulator()
    world = local.world
    world.clock.freeze()
    limits = (RateLimit(2, 1, LimitKey.USER_TOKEN), RateLimit(3, 60, LimitKey.CLIENT))
    operation = replace(display.VIDEO_LIST, limits=limits)
    plan, windows = route_table.plan(operation, lambda _: b"{}"), Windows()
    app = next(iter(world.all.apps.values()))
    call = AdmittedCall(world, operation, None, "", app=app, token=tokens.own(world, app))

    def admitted() -> bool:
        try:
            plan.access.pace(plan, call, windows)
        except Refusal as refusal:
            assert refusal.code == "rate_limit_exceeded"  # noqa: PT017
            return False
        return True

    assert [admitted() for _ in range(3)] == [True, True, False], "the second's window is full"
    asyncio.run(world.clock.advance(2))
    assert [admitted() for _ in range(2)] == [True, False], "the minute's window is full"
    asyncio.run(world.clock.advance(60))
    assert admitted()
    local.close()


def test_report_tasks_are_counted_by_the_hour_for_each_named_ad_account() -> None:
    windows = Windows()
    own = ("1", "2")

    def create(at: float, *ids: str) -> None:
        call: Any = SimpleNamespace(
            world=SimpleNamespace(settings=WorldSettings()),
            sandbox=False,
            app=SimpleNamespace(client_key="app", tier=Tier.BASIC),
            advertiser_token=SimpleNamespace(advertiser_ids=own),
            advertiser=SimpleNamespace(id=ids[0]),
            request=SimpleNamespace(advertiser_ids=ids if len(ids) > 1 else None),
            paced=[],
            now=at,
        )
        access.pace(REPORT_TASK_CREATE, call, windows)

    for n in range(500):
        create(n * 2.0, *(("1", "2", "3") if n < 100 else ("1",)))
    with pytest.raises(Refusal, match=r"40100: Advertiser \(1\)") as refused:
        create(1_001, "1")
    assert refused.value.code == "40100"
    for n in range(400):
        create(1_010 + n * 2.0, "2")
    with pytest.raises(Refusal, match=r"Advertiser \(2\)"):
        create(1_900, "2", "1")
    create(3_601, "1")
