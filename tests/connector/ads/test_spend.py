"""The limit of what ads may spend in a day."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.counting import agreeing
from tests.connector.conftest import Service
from tests.support.ads_desk import ADVERTISER, OTHER_ADVERTISER, AdsDesk

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SETTING = "/api/settings/ad-spend"


def limit(desk: AdsDesk, **limits: str) -> dict[str, Any]:
    shown: dict[str, Any] = desk.service.api("PUT", SETTING, {"limits": limits})
    return shown


def exceeded(error: dict[str, Any]) -> dict[str, Any]:
    assert error["code"] == "spend_limit_exceeded", error
    return {name: error["detail"][name] for name in ("limit", "running", "asked", "total")}


def test_what_would_exceed_the_limit_is_refused_with_the_numbers(desk: AdsDesk) -> None:
    # the local TikTok has a campaign on already, whose ad groups may spend 100 a day
    campaign, group, _ = desk.tree()
    assert limit(desk, USD="160", EUR="5")["limits"][1]["limit"] == "160"
    status, error = desk.refused(
        "POST",
        "campaigns",
        {"accountId": ADVERTISER, "name": "More", "objective": "REACH", "budget": "70"},
    )
    assert status == 409
    assert exceeded(error) == {"limit": "160", "running": "100", "asked": "70", "total": "170"}
    assert len(desk.writes("campaign_create")) == 1
    status, error = desk.refused("PATCH", f"ad-groups/{group}", {"budget": "61"})
    assert exceeded(error)["asked"] == "61"
    status, error = desk.refused("POST", "ad-groups", desk.group_body(campaign, budget="20"))
    assert exceeded(error)["asked"] == "68"
    assert desk.api("PATCH", f"ad-groups/{group}", {"budget": "60"})["budget"] == "60"
    launched = desk.api("POST", f"campaigns/{campaign}/launch")
    assert launched["status"] == "ENABLE"
    # the other ad account is in euros, and has its own limit
    asked = {"accountId": OTHER_ADVERTISER, "name": "Euros", "objective": "REACH", "budget": "60"}
    assert exceeded(desk.refused("POST", "campaigns", asked)[1])["limit"] == "5"
    limit(desk, USD="159")
    longer = {"schedule": {"start": desk.at(60), "end": desk.at(86_400 * 30)}}
    assert exceeded(desk.refused("PATCH", f"ad-groups/{group}", longer)[1])["asked"] == "60"
    assert desk.api("POST", "campaigns", asked)["budget"] == "60"
    assert desk.api("POST", f"campaigns/{campaign}/pause")["status"] == "DISABLE"
    status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
    assert exceeded(error)["total"] == "160"
    assert limit(desk) == {"limits": [], "warnings": []}
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"


@SQLITE
def test_what_limits_leave_open_is_told(desk: AdsDesk) -> None:
    told = limit(desk, UDS="500")["warnings"]
    assert told == [
        "EUR has no limit, and 1 connected ad account is in it.",
        "USD has no limit, and 1 connected ad account is in it.",
        "No connected ad account is in UDS: its limit limits nothing now.",
    ]
    assert desk.service.api("GET", SETTING, role="viewer")["warnings"] == told
    assert limit(desk, USD="500", EUR="5")["warnings"] == []


def test_running_campaigns_are_paused_once_the_day_has_spent_the_limit(desk: AdsDesk) -> None:
    desk.service.api("POST", "/api/webhooks", {"url": "http://127.0.0.1:9/", "events": ["ads.*"]})
    limit(desk, USD="100000")
    desk.pump()
    [shown] = desk.service.api("GET", SETTING, role="viewer")["limits"]
    assert (shown["currency"], shown["reachedAt"]) == ("USD", None)
    assert shown["checkedAt"] is not None
    speed = {"speed": 20}
    desk.local.control("PUT", f"business/spending/{ADVERTISER}", speed)
    desk.pump(3_600)
    spent = float(desk.service.api("GET", SETTING)["limits"][0]["spentToday"])
    assert spent > 1
    running = running_in(desk)
    assert running
    assert limit(desk, USD=f"{spent * 1000:.2f}", EUR="1000")["warnings"] == []
    [warning] = limit(desk, USD=f"{spent / 2:.2f}", EUR="1000")["warnings"]
    assert "USD is reached" in warning
    assert "are paused now" in warning
    limit(desk, USD=f"{spent / 2:.2f}")
    desk.pump()
    assert running_in(desk) == []
    [shown] = desk.service.api("GET", SETTING)["limits"]
    assert shown["reachedAt"] is not None
    [notice] = desk.notices("ads.spendLimitReached")
    assert sorted(notice["detail"]["paused"]) == sorted(running)
    assert agreeing(len(running), "campaign", "was paused", "were paused") in notice["message"]
    changes = desk.api("GET", f"campaigns/{running[0]}")["changes"]
    assert [(one["action"], one["by"]) for one in changes] == [("pause", "spend limit")]
    _status, error = desk.refused("POST", f"campaigns/{running[0]}/launch")
    assert error["code"] in ("spend_limit_exceeded", "launch_blocked")
    [webhook] = desk.service.api("GET", "/api/webhooks")["webhooks"]
    told = desk.service.api("GET", f"/api/webhooks/{webhook['id']}/deliveries")["deliveries"]
    assert {one["type"] for one in told} == {"ads.campaignPaused", "ads.spendLimitReached"}
    desk.pump(301)
    assert len(desk.notices("ads.spendLimitReached")) == 1


def running_in(desk: AdsDesk) -> list[str]:
    found = desk.api("GET", "campaigns", accountId=ADVERTISER)["campaigns"]
    return [one["id"] for one in found if one["status"] == "ENABLE"]


@SQLITE
def test_nothing_is_switched_on_where_spend_or_budgets_cannot_be_read(desk: AdsDesk) -> None:
    campaign, _group, _ad = desk.tree()
    limit(desk, USD="100000")
    for operation in ("report_integrated_get", "campaign_get", "adgroup_get"):
        skip = {"campaign_get": 1, "adgroup_get": 2}.get(operation, 0)
        desk.local.fault(f"business.{operation}", "gateway", status=503, times=9, skip=skip)
        status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
        assert (status, error["code"], error["retryable"]) == (503, "spend_unreadable", True)
        asked = {"accountId": ADVERTISER, "name": operation, "objective": "REACH", "budget": "70"}
        assert not desk.service.send("POST", "/api/ads/campaigns", asked).is_success
        desk.local.control("DELETE", "faults")
    assert desk.writes("ad_status_update") == []
    assert len(desk.writes("campaign_create")) == 1
    assert desk.api("POST", f"campaigns/{campaign}/pause")["status"] == "DISABLE"
    desk.local.fault("business.report_integrated_get", "gateway", status=503, times=99)
    for _ in range(6):
        desk.pump(61)
    assert len(desk.notices("ads.spendUnreadable")) == 1
    desk.local.control("DELETE", "faults")
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"


@SQLITE
def test_only_admins_set_the_limit_and_each_organisation_has_its_own(
    desk: AdsDesk, service_without_worker: Service
) -> None:
    body = {"limits": {"USD": "10"}}
    for role in ("viewer", "member"):
        assert service_without_worker.send("PUT", SETTING, body, role=role).status_code == 403
    for wrong in (
        {"usd": "1"},
        {"USD": "0"},
        {"USD": "-1"},
        {"USD": True},
        {"USD": 0},
        {"USD": "1e3"},
    ):
        refused = service_without_worker.send("PUT", SETTING, {"limits": wrong})
        assert refused.status_code == 400
    for finer in ({"USD": "10.005"}, {"JPY": "0.5"}, {"KWD": "1.0005"}):
        refused = service_without_worker.send("PUT", SETTING, {"limits": finer})
        [problem] = refused.json()["error"]["detail"]["problems"]
        assert problem["path"] == f"limits.{next(iter(finer))}"
        assert "is finer than" in problem["reason"]
    limit(desk, USD="10.500", JPY="5.0", KWD="1.005")
    assert service_without_worker.api("PUT", SETTING, {"limits": {"USD": 10}}) == limit(
        desk, USD="10"
    )
    assert service_without_worker.api("GET", SETTING, org="other") == {
        "limits": [],
        "warnings": [],
    }
