"""Ad groups: create, change, switch, budgets, and identities and regions that they need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stagedoor.platform.products import business_ads as ads
from tests.examples.business_audiences import SUBSCRIBERS
from tests.support.advertiser import Advertiser

from ..conftest import TikTok

DAY = 86_400
UNITED_STATES = "6252001"


@pytest.fixture
def campaign(advertiser: Advertiser) -> str:
    return str(advertiser.campaign("Sale", budget=500)["campaign_id"])


@pytest.mark.shows("business.adgroup_create")
def test_an_ad_group_is_listed_with_its_defaults(advertiser: Advertiser, campaign: str) -> None:
    made = advertiser.group(
        campaign, "US 18-34", age_groups=["AGE_18_24"], operation_status="DISABLE"
    )
    assert made["secondary_status"] == "ADGROUP_STATUS_CREATE"
    assert set(made) >= set(ads.AdGroup.model_fields)
    (found,) = advertiser.groups(adgroup_ids=[made["adgroup_id"]])
    assert found == made | {"secondary_status": "ADGROUP_STATUS_DISABLE"}
    assert found["campaign_name"] == "Sale"
    assert found["gender"] == "GENDER_UNLIMITED"
    assert found["dayparting"] == "1" * 336
    assert found["tiktok_subplacements"] == []
    assert found["scheduled_budget"] == 0
    begins, ends = (
        datetime.fromisoformat(found[name]) for name in ("schedule_start_time", "schedule_end_time")
    )
    assert (ends - begins).days == 3_650


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"promotion_type": None}, "promotion_type"),
        ({"promotion_type": "SHOES"}, "promotion_type"),
        ({"placements": None}, "placements"),
        ({"placements": ["PLACEMENT_MOON"]}, "placements"),
        ({"location_ids": []}, "location_ids"),
        ({"budget_mode": None}, "budget_mode"),
        ({"budget_mode": "BUDGET_MODE_INFINITE"}, "budget_mode"),
        ({"budget": 19.99}, "budget"),
        ({"budget": None}, "budget"),
        ({"optimization_goal": "INSTALL"}, "optimization_goal"),
        ({"billing_event": "CPV"}, "billing_event"),
        ({"bid_type": "BID_TYPE_CUSTOM"}, "bid_price"),
        ({"pacing": "PACING_MODE_FAST"}, "pacing"),
        ({"schedule_type": "SCHEDULE_START_END"}, "schedule_end_time"),
        ({"schedule_start_time": "2020-01-01 00:00:00"}, "schedule_start_time"),
        ({"schedule_start_time": "tomorrow"}, "schedule_start_time"),
        ({"schedule_end_time": "2020-01-01 00:00:00"}, "schedule_end_time"),
        ({"dayparting": "01"}, "dayparting"),
        ({"dayparting": "2" * 336}, "dayparting"),
        ({"device_price_ranges": [30]}, "device_price_ranges"),
        ({"operating_systems": ["ANDROID", "IOS"]}, "operating_systems"),
        ({"frequency": 1_001}, "frequency"),
        ({"audience_ids": ["1"], "excluded_audience_ids": ["1"]}, "excluded_audience_ids"),
    ],
)
def test_a_wrong_ad_group_is_refused_by_its_field(
    advertiser: Advertiser, campaign: str, changed: dict[str, object], field: str
) -> None:
    values = {
        "campaign_id": campaign,
        "adgroup_name": "US",
        "promotion_type": "WEBSITE",
        "placements": ["PLACEMENT_TIKTOK"],
        "location_ids": [UNITED_STATES],
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 30,
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": advertiser.at(0),
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH",
    }
    code, message = advertiser.refused(ads.ADGROUP_CREATE, **(values | changed))
    assert code == 40002
    assert message.startswith(f"{field}: ")
    assert advertiser.groups(campaign_ids=[campaign]) == []


def test_minors_in_the_united_states_get_no_detailed_targeting(
    advertiser: Advertiser, campaign: str
) -> None:
    young: dict[str, Any] = {"age_groups": ["AGE_13_17"]}
    group = advertiser.group(campaign, **young)
    detailed = {"adgroup_id": group["adgroup_id"], "interest_category_ids": ["1"]}
    assert advertiser.refused(ads.ADGROUP_UPDATE, **detailed)[0] == 40065
    german = advertiser.group(
        campaign, location_ids=["2921044"], interest_category_ids=["1"], **young
    )
    assert german["interest_category_ids"] == ["1"]


def test_a_campaign_that_divides_its_budget_leaves_ad_groups_without(
    advertiser: Advertiser,
) -> None:
    made = advertiser.campaign(
        budget_optimize_on=True, bid_type="BID_TYPE_NO_BID", optimization_goal="CLICK"
    )
    group = advertiser.group(made["campaign_id"], budget=None, budget_mode=None)
    assert (group["budget_mode"], group["budget"]) == ("BUDGET_MODE_INFINITE", 0)
    values = {"adgroup_id": group["adgroup_id"], "budget": 70}
    assert advertiser.refused(ads.ADGROUP_UPDATE, **values)[0] == 40002


@pytest.mark.shows("business.adgroup_update")
def test_changes_are_read_back_and_an_empty_list_clears(
    advertiser: Advertiser, campaign: str
) -> None:
    made = advertiser.group(campaign, languages=["en"], audience_ids=[SUBSCRIBERS])
    changes = {"adgroup_name": "Everywhere", "languages": [], "budget": 60.25}
    told = advertiser.ask(ads.ADGROUP_UPDATE, adgroup_id=made["adgroup_id"], **changes)
    (found,) = advertiser.groups(adgroup_ids=[made["adgroup_id"]])
    assert found == told
    assert {name: found[name] for name in changes} == changes
    assert found["audience_ids"] == [SUBSCRIBERS]
    nothing = {"adgroup_id": made["adgroup_id"]}
    assert advertiser.refused(ads.ADGROUP_UPDATE, **nothing)[0] == 40012
    late = nothing | {"schedule_start_time": advertiser.at(DAY)}
    code, message = advertiser.refused(ads.ADGROUP_UPDATE, **late)
    assert (code, message.partition(":")[0]) == (40002, "schedule_start_time")


@pytest.mark.shows("business.adgroup_status_update")
def test_ad_groups_are_switched_all_or_none(
    advertiser: Advertiser, campaign: str, empty: Advertiser
) -> None:
    ids = [advertiser.group(campaign, f"US {n}")["adgroup_id"] for n in range(3)]

    def switch(ids: list[str], value: str, **more: object) -> Any:
        values = {"adgroup_ids": ids, "operation_status": value}
        return advertiser.call(ads.ADGROUP_STATUS_UPDATE, **values, **more)

    assert switch(ids[2:], "DELETE")["code"] == 0
    assert switch(ids, "DISABLE")["code"] == 40002
    states = {one["operation_status"] for one in advertiser.groups(campaign_ids=[campaign])}
    assert states == {"ENABLE"}
    told = switch([*ids, "17"], "DISABLE", allow_partial_success=True)
    assert (told["code"], told["message"]) == (20001, "Partial success")
    assert told["data"]["adgroup_ids"] == ids[:2]
    assert told["data"]["error_list"] == [
        {"adgroup_id": ids[2], "error_message": "The ad group has been deleted."},
        {"adgroup_id": "17", "error_message": "The ad group 17 does not exist."},
    ]
    assert {one["secondary_status"] for one in advertiser.groups(campaign_ids=[campaign])} == {
        "ADGROUP_STATUS_DISABLE"
    }
    foreign = {"adgroup_ids": ids[:1], "operation_status": "ENABLE"}
    assert empty.refused(ads.ADGROUP_STATUS_UPDATE, **foreign)[0] == 40001


@pytest.mark.shows("business.adgroup_budget_update")
def test_a_daily_budget_changes_at_the_accounts_midnight(
    tiktok: TikTok, advertiser: Advertiser, campaign: str
) -> None:
    now = datetime.fromtimestamp(advertiser.world.now(), ZoneInfo("America/New_York"))
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    if noon <= now:
        noon += timedelta(days=1)
    tiktok.advance(noon.timestamp() - now.timestamp())
    id = advertiser.group(campaign)["adgroup_id"]
    planned = [{"adgroup_id": id, "scheduled_budget": "72.5"}]
    assert advertiser.ask(ads.ADGROUP_BUDGET_UPDATE, scheduled_budget=planned) == {}
    (found,) = advertiser.groups(adgroup_ids=[id])
    assert (found["budget"], found["scheduled_budget"]) == (48, 72.5)
    tiktok.advance(12 * 3_600 - 60)
    code, message = advertiser.refused(ads.ADGROUP_BUDGET_UPDATE, scheduled_budget=planned)
    assert (code, "23:55" in message) == (40002, True)
    tiktok.advance(61)
    (found,) = advertiser.groups(adgroup_ids=[id])
    assert (found["budget"], found["scheduled_budget"]) == (72.5, 0)


def test_a_total_budget_changes_at_once_and_stays_above_the_spend(
    advertiser: Advertiser, campaign: str
) -> None:
    total: dict[str, Any] = {
        "budget_mode": "BUDGET_MODE_TOTAL",
        "budget": 100,
        "schedule_type": "SCHEDULE_START_END",
        "schedule_end_time": advertiser.at(3 * DAY),
    }
    id = advertiser.group(campaign, **total)["adgroup_id"]
    update = ads.ADGROUP_BUDGET_UPDATE
    assert advertiser.ask(update, budget=[{"adgroup_id": id, "budget": 90}]) == {}
    assert advertiser.groups(adgroup_ids=[id])[0]["budget"] == 90
    for wrong in (
        {"budget": [{"adgroup_id": id, "budget": 59}]},
        {"scheduled_budget": [{"adgroup_id": id, "scheduled_budget": 90}]},
        {},
        {"budget": [{"adgroup_id": id}]},
    ):
        assert advertiser.refused(update, **wrong)[0] == 40002


def test_filters_of_ad_groups(advertiser: Advertiser, campaign: str) -> None:
    made = advertiser.group(
        campaign, "DE", bid_type="BID_TYPE_CUSTOM", bid_price=0.5, operation_status="DISABLE"
    )
    for filtering in (
        {"adgroup_name": "de", "campaign_ids": [campaign]},
        {"bid_strategy": "BID_STRATEGY_BID_CAP"},
        {"secondary_status": "ADGROUP_STATUS_DISABLE"},
        {"creation_filter_start_time": advertiser.at(-DAY)},
    ):
        (found,) = advertiser.groups(**filtering)
        assert found["adgroup_id"] == made["adgroup_id"]
    assert advertiser.groups(promotion_type="APP") == []
    assert len(advertiser.groups(promotion_type="WEBSITE")) == 5
    assert advertiser.groups(billing_events=["OCPM"]) == []


@pytest.mark.shows("business.identity_create")
def test_identities_are_made_linked_and_listed(
    tiktok: TikTok, empty: Advertiser, advertiser: Advertiser
) -> None:
    made = empty.ask(ads.IDENTITY_CREATE, display_name="Mara Kocht")
    linked = {"advertiser_id": empty.id, "creator": "maracooks", "identity_type": "BC_AUTH_TT"}
    tiktok.control(
        "POST", "business/identities", linked | {"identity_authorized_bc_id": "7300000000000000001"}
    )
    rows = empty.ask(ads.IDENTITY_GET)["identity_list"]
    assert [one["identity_type"] for one in rows] == ["BC_AUTH_TT", "CUSTOMIZED_USER"]
    assert rows[0]["username"] == "maracooks"
    assert rows[1]["identity_id"] == made["identity_id"]
    found = empty.ask(ads.IDENTITY_GET, filtering={"keyword": "kocht"})
    assert found["identity_list"] == rows[1:]
    assert found["page_info"]["total_number"] == 1
    of_bc = {"identity_type": "BC_AUTH_TT"}
    assert empty.refused(ads.IDENTITY_GET, **of_bc)[0] == 40002
    assert (
        empty.ask(ads.IDENTITY_GET, identity_authorized_bc_id="1", **of_bc)["identity_list"] == []
    )
    mine = advertiser.ask(ads.IDENTITY_GET)["identity_list"]
    kinds = [one["identity_type"] for one in mine]
    assert kinds == ["AUTH_CODE", "TT_USER"], "the former is of the seeded link of a video"


def test_regions_name_the_locations_of_ad_groups(advertiser: Advertiser) -> None:
    asked = {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}
    told = advertiser.ask(ads.TOOL_REGION, **asked)
    places = {one["location_id"]: one for one in told["region_info"]}
    assert places[UNITED_STATES]["level"] == "COUNTRY"
    below = places[UNITED_STATES]["next_level_ids"]
    assert {places[one]["parent_id"] for one in below} == {UNITED_STATES}
    assert "DE" in told["region_list"]
    countries = advertiser.ask(ads.TOOL_REGION, level_range="TO_COUNTRY", **asked)["region_info"]
    assert {one["level"] for one in countries} == {"COUNTRY"}
    assert advertiser.refused(ads.TOOL_REGION, objective_type="TRAFFIC")[0] == 40002


def test_times_are_in_utc(advertiser: Advertiser, campaign: str) -> None:
    made = advertiser.group(campaign)
    created = datetime.strptime(made["create_time"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(created.timestamp() - advertiser.world.now()) < 2
