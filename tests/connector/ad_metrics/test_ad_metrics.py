"""Days of ads objects reach the store, stay true while TikTok revises them, and are served from
it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from stagedoor.connector.ad_metrics import reports
from stagedoor.connector.ad_metrics.models import (
    ad_metric_accounts,
    ad_metric_months,
    ad_objects,
)
from stagedoor.connector.ad_metrics.reports import _OF
from stagedoor.connector.data_rules.settings import DAYS_AFTER_REMOVAL
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations.accounts import CredentialKind
from stagedoor.connector.sync import sync_run
from stagedoor.platform.products.business_ads import AdFilters
from tests.connector.ad_metrics.conftest import ENDED, AdsStudio
from tests.connector.conftest import Service
from tests.support.business_connecting import ADVERTISER, connect_business

HOUR, DAY = 3_600.0, 86_400.0
LEVELS = 3
"""Reports are read of campaigns, ad groups and ads."""
ADDITIVE = ("impressions", "clicks", "conversions", "videoPlays", "likes", "follows")
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def at_tiktok(ads: AdsStudio, campaign_id: str, first: str, last: str) -> dict[str, Any]:
    """The rows of TikTok's own report, by day."""
    answer = ads.tiktok.reports.page(
        data_level="AUCTION_CAMPAIGN",
        dimensions=("campaign_id", "stat_time_day"),
        metrics=("spend", "impressions", "conversion", "ctr", "cpc", "frequency"),
        start_date=date.fromisoformat(first),
        end_date=date.fromisoformat(last),
        page_size=1_000,
    )
    return {
        row.dimensions["stat_time_day"][:10]: row.metrics
        for row in answer.list
        if row.dimensions["campaign_id"] == campaign_id
    }


def stored(ads: AdsStudio) -> int:
    """The number of rows that are stored of ads."""
    with ads.service.services.database.read() as connection:
        return sum(
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (ad_metric_accounts, ad_metric_months, ad_objects)
        )


def test_the_last_thirty_days_are_read_at_once_and_served_from_the_store(ads: AdsStudio) -> None:
    campaign, asked = ads.campaign(), ads.reports()
    shown = ads.metrics(campaign)
    assert ads.reports() == asked == 2 * LEVELS  # for each ad account
    assert (shown["accountId"], shown["currency"]) == (ADVERTISER, "USD")
    rows = shown["rows"]
    assert [rows[0]["date"], rows[-1]["date"]] == [ads.before(29), ads.before(0)]
    assert len(rows) == 30
    for name in ADDITIVE:
        assert shown["totals"][name] == sum(row[name] for row in rows) > 0
    assert Decimal(shown["totals"]["spend"]) == sum(Decimal(row["spend"]) for row in rows)
    assert shown["totals"].keys() == rows[0].keys() - {"date", "reach", "frequency"}
    assert shown["finalUntil"] == ads.before(29)
    told = at_tiktok(ads, campaign, ads.before(20), ads.before(2))
    for row in rows[9:28]:
        theirs = told[row["date"]]
        assert (row["spend"], str(row["impressions"])) == (theirs["spend"], theirs["impressions"])
        assert str(row["conversions"]) == theirs["conversion"]
        assert (row["ctr"], row["cpc"]) == (float(theirs["ctr"]), theirs["cpc"])
        assert row["frequency"] == float(theirs["frequency"])


def test_days_that_the_store_lacks_are_read_once(ads: AdsStudio) -> None:
    campaign, asked = ads.campaign(ENDED), ads.reports()
    year = ads.metrics(campaign, from_=ads.before(365))
    calls = ads.reports() - asked
    assert 0 < calls <= 13
    assert len(year["rows"]) == 366
    assert Decimal(year["totals"]["spend"]) > 1_000
    assert ads.metrics(campaign, from_=ads.before(365)) == year
    assert ads.reports() - asked == calls
    part = ads.metrics(campaign, from_=ads.before(70), to=ads.before(40))
    assert part["rows"] == [
        row for row in year["rows"] if ads.before(70) <= row["date"] <= ads.before(40)
    ]


