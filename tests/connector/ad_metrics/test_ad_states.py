"""Changes of delivery states become events, each once, whichever way they are heard of first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from stagedoor.connector.ad_metrics.news import AdNews
from stagedoor.connector.ad_metrics.objects import AdLevel
from stagedoor.connector.ad_metrics.states import (
    AdObjectState,
    ObjectSnapshot,
    news,
    next_state,
    state_before_first_seen,
)
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.sync import sync_run
from stagedoor.connector.sync.types import ads_status
from stagedoor.connector.webhooks.watching import Watched, watch
from stagedoor.platform.products.business_ads import NewCreative
from stagedoor.platform.products.business_events import SubscribeEntity
from tests.connector.ad_metrics.conftest import AdsStudio
from tests.support.business_connecting import ADVERTISER

HOUR, DAY = 3_600.0, 86_400.0
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def group_of(ads: AdsStudio, campaign: str, **more: Any) -> str:
    """A new ad group that begins now."""
    start = datetime.fromtimestamp(ads.service.services.clock.now(), UTC)
    values: dict[str, Any] = {
        "campaign_id": campaign,
        "adgroup_name": "US",
        "promotion_type": "WEBSITE",
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ("PLACEMENT_TIKTOK",),
        "location_ids": ("6252001",),
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 48,
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": f"{start:%Y-%m-%d %H:%M:%S}",
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH",
    }
    return str(ads.tiktok.ad_groups.create(**(values | more)).adgroup_id)


def ad_in(ads: AdsStudio, group: str) -> str:
    """A new ad of the same post as a seeded one."""
    like = ads.tiktok.ads.list().list[0]
    creative: dict[str, Any] = {
        "ad_name": "New",
        "ad_format": "SINGLE_VIDEO",
        "identity_type": like.identity_type,
        "identity_id": like.identity_id,
        "tiktok_item_id": like.tiktok_item_id,
        "landing_page_url": "https://shop.example.com/",
        "call_to_action": "LEARN_MORE",
    }
    made = ads.tiktok.ads.create(adgroup_id=group, creatives=(NewCreative(**creative),))
    return str(made.creatives[0].ad_id)


def test_a_first_reading_is_no_news_and_a_pause_is_told_once(ads: AdsStudio) -> None:
    ads.subscribed("ads.paused", "ads.resumed")
    assert ads.events() == []
    campaign = ads.campaign()
    ads.tiktok.campaigns.update_status(campaign_ids=(campaign,), operation_status="DISABLE")
    for _ in range(2):
        ads.states()
    [event] = ads.events()  # neither its ad groups nor its ads were paused themselves
    assert (event["event"], event["integrationId"]) == ("ads.paused", ads.account)
    assert event["content"]["campaign_id"] == campaign
    assert event["content"]["secondary_status"] == "CAMPAIGN_STATUS_DISABLE"
    assert ads.told() == ["ads.paused"]
    ads.tiktok.campaigns.update_status(campaign_ids=(campaign,), operation_status="ENABLE")
    for _ in range(2):
        ads.states()
    assert [one["event"] for one in ads.events()] == ["ads.paused", "ads.resumed"]
    assert ads.told() == ["ads.paused", "ads.resumed"]
    assert ads.service.api("GET", "/api/webhooks/received", org="other")["events"] == []


@sqlite_only
def test_the_end_of_a_budget_is_told_each_day(ads: AdsStudio) -> None:
    ads.begin_at(8)
    ads.local.control("PUT", f"business/spending/{ADVERTISER}", {"speed": 50})
    for _ in range(3):
        ads.states(2 * HOUR)
    ended = [one for one in ads.events("ads.budget_exhausted") if _is_campaign(one)]
    assert len(ended) == 1
    assert ended[0]["content"]["secondary_status"] == "CAMPAIGN_STATUS_BUDGET_EXCEED"
    ads.local.control("PUT", f"business/spending/{ADVERTISER}", {"speed": 0})
    ads.states(DAY)
    ads.local.control("PUT", f"business/spending/{ADVERTISER}", {"speed": 50})
    ads.states(2 * HOUR)
    assert len([one for one in ads.events("ads.budget_exhausted") if _is_campaign(one)]) == 2


def _is_campaign(event: dict[str, Any]) -> bool:
    return "campaign_name" in event["content"]


@sqlite_only
def test_the_end_of_a_schedule_is_told(ads: AdsStudio) -> None:
    end = datetime.fromtimestamp(ads.service.services.clock.now() + 2 * DAY, UTC)
    schedule = {
        "schedule_type": "SCHEDULE_START_END",
        "schedule_end_time": f"{end:%Y-%m-%d %H:%M:%S}",
    }
    group = group_of(ads, ads.campaign(), **schedule)
    ad_in(ads, group)
    for _ in range(4):
        ads.states(DAY)
    [ended] = ads.events("ads.schedule_ended")
    assert ended["content"]["adgroup_id"] == group


def watched(ads: AdsStudio, ad: str) -> None:
    with ads.service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        one = Watched(SubscribeEntity.AD, ADVERTISER, ad)
        watch(tenant, ads.service.services.clock, one)
    ads.pump()


def decided(ads: AdsStudio, ad: str, verdict: str, *reasons: str) -> None:
    body = {"verdict": verdict, "reasons": reasons}
    ads.local.control("PUT", f"business/reviews/ad/{ad}", body)


def reviews(ads: AdsStudio, ad: str) -> list[tuple[str, str]]:
    """The reviews of an ad that are listed: the outcome, and whether a webhook told it."""
    return [
        (one["content"]["review_status"], "webhook" if "log_id" in one["content"] else "list")
        for one in ads.events("ads.ad_review")
        if one["content"].get("ad_id") == ad
    ]


def test_a_review_that_a_webhook_tells_first_is_told_once(ads: AdsStudio) -> None:
    ad = ad_in(ads, group_of(ads, ads.campaign()))
    ads.subscribed("ads.ad_review")
    watched(ads, ad)
    decided(ads, ad, "rejected", "Landing page not working.")

    def told() -> list[tuple[str, str]]:
        ads.pump()
        return reviews(ads, ad)

    ads.service.until(told, what="the webhook")
    for _ in range(2):
        ads.states()
    assert reviews(ads, ad) == [("UNAVAILABLE", "webhook")]
    assert ads.told() == ["ads.ad_review"]


def test_a_review_that_a_list_has_first_is_told_once(ads: AdsStudio) -> None:
    ad = ad_in(ads, group_of(ads, ads.campaign()))
    ads.subscribed("ads.ad_review")
    decided(ads, ad, "rejected", "Landing page not working.")
    ads.states()
    assert reviews(ads, ad) == [("UNAVAILABLE", "list")]
    late = {
        "advertiser_id": ADVERTISER,
        "campaign_id": ads.campaign(),
        "adgroup_id": "1",
        "ad_id": ad,
        "review_status": "UNAVAILABLE",
        "log_id": "1",
    }
    services = ads.service.services
    follow = services.ads_webhooks.heard
    [holder] = services.integrations.holders_of_ad_account(ads_app(ads), ADVERTISER)
    assert follow(holder, "ads.ad_review", late, services.clock.now()) is False
    assert ads.told() == ["ads.ad_review"]
    # another outcome is news again, an older one isn't
    old = late | {"review_status": "ALL_AVAILABLE"}
    assert follow(holder, "ads.ad_review", old, services.clock.now() - DAY)
    assert ads.told() == ["ads.ad_review"]
    assert follow(holder, "ads.ad_review", old, services.clock.now() + 1)
    assert follow(holder, "ads.ad_review", old, services.clock.now() + 1)
    assert ads.told() == ["ads.ad_review", "ads.ad_review"]


def ads_app(ads: AdsStudio) -> str:
    record = ads.service.services.integrations.get("acme", ads.account)
    return record.grant.app_id


@sqlite_only
def test_a_new_ad_that_is_approved_is_told(ads: AdsStudio) -> None:
    ad = ad_in(ads, group_of(ads, ads.campaign()))
    decided(ads, ad, "approved")
    ads.states()
    assert reviews(ads, ad) == [("ALL_AVAILABLE", "list")]


@sqlite_only
def test_long_lists_are_read_in_several_runs(
    connected: AdsStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_run, "CALLS", 1)
    monkeypatch.setattr(ads_status, "_PAGE", 2)
    connected.pump()
    lists = ("business.campaign_get", "business.adgroup_get", "business.ad_get")
    calls = [len(connected.local.calls(one)) for one in lists]
    assert calls == [2 + 1, 2 + 1, 3 + 1]  # three, four and five objects, and an empty account
    assert connected.events() == []
    campaign = connected.campaign()
    connected.tiktok.campaigns.update_status(campaign_ids=(campaign,), operation_status="DISABLE")
    connected.states()
    assert [one["event"] for one in connected.events()] == ["ads.paused"]


@sqlite_only
def test_an_unproven_delivery_only_reads_again(ads: AdsStudio) -> None:
    services = ads.service.services
    [holder] = services.integrations.holders_of_ad_account(ads_app(ads), ADVERTISER)
    asked = len(ads.local.calls("business.ad_get"))
    content = {"advertiser_id": ADVERTISER, "ad_id": "1"}
    assert services.ads_webhooks.heard(holder, "ads.read_again", content, 0.0)
    ads.pump()
    assert len(ads.local.calls("business.ad_get")) == asked + 1  # of this ad account alone
    assert ads.events() == []


def test_a_list_that_was_asked_for_before_a_webhook_came_is_older(ads: AdsStudio) -> None:
    services, now = ads.service.services, ads.service.services.clock.now()
    tell = AdNews(services.clock, services.events)
    content = {"campaign_id": "2", "adgroup_id": "3", "ad_id": "1", "review_status": "UNAVAILABLE"}
    ads.subscribed("ads.*")
    with services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        of = (tenant, ads.account, ADVERTISER, AD)
        tell.listed(*of, [seen(AD, "AD_STATUS_AUDIT")], now, first=False)
        assert tell.heard(tenant, ADVERTISER, AD, content, now + 2)
        tell.listed(*of, [seen(AD, "AD_STATUS_DELIVERY_OK")], now + 1, first=False)
        tell.listed(*of, [seen(AD, "AD_STATUS_AUDIT_DENY")], now + 3, first=False)
        assert tell.heard(tenant, ADVERTISER, AD, content, now + 2)  # a repetition of the delivery
    assert ads.told() == ["ads.ad_review"]


def seen(level: AdLevel, status: str | None, switch: str = "ENABLE") -> ObjectSnapshot:
    return ObjectSnapshot(level, "1", "2", "3", "A name", switch, status)


GROUP, AD, CAMPAIGN = AdLevel.AD_GROUP, AdLevel.AD, AdLevel.CAMPAIGN


@pytest.mark.parametrize(
    ("level", "states", "told"),
    [
        # what a campaign's pause hides of its ad groups comes back as it was
        (
            GROUP,
            ["ADGROUP_STATUS_BUDGET_EXCEED", "ADGROUP_STATUS_CAMPAIGN_DISABLE"] * 2,
            ["ads.budget_exhausted"],
        ),
        (GROUP, ["ADGROUP_STATUS_TIME_DONE", "ADGROUP_STATUS_DELIVERY_OK"], ["ads.schedule_ended"]),
        (GROUP, ["ADGROUP_STATUS_BALANCE_EXCEED"], ["ads.balance_exhausted"]),
        # the ends of an ad's delivery are its ad group's
        (AD, ["AD_STATUS_BUDGET_EXCEED", "AD_STATUS_DONE", "AD_STATUS_CAMPAIGN_DISABLE"], []),
        (AD, ["AD_STATUS_REAUDIT", "AD_STATUS_DELIVERY_OK"], ["ads.ad_review"]),
        (AD, ["AD_STATUS_AUDIT_DENY"] * 2, ["ads.ad_review"]),
        (AD, ["AD_STATUS_ADGROUP_AUDIT_DENY", "AD_STATUS_ADVERTISER_AUDIT"], []),
        (GROUP, ["ADGROUP_STATUS_REVIEW_PARTIALLY_APPROVED"], ["ads.ad_group_review"]),
        (CAMPAIGN, ["CAMPAIGN_STATUS_BUDGET_EXCEED", None], ["ads.budget_exhausted"]),
        (CAMPAIGN, [None, "CAMPAIGN_STATUS_NEW_WORD"], []),
    ],
)
def test_each_reason_is_judged_where_the_status_shows_it(
    level: AdLevel, states: list[str | None], told: list[str]
) -> None:
    state = AdObjectState("ENABLE", None, None if level is CAMPAIGN else "ALL_AVAILABLE")
    found: list[str] = []
    for status in states:
        now = next_state(state, seen(level, status))
        found += news(level, state, now)
        state = now
    assert found == told


def test_an_object_that_is_made_paused_was_not_paused() -> None:
    one = seen(AD, "AD_STATUS_DISABLE", "DISABLE")
    assert (
        list(news(AD, state_before_first_seen(one), next_state(state_before_first_seen(one), one)))
        == []
    )
