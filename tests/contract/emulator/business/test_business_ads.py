"""Campaigns: create, change, launch, pause, delete, list."""

from __future__ import annotations

import pytest

from stagedoor.platform.products import business_ads as ads
from tests.support.advertiser import Advertiser

from ..conftest import TikTok


@pytest.mark.shows("business.campaign_create")
def test_a_campaign_is_listed_first_with_all_its_fields(advertiser: Advertiser) -> None:
    made = advertiser.campaign("Summer sale", budget=60.5, operation_status="DISABLE")
    assert made["objective"] == "LANDING_PAGE"
    assert made["budget"] == 60.5
    assert made["secondary_status"] == "CAMPAIGN_STATUS_DISABLE"
    assert made["app_id"] is None
    first = advertiser.ask(ads.CAMPAIGN_GET, page_size=1)
    assert first["list"] == [made]
    assert set(made) >= set(ads.Campaign.model_fields)
    assert first["page_info"]["total_number"] == 4
    assert first["page_info"]["total_page"] == 4


def test_numbers_count_as_ids_and_unknown_fields_are_ignored(advertiser: Advertiser) -> None:
    made = advertiser.campaign(advertiser_id=int(advertiser.id), blue=True)
    found = advertiser.campaigns(campaign_ids=[int(made["campaign_id"]), 17])
    assert [one["campaign_id"] for one in found] == [made["campaign_id"]]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"campaign_name": ""}, "campaign_name"),
        ({"campaign_name": "Sale 🎉"}, "campaign_name"),
        ({"campaign_name": "字" * 257}, "campaign_name"),
        ({"objective_type": "APP_INSTALL"}, "objective_type"),
        ({"objective_type": "APP_PROMOTION"}, "app_promotion_type"),
        ({"app_promotion_type": "APP_INSTALL"}, "app_promotion_type"),
        ({"budget_mode": None}, "budget_mode"),
        ({"budget": None}, "budget"),
        ({"budget": 49.99}, "budget"),
        ({"budget": 60.12345}, "budget"),
        ({"budget": "lots"}, "budget"),
        ({"budget_optimize_on": True}, "bid_type"),
        ({"objective_type": "RF_REACH"}, "budget_mode"),
        ({"campaign_type": "IOS14_CAMPAIGN"}, "app_id"),
        ({"virtual_objective_type": "SALES"}, "sales_destination"),
        ({"operation_status": "DELETE"}, "operation_status"),
        ({"campaign_name": "Cookbook launch"}, "campaign_name"),
    ],
)
def test_a_wrong_campaign_is_refused_by_its_field(
    advertiser: Advertiser, changed: dict[str, object], field: str
) -> None:
    values = {
        "campaign_name": "Sale",
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 60,
    }
    code, message = advertiser.refused(ads.CAMPAIGN_CREATE, **(values | changed))
    assert code == 40002
    assert message.startswith(f"{field}: ")
    assert len(advertiser.campaigns()) == 3


def test_a_name_of_the_most_wide_characters_is_taken(advertiser: Advertiser) -> None:
    assert advertiser.campaign("字" * 256)["campaign_name"] == "字" * 256


def test_the_same_request_id_makes_no_second_campaign(
    tiktok: TikTok, advertiser: Advertiser, empty: Advertiser
) -> None:
    made = advertiser.campaign(request_id="1785500000001")
    values = {"campaign_name": "Again", "objective_type": "TRAFFIC"}
    values |= {"budget_mode": "BUDGET_MODE_INFINITE", "request_id": "1785500000001"}
    assert advertiser.refused(ads.CAMPAIGN_CREATE, **values)[0] == 40050
    tiktok.settings(repeated_request_id="answered")
    assert advertiser.ask(ads.CAMPAIGN_CREATE, **values) == made
    assert len(advertiser.campaigns()) == 4
    assert empty.ask(ads.CAMPAIGN_CREATE, **values)["campaign_name"] == "Again"


@pytest.mark.shows("business.campaign_update")
def test_a_changed_campaign_is_read_back(tiktok: TikTok, advertiser: Advertiser) -> None:
    made = advertiser.campaign(special_industries=["HOUSING"])
    tiktok.advance(60)
    id = made["campaign_id"]
    changes = {"campaign_name": "New name", "budget": 75, "special_industries": []}
    told = advertiser.ask(ads.CAMPAIGN_UPDATE, campaign_id=id, **changes)
    (found,) = advertiser.campaigns(campaign_ids=[id])
    assert told == found
    assert {name: found[name] for name in changes} == changes
    assert found["modify_time"] > found["create_time"] == made["create_time"]


def test_an_update_that_changes_nothing_or_asks_too_little_is_refused(
    advertiser: Advertiser,
) -> None:
    (cookbook,) = advertiser.campaigns(campaign_name="cookbook")
    id = cookbook["campaign_id"]
    assert advertiser.refused(ads.CAMPAIGN_UPDATE, campaign_id=id)[0] == 40012
    code, message = advertiser.refused(ads.CAMPAIGN_UPDATE, campaign_id=id, budget=2_600)
    assert (code, "105%" in message) == (40002, True)  # 2,500 are spent
    assert advertiser.ask(ads.CAMPAIGN_UPDATE, campaign_id=id, budget=2_625)["budget"] == 2_625
    taken = {"campaign_id": id, "campaign_name": "Spice box, paused"}
    assert advertiser.refused(ads.CAMPAIGN_UPDATE, **taken)[0] == 40002
    missing = {"campaign_id": "17", "budget": 100}
    assert advertiser.refused(ads.CAMPAIGN_UPDATE, **missing) == (
        40007,
        "The campaign 17 does not exist.",
    )