def test_ad_groups_and_ads_add_up_to_their_campaign(ads: AdsStudio) -> None:
    campaign, asked = ads.campaign(), ads.reports()
    listed: dict[str, tuple[Any, str, str]] = {
        "ad-groups": (ads.tiktok.ad_groups, "adgroup_id", "adGroupId"),
        "ads": (ads.tiktok.ads, "ad_id", "adId"),
    }
    whole = ads.metrics(campaign)
    for of, (calls, theirs, ours) in listed.items():
        found = calls.list(filtering={"campaign_ids": (campaign,)}).list
        parts = {getattr(one, theirs): ads.metrics(getattr(one, theirs), of) for one in found}
        assert all(shown[ours] == id for id, shown in parts.items())
        for name in (*ADDITIVE, "spend"):
            total = sum(Decimal(shown["totals"][name]) for shown in parts.values())
            assert total == Decimal(whole["totals"][name])
        [*_, some] = parts.values()
        assert [row["date"] for row in some["rows"]] == [row["date"] for row in whole["rows"]]
        assert some["finalUntil"] == whole["finalUntil"]
    assert ads.reports() == asked
    # older days are read once, and of this object alone
    older = {"from_": ads.before(60), "to": ads.before(50)}
    [*_, ad] = parts
    first = ads.metrics(ad, "ads", **older)
    assert ads.metrics(ad, "ads", **older) == first
    assert ads.reports() == asked + 1
    for level, id in (("ads", campaign), ("ad-groups", ad)):
        path = f"/api/ads/{level}/{id}/metrics"
        assert ads.service.send("GET", path).status_code == 404
    path = f"/api/ads/ads/{ad}/metrics"
    assert ads.service.send("GET", path, org="other").status_code == 404


@sqlite_only
def test_a_campaign_is_found_before_anything_was_read(connected: AdsStudio) -> None:
    campaign = connected.campaign()
    shown = connected.metrics(campaign)
    assert Decimal(shown["totals"]["spend"]) > 1_000
    assert shown["finalUntil"] == connected.before(29)
    asked = connected.reports()
    assert connected.metrics(campaign) == shown
    assert connected.reports() == asked
    filtering = AdFilters(campaign_ids=(campaign,))
    ad = str(connected.tiktok.ads.list(filtering=filtering).list[0].ad_id)
    assert Decimal(connected.metrics(ad, "ads")["totals"]["spend"]) > 0


def conversions(ads: AdsStudio, shown: dict[str, Any]) -> tuple[int, int]:
    """The total that is shown, and TikTok's own."""
    first, last = shown["rows"][0]["date"], shown["rows"][-1]["date"]
    told = at_tiktok(ads, shown["campaignId"], first, last)
    return shown["totals"]["conversions"], sum(int(one["conversion"]) for one in told.values())


@sqlite_only
def test_revised_days_are_read_again_until_they_are_final(ads: AdsStudio) -> None:
    campaign = ads.campaign()
    days = {"from_": ads.before(8), "to": ads.before(1)}
    shown = before = ads.metrics(campaign, **days)
    first, now = conversions(ads, before)
    assert first == now > 0
    passed = 0
    while now == first:  # few conversions of an ad come late on any one day
        passed += 1
        assert passed < 20
        ads.pump(DAY)
        shown = ads.metrics(campaign, **days)
        now, theirs = conversions(ads, shown)
        assert now == theirs
    assert now > first
    assert shown["finalUntil"] > before["finalUntil"]
    for _ in range(4):
        ads.pump(7 * DAY)
    final = ads.metrics(campaign, **days)
    assert final["finalUntil"] >= days["to"]
    last, theirs = conversions(ads, final)
    assert now < last == theirs


@sqlite_only
def test_days_of_a_pause_are_made_up_for(ads: AdsStudio) -> None:
    service, campaign, day = ads.service, ads.campaign(), ads.before(27)
    service.api("POST", "/api/sync/pause/ads-metrics", {})
    ads.pump(40 * DAY)
    stale = ads.metrics(campaign, from_=day, to=day)
    assert stale["finalUntil"] < day
    service.api("POST", "/api/sync/resume/ads-metrics", {})
    ads.pump()
    asked = ads.reports()
    shown = ads.metrics(campaign, from_=ads.before(90))
    assert ads.reports() - asked == 1  # older than what was ever read
    told = at_tiktok(ads, campaign, day, ads.before(40))
    [row] = [one for one in shown["rows"] if one["date"] == day]
    assert str(row["conversions"]) == told[day]["conversion"]
    assert shown["finalUntil"] == ads.before(29)
    assert all(Decimal(row["spend"]) > 0 for row in shown["rows"])


