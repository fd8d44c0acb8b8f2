"""Requests that meet: what somebody paused stays off, and budgets stay within the limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from stagedoor.connector.ads import budgets, spend_guard
from stagedoor.connector.ads.models import ad_spend_guards, ad_spend_requests
from stagedoor.connector.ads.reads import send
from stagedoor.platform.products import business_reports
from tests.support.ads_desk import ADVERTISER, AdsDesk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SETTING = "/api/settings/ad-spend"


def before(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch, operation: str, do: Callable[[], Any]
) -> None:
    """Do something once, after everything was checked and right before a switch is sent."""
    writes = desk.services.ad_writes
    switch, left = writes.switch, [do]

    def meeting(by: Any, level: Any, *arguments: Any, **more: Any) -> None:
        if more.get("on") and level.level.value == operation and left:
            left.pop()()
        switch(by, level, *arguments, **more)

    monkeypatch.setattr(writes, "switch", meeting)


@pytest.mark.parametrize("lost", [False, True])
def test_a_pause_right_before_the_switch_holds(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    campaign, _group, _ad = desk.tree()

    def pause() -> None:
        paused = desk.api("POST", f"campaigns/{campaign}/pause", user="u2")
        assert paused["status"] == "DISABLE"
        if lost:
            desk.local.fault("business.campaign_status_update", "lost")

    before(desk, monkeypatch, "campaign", pause)
    status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
    assert (status, error["code"]) == (409, "paused_meanwhile")
    assert desk.api("GET", f"campaigns/{campaign}")["status"] == "DISABLE"


def test_an_ad_group_that_is_paused_during_its_campaigns_launch_stays_off(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, group, _ad = desk.tree()
    pause = f"ad-groups/{group}/pause"
    before(desk, monkeypatch, "ad", lambda: desk.api("POST", pause, user="u2"))
    status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
    assert (status, error["code"]) == (409, "paused_meanwhile")
    assert desk.api("GET", f"ad-groups/{group}")["status"] == "DISABLE"
    assert desk.api("GET", f"campaigns/{campaign}")["status"] == "DISABLE"
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"


def test_a_launch_counts_the_budget_that_the_campaign_has_by_then(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, group, _ad = desk.tree(budget="50")
    second, _group, _ad = desk.tree("Other")
    # 100 a day run already, and the second adds 48
    desk.service.api("PUT", SETTING, {"limits": {"USD": "260"}})
    guard = desk.services.ad_spend_guard
    lease, waiting = guard.lease, ["first"]

    def late(*arguments: Any, **more: Any) -> Any:
        if waiting:
            waiting.clear()
            desk.api("PATCH", f"campaigns/{first}", {"budget": "140"})
            desk.api("PATCH", f"ad-groups/{group}", {"budget": "140"})
            desk.api("POST", f"campaigns/{second}/launch")
        return lease(*arguments, **more)

    monkeypatch.setattr(guard, "lease", late)
    status, error = desk.refused("POST", f"campaigns/{first}/launch")
    assert (status, error["code"]) == (409, "spend_limit_exceeded")
    assert error["detail"]["total"] == "288"
    assert desk.api("GET", f"campaigns/{first}")["status"] == "DISABLE"


def test_a_limit_that_is_lowered_holds_for_a_launch_that_was_not_sent(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _group, _ad = desk.tree()
    limit(desk, "160")
    told: list[Future[Any]] = []

    with ThreadPoolExecutor(1) as thread:
        before(
            desk, monkeypatch, "campaign", lambda: told.append(limited_by_now(desk, thread, "147"))
        )
        status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
        assert (status, error["code"]) == (409, "spend_limit_exceeded")
        assert (error["detail"]["limit"], error["detail"]["total"]) == ("147", "148")
        assert told[0].result(10)["warnings"] == NO_EUROS
    assert desk.writes("campaign_status_update") == []
    [last, *_] = desk.api("GET", f"campaigns/{campaign}")["changes"]
    assert (last["action"], last["outcome"]) == ("launch", "failed")


def test_a_first_limit_holds_for_a_launch_that_was_not_sent(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _group, _ad = desk.tree()
    told: list[Future[Any]] = []
    with ThreadPoolExecutor(1) as thread:
        before(
            desk, monkeypatch, "campaign", lambda: told.append(limited_by_now(desk, thread, "147"))
        )
        status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
        assert (status, error["code"]) == (409, "spend_limit_exceeded")
        assert told[0].result(10)["warnings"] == NO_EUROS
    assert desk.writes("campaign_status_update") == []


def test_a_first_limit_waits_for_a_request_that_was_sent(desk: AdsDesk) -> None:
    guard = desk.services.ad_spend_guard
    with ThreadPoolExecutor(1) as thread:
        with guard.allowing("acme", ADVERTISER, lambda: None) as check:
            check()  # the request is sent now
            told = limited_by_now(desk, thread, "147")
        assert told.result(10)["warnings"] == NO_EUROS
    with ThreadPoolExecutor(1) as thread:
        with guard.lease("acme"):
            removed = thread.submit(desk.service.api, "PUT", SETTING, {"limits": {}})
            arrived(lambda: not guard.limited("acme"))
            assert not removed.done()
        assert removed.result(10) == {"limits": [], "warnings": []}


def test_a_first_limit_waits_for_no_process_that_died(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = desk.services.ad_spend_guard
    with guard.allowing("acme", ADVERTISER, lambda: None):
        with desk.services.database.begin() as connection:
            dead = {"held_by": "nobody:1 x", "held_until": time.time() - 1}
            connection.execute(update(ad_spend_requests).values(**dead))
        assert limit(desk, "147")["warnings"] == NO_EUROS
    monkeypatch.setattr(spend_guard, "_LEASE", replace(spend_guard._LEASE, patience=0.0))
    desk.service.api("PUT", SETTING, {"limits": {}})
    with guard.allowing("acme", ADVERTISER, lambda: None):
        [_euros, late] = limit(desk, "147")["warnings"]
    assert "still under way" in late
    with desk.services.database.read() as connection:
        assert connection.execute(select(ad_spend_requests)).all() == []


def test_nothing_is_paused_for_a_limit_that_was_removed_meanwhile(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _group, _ad = desk.tree()
    desk.api("POST", f"campaigns/{campaign}/launch")
    limit(desk, "0.01")
    guard = desk.services.ad_spend_guard
    lease = guard.lease

    @contextmanager
    def late(org: str, patient: bool = False) -> Iterator[int]:
        if patient:  # the watch has read that there is a limit
            desk.service.api("PUT", SETTING, {"limits": {}})
        with lease(org, patient) as fence:
            yield fence

    monkeypatch.setattr(desk.services.ad_spend_reads, "spent_by", lambda *_: Decimal(1))
    monkeypatch.setattr(guard, "lease", late)
    desk.services.ad_spend_watch.run("acme")
    assert desk.api("GET", f"campaigns/{campaign}")["status"] == "ENABLE"


@pytest.mark.parametrize("level", ["ad", "campaign"])
def test_a_launch_whose_lease_another_process_took_sends_nothing_more(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    """As after a failure of the database that outlasts the lease."""
    campaign, _group, _ad = desk.tree()
    limit(desk, "160")
    before(desk, monkeypatch, level, lambda: taken(desk, time.time() + 60))
    status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
    assert (status, error["code"], error["retryable"]) == (503, "spend_unreadable", True)
    assert desk.writes(f"{level}_status_update") == []
    taken(desk, time.time() - 1)
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"
    launched = [one["outcome"] for one in desk.api("GET", f"campaigns/{campaign}")["changes"]]
    assert launched[0] == "done"
    assert ("failed" in launched) is (level == "campaign")


def test_a_lowered_limit_is_answered_while_a_change_of_budgets_takes_long(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(desk, "160")
    times = replace(spend_guard._LEASE, patience=0.0)
    monkeypatch.setattr(spend_guard, "_LEASE", times)
    with desk.services.ad_spend_guard.lease("acme"):
        told = limit(desk, "150")
    assert (told["limits"][0]["limit"], len(told["warnings"])) == ("150", 2)
    assert "still under way" in told["warnings"][1]


NO_EUROS = ["EUR has no limit, and 1 connected ad account is in it."]


def limit(desk: AdsDesk, usd: str) -> Any:
    return desk.service.api("PUT", SETTING, {"limits": {"USD": usd}})


def arrived(check: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not check():
        assert time.monotonic() < end
        time.sleep(0.005)


def limited_by_now(desk: AdsDesk, thread: ThreadPoolExecutor, usd: str) -> Future[Any]:
    """Set a limit in another thread; returns once it is set, while it still waits."""
    told = thread.submit(limit, desk, usd)
    guard = desk.services.ad_spend_guard
    arrived(lambda: str(guard.limits("acme").limits.get("USD")) == usd)
    assert not told.done()  # it waits for what is under way
    return told


def taken(desk: AdsDesk, until: float) -> None:
    """Let another process have the guard's lease until then."""
    lease = {"lease_owner": "another", "lease_until": until, "fence": ad_spend_guards.c.fence + 1}
    with desk.services.database.begin() as connection:
        connection.execute(update(ad_spend_guards).values(**lease))


