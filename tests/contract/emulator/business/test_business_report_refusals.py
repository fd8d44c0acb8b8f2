"""Reports that are refused, and the sandbox."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.support.advertiser import Advertiser

from ..conftest import TikTok
from .test_business_reports import condition, refused, report


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"report_type": "NOVEL"}, "report_type"),
        ({"service_type": "RESERVATION"}, "service_type"),
        ({"query_mode": "CHUNK"}, "query_mode"),
        ({"data_level": None}, "data_level"),
        ({"data_level": "RESERVATION_AD"}, "data_level"),
        ({"dimensions": ["campaign_id"]}, "dimensions"),
        ({"dimensions": ["stat_time_day"]}, "dimensions"),
        ({"dimensions": ["ad_id", "adgroup_id"]}, "dimensions"),
        ({"dimensions": ["ad_id", "stat_time_day", "stat_time_hour"]}, "dimensions"),
        ({"dimensions": ["ad_id", "gender"]}, "dimensions"),
        ({"dimensions": ["ad_id", "mood"]}, "dimensions"),
        ({"dimensions": ["ad_id"], "report_type": "AUDIENCE"}, "dimensions"),
        (
            {"dimensions": ["ad_id", "age"], "report_type": "AUDIENCE", "metrics": ["reach"]},
            "metrics",
        ),
        ({"metrics": ["magic"]}, "metrics"),
        (
            {
                "data_level": "AUCTION_CAMPAIGN",
                "dimensions": ["campaign_id"],
                "metrics": ["ad_name"],
            },
            "metrics",
        ),
        ({"query_lifetime": True}, "dimensions"),
        ({"start_date": None}, "start_date"),
        ({"start_date": "2026-01-01", "end_date": "2026-01-31"}, "end_date"),
        ({"dimensions": ["ad_id", "stat_time_hour"]}, "end_date"),
        (
            {"dimensions": ["ad_id"], "start_date": "2025-01-01", "end_date": "2026-01-01"},
            "end_date",
        ),
        ({"start_date": "2026-02-02", "end_date": "2026-02-01"}, "end_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"order_field": "ad_name"}, "order_field"),
        ({"page_size": 1_001}, "page_size"),
        ({"filtering": [condition("mood", "IN", ["1"])]}, "filtering.0.field_name"),
        ({"filtering": [condition("ad_ids", "IN", 7)]}, "filtering.0.filter_value"),
        (
            {"filtering": [condition("ad_ids", "IN", list(range(101)))]},
            "filtering.0.filter_value",
        ),
        ({"filtering": [condition("spend", "BETWEEN", [1])]}, "filtering.0.filter_value"),
        ({"filtering": [condition("ad_status", "IN", ["UP"])]}, "filtering.0.filter_value"),
    ],
)
def test_a_wrong_question_names_its_field(
    advertiser: Advertiser, changed: dict[str, Any], field: str
) -> None:
    code, message = refused(advertiser, **changed)
    assert (code, message.split(":")[0]) == (40002, field)


def test_the_sandbox_has_made_up_days_and_lacks_a_level(
    tiktok: TikTok, advertiser: Advertiser
) -> None:
    account = tiktok.control(
        "POST", "business/ad_accounts", {"name": "Sandbox", "sandbox": True, "currency": "USD"}
    )
    token = tiktok.access_token(advertiser_ids=[account["id"]])
    sandbox = Advertiser(advertiser.http, token, advertiser.world, account["id"])
    linked = {"advertiser_id": sandbox.id, "creator": "maracooks"}
    tiktok.control("POST", "business/identities", linked)
    group = sandbox.group(sandbox.campaign()["campaign_id"])["adgroup_id"]
    sandbox.ad(group)
    rows = report(
        sandbox,
        "AUCTION_AD",
        "ad_id",
        "stat_time_day",
        start_date="2020-12-01",
        end_date="2020-12-30",
    )
    assert [row["stat_time_day"][:10] for row in rows] == [
        f"2020-12-{day:02d}" for day in range(8, 20)
    ]
    assert all(Decimal(row["spend"]) > 0 for row in rows)
    spent = [Decimal(row["spend"]) for row in rows]
    ordered = report(
        sandbox,
        "AUCTION_AD",
        "ad_id",
        "stat_time_day",
        start_date="2020-12-01",
        end_date="2020-12-30",
        order_field="impressions",
        order_type="DESC",
    )
    assert [row["stat_time_day"] for row in ordered] == [row["stat_time_day"] for row in rows]
    assert [Decimal(row["spend"]) for row in ordered] == spent
    assert refused(sandbox, report_type="CATALOG")[0] == 40009
    assert refused(sandbox, enable_total_metrics=True)[0] == 40009
    level = {"data_level": "AUCTION_ADVERTISER", "dimensions": ["advertiser_id"]}
    assert refused(sandbox, **level) == (
        40009,
        "Unsupported data_level in sandbox environment: AUCTION_ADVERTISER.",
    )