@pytest.mark.shows("business.campaign_status_update")
def test_campaigns_are_paused_launched_and_deleted(advertiser: Advertiser) -> None:
    ids = [advertiser.campaign(f"Sale {n}")["campaign_id"] for n in range(2)]

    def switch(value: str) -> object:
        told = advertiser.ask(ads.CAMPAIGN_STATUS_UPDATE, campaign_ids=ids, operation_status=value)
        assert [one["status"] for one in told["campaign_list"]] == [value, value]
        rows = advertiser.campaigns(campaign_ids=ids, primary_status="STATUS_ALL")
        return {one["secondary_status"] for one in rows}

    assert switch("DISABLE") == {"CAMPAIGN_STATUS_DISABLE"}
    assert switch("ENABLE") == {"CAMPAIGN_STATUS_ENABLE"}
    assert switch("DELETE") == {"CAMPAIGN_STATUS_DELETE"}
    assert advertiser.campaigns(campaign_ids=ids) == []
    deleted = advertiser.campaigns(primary_status="STATUS_DELETE")
    assert [one["campaign_id"] for one in deleted] == ids[::-1]
    again = {"campaign_ids": ids, "operation_status": "ENABLE"}
    assert advertiser.refused(ads.CAMPAIGN_STATUS_UPDATE, **again)[0] == 40002
    assert advertiser.refused(ads.CAMPAIGN_UPDATE, campaign_id=ids[0], budget=90)[0] == 40002


def test_a_batch_with_one_wrong_id_changes_nothing(
    advertiser: Advertiser, empty: Advertiser
) -> None:
    id = advertiser.campaign()["campaign_id"]
    foreign = empty.campaign()["campaign_id"]
    for wrong, code in ((foreign, 40001), ("17", 40007)):
        values = {"campaign_ids": [id, wrong], "operation_status": "DISABLE"}
        assert advertiser.refused(ads.CAMPAIGN_STATUS_UPDATE, **values)[0] == code
    many = {"campaign_ids": [str(n) for n in range(1, 22)], "operation_status": "DISABLE"}
    assert advertiser.refused(ads.CAMPAIGN_STATUS_UPDATE, **many)[0] == 40011
    assert advertiser.campaigns(campaign_ids=[id])[0]["operation_status"] == "ENABLE"


def test_filters_choose_and_fields_narrow(tiktok: TikTok, advertiser: Advertiser) -> None:
    names = {one["campaign_name"] for one in advertiser.campaigns(objective_type="TRAFFIC")}
    assert names == {"Knife set: visits of the shop", "Spice box, paused"}
    (paused,) = advertiser.campaigns(primary_status="STATUS_DISABLE")
    assert paused["secondary_status"] == "CAMPAIGN_STATUS_DISABLE"
    assert advertiser.campaigns(secondary_status="CAMPAIGN_STATUS_DISABLE") == [paused]
    assert advertiser.campaigns(campaign_automation_type="SMART_PLUS") == []
    tiktok.advance(10)
    made = advertiser.campaign()
    since = {"creation_filter_start_time": paused["create_time"]}
    assert advertiser.campaigns(**since) == [made]
    narrow = advertiser.ask(ads.CAMPAIGN_GET, fields=["campaign_id", "app_id", "blue"], page_size=1)
    assert narrow["list"] == [{"campaign_id": made["campaign_id"], "app_id": None}]
    short = advertiser.ask(
        ads.CAMPAIGN_GET, exclude_field_types_in_response=["NULL_FIELD"], page_size=1
    )
    assert "app_id" not in short["list"][0]
    assert None not in short["list"][0].values()


def test_a_page_past_the_end_is_empty(advertiser: Advertiser) -> None:
    far = advertiser.ask(ads.CAMPAIGN_GET, page=9, page_size=2)
    assert far["list"] == []
    assert far["page_info"] == {"page": 9, "page_size": 2, "total_number": 3, "total_page": 2}
    assert advertiser.refused(ads.CAMPAIGN_GET, page=0)[0] == 40002
    assert advertiser.refused(ads.CAMPAIGN_GET, page_size=1_001)[0] == 40002


@pytest.mark.parametrize(
    "filtering",
    [
        {"primary_status": "STATUS_BLUE"},
        {"buying_types": ["RESERVATION_TOP_VIEW", "AUCTION"]},
        {"campaign_ids": []},
        {"creation_filter_start_time": "yesterday"},
        {
            "creation_filter_start_time": "2026-01-01 00:00:00",
            "creation_filter_end_time": "2026-12-01 00:00:00",
        },
    ],
)
def test_a_wrong_filter_is_refused(advertiser: Advertiser, filtering: dict[str, object]) -> None:
    assert advertiser.refused(ads.CAMPAIGN_GET, filtering=filtering)[0] == 40002