@pytest.mark.parametrize("spend", ["NaN", "Infinity", "-"])
def test_spend_that_is_no_number_stops_launches(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch, spend: str
) -> None:
    campaign, _group, _ad = desk.tree()
    desk.service.api("PUT", SETTING, {"limits": {"USD": "100000"}})

    def odd(client: Any, operation: Any, *arguments: Any, **more: Any) -> Any:
        answer = send(client, operation, *arguments, **more)
        if operation is business_reports.REPORT_INTEGRATED_GET:
            for row in answer.list:
                row.metrics["spend"] = spend
            assert answer.list
        return answer

    monkeypatch.setattr("stagedoor.connector.ads.spend_reads.send", odd)
    status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
    assert (status, error["code"]) == (503, "spend_unreadable")
    assert desk.writes("campaign_status_update") == []


def test_a_campaign_that_no_budget_bounds_stops_launches_but_not_the_pause_of_all(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _group, _ad = desk.tree()
    desk.service.api("PUT", SETTING, {"limits": {"USD": "100000"}})
    with monkeypatch.context() as patch:
        patch.setattr(budgets, "of_record", lambda _record: None)
        status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
        assert (status, error["code"]) == (503, "spend_unreadable")
        assert "no budget bounds" in error["message"]
    desk.local.control("PUT", f"business/spending/{ADVERTISER}", {"speed": 20})
    desk.advance(3_600)
    desk.service.api("PUT", SETTING, {"limits": {"USD": "0.01"}})
    desk.local.fault("business.adgroup_get", "gateway", status=503, times=99)
    desk.pump()
    listed = desk.api("GET", "campaigns", accountId=ADVERTISER)["campaigns"]
    assert {one["status"] for one in listed} == {"DISABLE"}
