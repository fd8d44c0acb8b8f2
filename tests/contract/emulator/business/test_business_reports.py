"""Reports: dimensions and totals, filters and order, attribution, zones, refusals."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stagedoor.platform.products import business_ads as ads
from stagedoor.platform.products.business_reports import NUMBERS, REPORT_INTEGRATED_GET
from tests.support.advertiser import Advertiser

from ..conftest import TikTok

DAY = 86_400
ADDITIVE = (
    *("spend", "impressions", "clicks", "conversion", "real_time_conversion", "result"),
    *("video_play_actions", "video_views_p100", "likes", "complete_payment"),
)
LEVELS = {
    "AUCTION_ADVERTISER": "advertiser_id",
    "AUCTION_CAMPAIGN": "campaign_id",
    "AUCTION_ADGROUP": "adgroup_id",
    "AUCTION_AD": "ad_id",
}


def today(advertiser: Advertiser, zone: str = "America/New_York") -> date:
    return datetime.fromtimestamp(advertiser.world.now(), ZoneInfo(zone)).date()


def days(advertiser: Advertiser, first: int, last: int) -> dict[str, str]:
    """The range from one day to another, counted back from today."""
    now = today(advertiser)
    return {
        "start_date": str(now - timedelta(days=first)),
        "end_date": str(now - timedelta(days=last)),
    }


def report(
    advertiser: Advertiser, level: str, *dimensions: str, **values: Any
) -> list[dict[str, Any]]:
    """All rows, with dimensions and metrics side by side."""
    asked = {"report_type": "BASIC", "data_level": level, "page_size": 1_000}
    data = advertiser.ask(
        REPORT_INTEGRATED_GET, **(asked | {"dimensions": list(dimensions)} | values)
    )
    assert data["page_info"]["total_page"] <= 1
    return [row["metrics"] | row["dimensions"] for row in data["list"]]


def total(rows: list[dict[str, Any]], metric: str) -> Decimal:
    return sum((Decimal(row[metric]) for row in rows), Decimal(0))


def condition(name: str, kind: str, value: Any) -> dict[str, str]:
    return {"field_name": name, "filter_type": kind, "filter_value": json.dumps(value)}


def refused(advertiser: Advertiser, **changed: Any) -> tuple[int, str]:
    values = {
        "report_type": "BASIC",
        "data_level": "AUCTION_AD",
        "dimensions": ["ad_id", "stat_time_day"],
        **days(advertiser, 7, 1),
    }
    given = {name: value for name, value in (values | changed).items() if value is not None}
    return advertiser.refused(REPORT_INTEGRATED_GET, **given)


def test_additive_metrics_add_up_across_levels_and_times(advertiser: Advertiser) -> None:
    week = {"metrics": [*ADDITIVE, "reach"]} | days(advertiser, 9, 3)
    by_level = {
        level: report(advertiser, level, name, "stat_time_day", **week)
        for level, name in LEVELS.items()
    }
    whole = report(advertiser, "AUCTION_ADVERTISER", "advertiser_id", **week)
    assert len(whole) == 1
    assert len(by_level["AUCTION_AD"]) == 7 * 3
    for metric in ADDITIVE:
        told = {level: total(rows, metric) for level, rows in by_level.items()}
        assert set(told.values()) == {Decimal(whole[0][metric])}, metric
        assert told["AUCTION_AD"] > 0
    for level, rows in by_level.items():
        assert total(rows, "reach") > int(whole[0]["reach"]), level
    day = {"metrics": list(ADDITIVE)} | days(advertiser, 3, 3)
    by_hour = report(advertiser, "AUCTION_AD", "ad_id", "stat_time_hour", **day)
    by_day = report(advertiser, "AUCTION_AD", "ad_id", **day)
    assert len(by_hour) == 3 * 24
    for metric in ADDITIVE:
        assert total(by_hour, metric) == total(by_day, metric), metric


def test_audience_rows_add_up_to_the_basic_report_and_follow_targeting(
    advertiser: Advertiser,
) -> None:
    week = {"metrics": ["spend", "impressions", "clicks"]} | days(advertiser, 9, 3)
    basic = report(advertiser, "AUCTION_ADGROUP", "adgroup_id", "stat_time_day", **week)
    for dimensions in (("gender",), ("age", "gender"), ("country_code",), ("platform", "ac")):
        rows = report(
            advertiser,
            "AUCTION_ADGROUP",
            "adgroup_id",
            "stat_time_day",
            *dimensions,
            report_type="AUDIENCE",
            **week,
        )
        for metric in week["metrics"]:
            assert total(rows, metric) == total(basic, metric), dimensions
    ages: dict[str, set[str]] = defaultdict(set)
    for row in report(
        advertiser, "AUCTION_ADGROUP", "adgroup_id", "age", report_type="AUDIENCE", **week
    ):
        ages[row["adgroup_id"]].add(row["age"])
    assert sorted(ages.values(), key=len) == [{"AGE_35_44"}, {"AGE_18_24", "AGE_25_34"}]


def test_spend_is_what_the_balance_lost_and_follows_the_switch(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    def told() -> Decimal:
        life = report(advertiser, "AUCTION_AD", "ad_id", query_lifetime=True)
        return total(life, "spend")

    def spent() -> Decimal:
        return Decimal(tiktok.control("GET", f"business/spending/{advertiser.id}")["spent"])

    tiktok.advance(5 * 3_600)
    assert told() == spent() > 0
    running = advertiser.campaigns(primary_status="STATUS_DELIVERY_OK")
    ids = [one["campaign_id"] for one in running]
    advertiser.ask(ads.CAMPAIGN_STATUS_UPDATE, campaign_ids=ids, operation_status="DISABLE")
    before = told()
    tiktok.advance(2 * DAY)
    assert told() == spent() == before
    rows = report(
        advertiser, "AUCTION_CAMPAIGN", "campaign_id", "stat_time_day", **days(advertiser, 1, 0)
    )
    assert rows == []


def test_conversions_of_days_grow_for_28_days_and_nothing_else_does(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    campaign = advertiser.campaign(budget=800)["campaign_id"]
    advertiser.ad(advertiser.group(campaign, budget=800)["adgroup_id"])
    tiktok.advance(2 * DAY)  # a day with more than a hundred conversions
    tiktok.control("PUT", f"business/spending/{advertiser.id}", {"speed": 0})
    fixed = days(advertiser, 7, 1) | {"metrics": ["spend", "clicks", "conversion"]}
    seen = []
    for _ in range(31):
        (row,) = report(advertiser, "AUCTION_ADVERTISER", "advertiser_id", **fixed)
        seen.append(row)
        tiktok.advance(DAY)
    conversions = [int(row["conversion"]) for row in seen]
    assert conversions == sorted(conversions)
    assert conversions[0] < conversions[27]
    assert len(set(conversions[3:])) > 2, "some come late, in several steps"
    assert len({(row["spend"], row["clicks"]) for row in seen}) == 1
    assert conversions[27:] == [conversions[27]] * 4


def hours_of(day: date, zone: str) -> float:
    first, last = (
        datetime.combine(one, time(), ZoneInfo(zone)) for one in (day, day + timedelta(days=1))
    )
    return (last.timestamp() - first.timestamp()) / 3_600


@pytest.mark.parametrize("hours", [23, 25])
def test_a_day_of_a_clock_change_has_the_spending_of_its_hours(
    tiktok: TikTok, advertiser: Advertiser, hours: int
) -> None:
    zone = "America/New_York"
    coming = (today(advertiser) + timedelta(days=n) for n in range(400))
    found = next(one for one in coming if hours_of(one, zone) == hours)
    day, end = str(found), datetime.combine(found + timedelta(days=1), time(), ZoneInfo(zone))
    tiktok.control("PATCH", f"business/ad_accounts/{advertiser.id}", {"balance": "100000"})
    tiktok.advance(end.timestamp() - advertiser.world.now() + 60)
    asked = {"start_date": day, "end_date": day, "metrics": ["spend", "impressions"]}
    groups = condition("adgroup_name", "MATCH", "US 18-34")
    rows = report(
        advertiser,
        "AUCTION_ADGROUP",
        "adgroup_id",
        "stat_time_hour",
        filtering=[groups],
        **asked,
    )
    (whole,) = report(advertiser, "AUCTION_ADGROUP", "adgroup_id", filtering=[groups], **asked)
    assert total(rows, "spend") == Decimal(whole["spend"])
    assert total(rows, "impressions") == int(whole["impressions"])
    named = [row["stat_time_hour"] for row in rows]
    if hours == 23:
        assert f"{day} 02:00:00" not in named
        assert len(named) == 23
    else:
        by_hour = {row["stat_time_hour"][11:13]: Decimal(row["spend"]) for row in rows}
        assert by_hour["01"] > Decimal("1.9") * by_hour["00"]
        assert len(named) == 24  # the budget lasts for all 25 hours
        assert by_hour["23"] == pytest.approx(by_hour["00"], rel=Decimal("0.1"))


def test_filters_order_and_pages(advertiser: Advertiser) -> None:
    month = days(advertiser, 30, 1) | {"metrics": ["spend", "clicks", "ad_name", "campaign_name"]}
    basic = {"report_type": "BASIC", "data_level": "AUCTION_AD"} | month
    dimensions = ["ad_id", "stat_time_day"]
    whole = report(advertiser, "AUCTION_AD", *dimensions, **month)
    pages = []
    for number in (1, 2, 3, 4):
        data = advertiser.ask(
            REPORT_INTEGRATED_GET, dimensions=dimensions, page=number, page_size=40, **basic
        )
        pages += [row["metrics"] | row["dimensions"] for row in data["list"]]
        assert data["page_info"] == {
            "page": number,
            "page_size": 40,
            "total_number": len(whole),
            "total_page": 3,
        }
    assert pages == whole
    clicks = [
        int(row["clicks"])
        for row in report(advertiser, "AUCTION_AD", *dimensions, order_field="clicks", **month)
    ]
    assert clicks == sorted(clicks, reverse=True)
    least = clicks[10]
    kept = report(
        advertiser,
        "AUCTION_AD",
        *dimensions,
        filtering=[condition("clicks", "GREATER_EQUAL", str(least))],
        order_field="clicks",
        order_type="ASC",
        **month,
    )
    assert [int(row["clicks"]) for row in kept] == sorted(n for n in clicks if n >= least)
    names = condition("ad_name", "MATCH", "quick")
    found = report(advertiser, "AUCTION_AD", *dimensions, filtering=[names], **month)
    assert {row["ad_name"] for row in found} == {"Knife set, quick cut"}
    assert {row["campaign_name"] for row in found} == {"Knife set: visits of the shop"}
    ids = condition("ad_ids", "IN", [found[0]["ad_id"]])
    assert report(advertiser, "AUCTION_AD", *dimensions, filtering=[ids], **month) == found


def test_deleted_objects_are_hidden_unless_asked_for(advertiser: Advertiser) -> None:
    def found(**values: Any) -> set[str]:
        rows = report(advertiser, "AUCTION_CAMPAIGN", "campaign_id", query_lifetime=True, **values)
        return {row["campaign_id"] for row in rows}

    before = found()
    gone = advertiser.campaigns()[0]["campaign_id"]
    advertiser.ask(ads.CAMPAIGN_STATUS_UPDATE, campaign_ids=[gone], operation_status="DELETE")
    assert found() == before - {gone}
    for status, expected in (
        ("STATUS_ALL", before),
        ("STATUS_DELETE", {gone}),
        ("STATUS_NOT_DELETE", before - {gone}),
    ):
        assert found(filtering=[condition("campaign_status", "IN", [status])]) == expected


def test_totals_are_of_all_pages(advertiser: Advertiser) -> None:
    data = advertiser.ask(
        REPORT_INTEGRATED_GET,
        report_type="BASIC",
        data_level="AUCTION_AD",
        dimensions=["ad_id", "stat_time_day"],
        metrics=["spend", "impressions", "reach", "ad_name"],
        page_size=2,
        enable_total_metrics=True,
        **days(advertiser, 9, 3),
    )
    (whole,) = report(
        advertiser,
        "AUCTION_ADVERTISER",
        metrics=["spend", "impressions", "reach"],
        **days(advertiser, 9, 3),
    )
    assert len(data["list"]) == 2
    assert data["total_metrics"] == whole | {"ad_name": "-"}


def test_several_ad_accounts_have_columns_of_their_own(
    advertiser: Advertiser, empty: Advertiser
) -> None:
    rows = report(
        advertiser,
        "AUCTION_CAMPAIGN",
        "campaign_id",
        advertiser_ids=[advertiser.id, empty.id],
        **days(advertiser, 9, 3),
    )
    assert {(row["advertiser_id"], row["currency"]) for row in rows} == {(advertiser.id, "USD")}
    assert max(row["spend"] for row in rows) == "700"
    stranger = {"advertiser_ids": ["7100000000000009999"]}
    code, _ = refused(advertiser, **stranger)
    assert code == 40001


def test_several_ad_accounts_in_utc_have_shifted_days_and_hours(
    advertiser: Advertiser, empty: Advertiser
) -> None:
    both = {"advertiser_ids": [advertiser.id, empty.id]}
    wanted = {"metrics": ["spend", "impressions", "clicks"]}
    day = today(advertiser) - timedelta(days=5)
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC"))
    local = start.astimezone(ZoneInfo("America/New_York"))
    before = {"start_date": str(day - timedelta(days=1)), "end_date": str(day - timedelta(days=1))}
    same = {"start_date": str(day), "end_date": str(day)}
    hourly = [
        report(advertiser, "AUCTION_CAMPAIGN", "campaign_id", "stat_time_hour", **wanted, **one)
        for one in (before, same)
    ]
    shifted = {
        (
            row["campaign_id"],
            datetime.fromisoformat(row["stat_time_hour"]).replace(tzinfo=local.tzinfo),
        ): row["impressions"]
        for rows in hourly
        for row in rows
    }
    in_utc = both | {"multi_adv_report_in_utc_time": True}
    rows = report(
        advertiser, "AUCTION_CAMPAIGN", "campaign_id", "stat_time_hour", **wanted, **same, **in_utc
    )
    assert len({row["stat_time_hour"] for row in rows}) == 24
    for row in rows:
        moment = datetime.fromisoformat(row["stat_time_hour"]).replace(tzinfo=start.tzinfo)
        assert shifted[row["campaign_id"], moment.astimezone(local.tzinfo)] == row["impressions"]
    daily = report(
        advertiser, "AUCTION_CAMPAIGN", "campaign_id", "stat_time_day", **wanted, **same, **in_utc
    )
    assert {row["stat_time_day"] for row in daily} == {f"{day} 00:00:00"}
    assert total(daily, "impressions") == total(rows, "impressions")
    assert total(daily, "clicks") == total(rows, "clicks")
    for edge in ("0001-01-01", "9999-12-31"):
        ends: dict[str, Any] = {"start_date": edge, "end_date": edge, **wanted, **in_utc}
        assert report(advertiser, "AUCTION_CAMPAIGN", "campaign_id", "stat_time_day", **ends) == []


def test_a_business_center_reads_its_ad_accounts(advertiser: Advertiser) -> None:
    data = advertiser.ask(
        REPORT_INTEGRATED_GET,
        report_type="BC",
        bc_id="7300000000000000001",
        dimensions=["advertiser_id", "stat_time_day"],
        **days(advertiser, 3, 3),
    )
    (row,) = data["list"]
    assert row["dimensions"]["advertiser_id"] == advertiser.id
    assert row["metrics"]["spend"] == "100.00"


def test_metrics_are_texts_and_ratios_follow_their_formulas(advertiser: Advertiser) -> None:
    (row,) = report(
        advertiser,
        "AUCTION_ADVERTISER",
        "advertiser_id",
        metrics=sorted(NUMBERS),
        **days(advertiser, 9, 3),
    )
    assert all(isinstance(value, str) for value in row.values())
    number = {name: Decimal(value) for name, value in row.items() if value != "-"}
    for ratio, top, bottom in (
        ("ctr", number["clicks"] * 100, number["impressions"]),
        ("cpc", number["spend"], number["clicks"]),
        ("cpm", number["spend"] * 1_000, number["impressions"]),
        ("frequency", number["impressions"], number["reach"]),
        ("conversion_rate", number["conversion"] * 100, number["clicks"]),
        ("cost_per_conversion", number["spend"], number["conversion"]),
    ):
        assert abs(number[ratio] - top / bottom) <= Decimal("0.005"), ratio
    assert row["skan_result"] == "-"
    (none,) = report(
        advertiser,
        "AUCTION_CAMPAIGN",
        "campaign_id",
        metrics=["spend", "ctr", "cpc", "reach"],
        filtering=[condition("campaign_name", "MATCH", "paused")],
        **days(advertiser, 9, 3),
    )
    assert {none[name] for name in ("spend", "ctr", "cpc")} == {"0.00"}
    assert none["reach"] == "0"


def test_a_purchase_on_request_counts_on_all_levels_and_in_all_divisions(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    now = {"metrics": [*ADDITIVE, "value_per_complete_payment"]} | days(advertiser, 0, 0)
    audience = {"report_type": "AUDIENCE", "metrics": list(ADDITIVE)} | days(advertiser, 0, 0)

    def payments() -> list[Decimal]:
        divided = [
            report(advertiser, level, name, *more, **now)
            for level, name in LEVELS.items()
            for more in ((), ("stat_time_day",), ("stat_time_hour",))
        ]
        divided.append(report(advertiser, "AUCTION_AD", "ad_id", "gender", "age", **audience))
        return [total(rows, "complete_payment") for rows in divided]

    ad = next(one for one in advertiser.ads() if one["secondary_status"] == "AD_STATUS_DELIVERY_OK")
    before = payments()
    assert len(set(before)) == 1
    order = {"count": 3, "value": 59.7}
    tiktok.control("POST", f"business/ads/{ad['ad_id']}/purchases", order)
    assert payments() == [one + 3 for one in before]
    [row] = [
        one
        for one in report(advertiser, "AUCTION_AD", "ad_id", "stat_time_day", **now)
        if one["ad_id"] == ad["ad_id"]
    ]
    assert Decimal(row["conversion"]) >= 3
    assert Decimal(row["value_per_complete_payment"]) > 0
    paused = next(one for one in advertiser.ads() if "DISABLE" in one["secondary_status"])
    told = tiktok.http.post(f"/_emulator/business/ads/{paused['ad_id']}/purchases", json={})
    assert told.status_code == 409
    assert tiktok.http.post("/_emulator/business/ads/1/purchases", json={}).status_code == 404