@sqlite_only
def test_the_newest_days_are_read_every_hour(ads: AdsStudio) -> None:
    campaign, asked = ads.campaign(), ads.reports()
    before = ads.metrics(campaign)["rows"]
    ads.pump(1_000.0)
    assert ads.reports() == asked
    ads.pump(HOUR)
    assert ads.reports() == asked + 2 * LEVELS
    after = {row["date"]: row for row in ads.metrics(campaign)["rows"]}
    newest = [row for row in before if row["date"] >= ads.before(1)]
    assert any(after[row["date"]]["impressions"] > row["impressions"] for row in newest)


@sqlite_only
def test_a_trigger_reads_at_once_and_as_far_back_as_it_says(ads: AdsStudio) -> None:
    asked, campaign = ads.reports(), ads.campaign()
    ads.trigger()
    assert ads.reports() == asked  # it was read just now
    ads.trigger(options={"force": True})
    assert ads.reports() == asked + 2 * LEVELS
    ads.trigger("all", options={"startDate": f"{ads.before(85)}T00:00:00Z"})
    read = ads.reports()
    assert read == asked + 6 * LEVELS  # two windows of each ad account
    assert len(ads.metrics(campaign, from_=ads.before(85))["rows"]) == 86
    assert ads.reports() == read


@sqlite_only
def test_a_large_report_is_read_page_by_page_in_several_runs(
    connected: AdsStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_run, "CALLS", 1)
    monkeypatch.setattr(reports, "MAX_ROWS", 12)
    connected.local.fault("business.report_integrated_get", "status", status=500, times=4, skip=1)
    for _ in range(4):
        connected.pump(61.0)
    shown = connected.metrics(connected.campaign())
    assert all(Decimal(row["spend"]) > 0 for row in shown["rows"][:-1])
    calls = connected.local.calls("business.report_integrated_get")
    # the pages of the one ad account, the empty ones of the other; none twice, though some failed
    pages = len([call for call in calls if call["status"] == 200])
    assert pages == LEVELS + sum(-(-rows_of(connected, level) // 12) for level in _OF.values())


def rows_of(ads: AdsStudio, of: tuple[Any, Any]) -> int:
    """The days of the last 30 on which objects of a level were delivered."""
    level, dimension = of
    answer = ads.tiktok.reports.page(
        data_level=level,
        dimensions=(dimension, "stat_time_day"),
        metrics=("spend",),
        start_date=date.fromisoformat(ads.before(29)),
        end_date=ads.today,
        page_size=1_000,
    )
    return answer.page_info.total_number


@sqlite_only
def test_an_ad_account_that_tiktok_refuses_holds_up_no_other(connected: AdsStudio) -> None:
    operation = "business.report_integrated_get"
    connected.local.fault(operation, "status", status=400, code="40002", times=1)
    connected.pump()
    [status] = [
        one
        for one in connected.service.api("GET", "/api/sync/status")["types"]
        if one["syncType"] == "ads-metrics"
    ]
    assert (status["failing"], status["accounts"]) == (0, 1)
    assert connected.reports() == 1 + LEVELS
    connected.pump(HOUR + 60)
    asked = connected.reports()
    assert connected.metrics(connected.campaign())["rows"]
    assert connected.reports() == asked


@sqlite_only
def test_a_full_rate_limit_is_no_failure(connected: AdsStudio) -> None:
    connected.local.fault("business.report_integrated_get", "rate_limit", times=1)
    connected.pump()
    assert connected.service.api("GET", "/api/sync/status")["problems"] == []
    connected.pump(61.0)
    types = connected.service.api("GET", "/api/sync/status")["types"]
    assert [one["lastSuccessAt"] is not None for one in types if one["accounts"]] == [True, True]


@sqlite_only
def test_bad_questions_are_refused_by_path(ads: AdsStudio) -> None:
    service, campaign = ads.service, ads.campaign()
    path = f"/api/ads/campaigns/{campaign}/metrics"
    questions: list[tuple[dict[str, Any], str]] = [
        ({"from": ads.before(1), "to": ads.before(2)}, "query.from"),
        ({"from": ads.before(400), "to": ads.before(2)}, "query.from"),
        ({"from": "yesterday"}, "query.from"),
        ({"from": "0001-01-01", "to": "0001-01-05"}, "query.from"),
        ({"from": ads.before(-2), "to": ads.before(-4)}, "query.from"),
        ({"granularity": "hour"}, "query.granularity"),
    ]
    for query, name in questions:
        answer = service.send("GET", path, **query)
        assert answer.status_code == 400, answer.text
        assert [one["path"] for one in answer.json()["error"]["detail"]["problems"]] == [name]
    fine: dict[str, Any] = {"from": ads.before(365)}
    assert service.send("GET", path, **fine).status_code == 200
    for other in ("1", "x" * 30, "9" * 30, "٣"):
        answer = service.send("GET", f"/api/ads/campaigns/{other}/metrics")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_another_organisations_campaign_is_no_campaign(ads: AdsStudio) -> None:
    service, campaign = ads.service, ads.campaign()
    path = f"/api/ads/campaigns/{campaign}/metrics"
    assert service.send("GET", path, role="viewer").status_code == 200
    assert service.send("GET", path, org="other").status_code == 404
    begun = service.api("POST", "/api/sync/trigger", {"syncType": "ads-metrics"}, org="other")
    assert [one["accounts"] for one in begun["triggered"]] == [0]


def test_a_deleted_connection_takes_its_data_with_it(ads: AdsStudio) -> None:
    campaign = ads.campaign()
    assert stored(ads) > 0
    ads.service.api("DELETE", f"/api/integrations/{ads.account}")
    path = f"/api/ads/campaigns/{campaign}/metrics"
    assert ads.service.send("GET", path).status_code == 404
    ads.pump()
    assert stored(ads) == 0
    asked = ads.reports()
    ads.pump(DAY)
    assert ads.reports() == asked


@sqlite_only
def test_what_another_connection_reaches_stays(ads: AdsStudio) -> None:
    with ads.service.services.database.begin() as connection:
        # as a second person's consent for the same ad account leaves it
        tenant = TenantConnection(connection, "acme")
        services = ads.service.services
        record = services.integrations.locked(tenant, ads.account)
        assert record is not None
    other = ads.service.connect()
    moved = connect_business(ads.service, integrationId=other)
    assert moved["integration"] == "connected"
    before = stored(ads)
    ads.pump()
    assert stored(ads) == before
    shown = ads.metrics(ads.campaign())
    assert len(shown["rows"]) == 30
    types = ads.service.api("GET", "/api/sync/status")["types"]
    states = [one for one in types if one["syncType"] != "comments"]
    assert {one["accounts"] for one in states} == {1}  # none is left of the record that it left


def test_a_removed_authorization_stops_reading_and_its_data_goes_in_time(ads: AdsStudio) -> None:
    integrations = ads.service.services.integrations
    grant = integrations.get("acme", ads.account).must_have(CredentialKind.ADS).grant
    campaign, asked = ads.campaign(), ads.reports()
    assert integrations.removed(grant.id, 1)
    ads.pump(2 * DAY)
    assert ads.reports() == asked
    assert len(ads.metrics(campaign, to=ads.before(2))["rows"]) == 30
    ads.pump(DAYS_AFTER_REMOVAL * 86_400)
    assert stored(ads) == 0
    assert connect_business(ads.service)["integration"] == "connected"
    ads.pump()
    assert ads.reports() > asked


@sqlite_only
def test_a_connection_again_keeps_what_was_read(ads: AdsStudio) -> None:
    integrations = ads.service.services.integrations
    integrations.removed(
        integrations.get("acme", ads.account).must_have(CredentialKind.ADS).grant.id, 1
    )
    ads.pump(DAY)
    assert connect_business(ads.service)["integrationId"] == ads.account
    before = stored(ads)
    ads.pump(DAYS_AFTER_REMOVAL * 86_400)
    assert stored(ads) >= before


@sqlite_only
def test_changed_reports_are_read_at_once(ads: AdsStudio, service_without_worker: Service) -> None:
    follow = service_without_worker.services.ads_webhooks.heard
    [holder] = service_without_worker.services.integrations.holders_of_ad_account(
        ads.service.services.apps.of_org("acme", CredentialKind.ADS.app).id, ADVERTISER
    )
    asked = ads.reports()
    content = {"advertiser_id": ADVERTISER, "data_level": "AUCTION_CAMPAIGN"}
    assert follow(holder, "ads.report_changed", content, ads.service.services.clock.now())
    ads.pump()
    assert ads.reports() == asked + LEVELS  # of this ad account alone
