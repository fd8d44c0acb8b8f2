"""Ads: create and change, review and appeal, and delivery along the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stagedoor.platform.products import business_ads as ads
from tests.support.advertiser import Advertiser

from ..conftest import TikTok

DAY = 86_400
REVIEW = 6
"""Seconds after which a review has ended."""
CONTROL = "business/reviews"


@pytest.fixture
def group(advertiser: Advertiser) -> str:
    """An ad group with 48 a day, in a campaign with 500 a day; everything is enabled."""
    campaign = advertiser.campaign("Sale", budget=500)["campaign_id"]
    return str(advertiser.group(campaign)["adgroup_id"])


def spent(tiktok: TikTok, advertiser: Advertiser) -> Decimal:
    return Decimal(tiktok.control("GET", f"business/spending/{advertiser.id}")["spent"])


def to_morning(tiktok: TikTok, advertiser: Advertiser) -> None:
    """Move the clock to the account's next midnight."""
    now = datetime.fromtimestamp(advertiser.world.now(), ZoneInfo("America/New_York"))
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    tiktok.advance(day.timestamp() - now.timestamp())


@pytest.mark.shows("business.ad_create")
def test_an_ad_passes_review_and_is_delivered(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    made = advertiser.ad(group, ad_name="", page_id=7_390_000_000_000_000_300)
    assert made["secondary_status"] == "AD_STATUS_AUDIT"
    assert made["ad_name"] == f"Ad {made['ad_id']}"
    assert made["page_id"] == 7_390_000_000_000_000_300
    assert set(made) >= set(ads.Ad.model_fields)
    assert advertiser.ads(ad_ids=[made["ad_id"]]) == [made]
    assert advertiser.statuses(made["ad_id"]) == (
        "CAMPAIGN_STATUS_ENABLE",
        "ADGROUP_STATUS_AUDIT",
        "AD_STATUS_AUDIT",
    )
    assert advertiser.ask(ads.AD_REVIEW_INFO, ad_ids=[made["ad_id"]]) == {"ad_review_map": {}}
    tiktok.advance(REVIEW)
    assert advertiser.statuses(made["ad_id"]) == (
        "CAMPAIGN_STATUS_ENABLE",
        "ADGROUP_STATUS_DELIVERY_OK",
        "AD_STATUS_DELIVERY_OK",
    )
    (told,) = advertiser.ask(ads.AD_REVIEW_INFO, ad_ids=[made["ad_id"]])["ad_review_map"].values()
    assert (told["is_approved"], told["review_status"]) == (True, "ALL_AVAILABLE")


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"ad_name": "Look 🎉"}, 40002, "ad_name"),
        ({"ad_format": "HOLOGRAM"}, 40002, "ad_format"),
        ({"identity_id": "17"}, 40002, "identity_id"),
        ({"identity_type": "AUTH_CODE"}, 40002, "identity_id"),
        ({"tiktok_item_id": "17"}, 40002, "tiktok_item_id"),
        ({"tiktok_item_id": None}, 40002, "video_id"),
        ({"video_id": "v1"}, 40002, "tiktok_item_id"),
        ({"landing_page_url": None}, 40002, "landing_page_url"),
        ({"landing_page_url": "ftp://shop.example.com"}, 40002, "landing_page_url"),
        ({"call_to_action": "GO"}, 40002, "call_to_action"),
        ({"call_to_action": None}, 40002, "call_to_action"),
        ({"ad_text": "字" * 51}, 40002, "ad_text"),
        ({"utm_params": [{"key": "k" * 101, "value": ""}]}, 40002, "utm_params.0.key"),
        ({"operation_status": "DELETE"}, 40002, "operation_status"),
    ],
)
def test_a_wrong_creative_is_refused_and_none_of_its_call_is_made(
    advertiser: Advertiser, group: str, changed: dict[str, Any], code: int, field: str
) -> None:
    creatives = [advertiser.creative(), advertiser.creative(**changed)]
    told, message = advertiser.refused(ads.AD_CREATE, adgroup_id=group, creatives=creatives)
    assert told == code
    assert message.startswith(f"creatives.1.{field}: ")
    assert advertiser.ads(adgroup_ids=[group]) == []


def test_an_ad_group_takes_no_more_than_its_ads(advertiser: Advertiser, group: str) -> None:
    creatives = [advertiser.creative() for _ in range(20)]
    for _ in range(2):
        advertiser.ask(ads.AD_CREATE, adgroup_id=group, creatives=creatives)
    values = {"adgroup_id": group, "creatives": creatives}
    assert advertiser.refused(ads.AD_CREATE, **values)[0] == 40502
    assert advertiser.refused(ads.AD_CREATE, **(values | {"adgroup_id": "17"}))[0] == 40007
    assert advertiser.refused(ads.AD_CREATE, **(values | {"creatives": []}))[0] == 40002


@pytest.mark.shows("business.ad_update")
def test_a_change_of_media_is_reviewed_again_a_change_of_name_is_not(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    id = advertiser.ad(group)["ad_id"]
    tiktok.advance(REVIEW)

    def patch(**changes: Any) -> Any:
        told = advertiser.ask(
            ads.AD_UPDATE,
            adgroup_id=group,
            patch_update=True,
            creatives=[{"ad_id": id} | changes],
        )
        assert advertiser.ads(ad_ids=[id]) == told["creatives"]
        return told["creatives"][0]

    named = patch(ad_name="Another name")
    assert named["ad_name"] == "Another name"
    assert named["secondary_status"] == "AD_STATUS_DELIVERY_OK"
    other = advertiser.world.videos_of(advertiser.world.named("maracooks").id)[1].id
    assert patch(tiktok_item_id=other)["secondary_status"] == "AD_STATUS_REAUDIT"
    tiktok.advance(REVIEW)
    (found,) = advertiser.ads(ad_ids=[id])
    assert found["tiktok_item_id"] == other
    assert found["secondary_status"] == "AD_STATUS_DELIVERY_OK"
    whole = {"adgroup_id": group, "creatives": [{"ad_id": id, "ad_name": "Half"}]}
    assert advertiser.refused(ads.AD_UPDATE, **whole)[0] == 40002  # the identity is left out


@pytest.mark.shows("business.ad_status_update")
def test_switches_work_from_the_ad_up_to_the_campaign(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    made = advertiser.ad(group)
    id, campaign = made["ad_id"], made["campaign_id"]
    tiktok.advance(REVIEW)
    off = {"operation_status": "DISABLE"}
    advertiser.ask(ads.AD_STATUS_UPDATE, ad_ids=[id], **off)
    assert advertiser.statuses(id)[2] == "AD_STATUS_DISABLE"
    advertiser.ask(ads.ADGROUP_STATUS_UPDATE, adgroup_ids=[group], **off)
    assert advertiser.statuses(id)[1:] == ("ADGROUP_STATUS_DISABLE", "AD_STATUS_ADGROUP_DISABLE")
    advertiser.ask(ads.CAMPAIGN_STATUS_UPDATE, campaign_ids=[campaign], **off)
    assert advertiser.statuses(id) == (
        "CAMPAIGN_STATUS_DISABLE",
        "ADGROUP_STATUS_CAMPAIGN_DISABLE",
        "AD_STATUS_CAMPAIGN_DISABLE",
    )
    assert advertiser.ads(primary_status="STATUS_DISABLE")[0]["ad_id"] == id
    gone = {"operation_status": "DELETE"}
    advertiser.ask(ads.AD_STATUS_UPDATE, ad_ids=[id], **gone)
    assert advertiser.ads(ad_ids=[id]) == []
    assert advertiser.statuses(id)[2] == "AD_STATUS_DELETE"
    other = advertiser.ad(group)["ad_id"]
    advertiser.ask(ads.CAMPAIGN_STATUS_UPDATE, campaign_ids=[campaign], **gone)
    assert advertiser.statuses(other) == (
        "CAMPAIGN_STATUS_DELETE",
        "ADGROUP_STATUS_CAMPAIGN_DELETE",
        "AD_STATUS_CAMPAIGN_DELETE",
    )
    assert advertiser.refused(ads.AD_STATUS_UPDATE, ad_ids=[other], **off)[0] == 40002
    assert advertiser.refused(ads.AD_STATUS_UPDATE, ad_ids=["17"], **off) == (
        40007,
        "The ad 17 does not exist.",
    )


def test_a_rejection_set_before_the_ad_exists_tells_its_reasons(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    bad = {"level": "ad", "name": "Bad", "verdict": "rejected", "reasons": ["No such page."]}
    tiktok.control("POST", CONTROL, bad | {"suggestion": "Fix the page."})
    good = advertiser.ad(group, ad_name="Good")["ad_id"]
    id = advertiser.ad(group, ad_name="Bad")["ad_id"]
    tiktok.advance(REVIEW)
    assert advertiser.statuses(id)[1:] == ("ADGROUP_STATUS_DELIVERY_OK", "AD_STATUS_AUDIT_DENY")
    told = advertiser.ask(ads.ADGROUP_REVIEW_INFO, adgroup_ids=[group])
    assert told["ad_group_review_map"][group]["contains_rejected_ads"] is True
    assert told["ad_review_map"][group][good]["is_approved"] is True
    review = told["ad_review_map"][group][id]
    assert (review["review_status"], review["appeal_status"]) == ("UNAVAILABLE", None)
    assert review["reject_info"][0]["reasons"] == ["No such page."]
    assert review["forbidden_placements"] == ["PLACEMENT_TIKTOK"]
    assert review["last_audit_time"] is not None
    advertiser.ask(ads.AD_STATUS_UPDATE, ad_ids=[good], operation_status="DELETE")
    assert advertiser.statuses(id)[1] == "ADGROUP_STATUS_AUDIT_DENY"


@pytest.mark.shows("business.adgroup_appeal")
def test_a_rejection_can_be_appealed_once(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    tiktok.control("POST", CONTROL, {"level": "ad", "verdict": "rejected", "reasons": ["No."]})
    ids = [advertiser.ad(group)["ad_id"]]
    assert advertiser.refused(ads.ADGROUP_APPEAL, adgroup_id=group)[0] == 40002
    tiktok.advance(REVIEW)
    assert advertiser.ask(ads.ADGROUP_APPEAL, adgroup_id=group, appeal_reason="It works.") == {}
    assert advertiser.refused(ads.ADGROUP_APPEAL, adgroup_id=group)[0] == 40002

    def state() -> object:
        told = advertiser.ask(ads.ADGROUP_REVIEW_INFO, adgroup_ids=[group])
        of_group = told["ad_group_review_map"][group]
        return of_group["appeal_status"], of_group["is_approved"]

    assert state() == ("APPEALING", False)
    tiktok.advance(REVIEW)
    assert state() == ("APPEAL_SUCCESSFUL", True)
    assert advertiser.statuses(ids[0])[2] == "AD_STATUS_DELIVERY_OK"


def test_a_review_is_slow_partial_or_decided_at_once(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    tiktok.control("POST", CONTROL, {"level": "ad", "seconds": 3_600})
    id = advertiser.ad(group)["ad_id"]
    tiktok.advance(3_500)
    assert advertiser.statuses(id)[2] == "AD_STATUS_AUDIT"
    tiktok.advance(101)
    assert advertiser.statuses(id)[2] == "AD_STATUS_DELIVERY_OK"
    part = {"verdict": "partial", "placements": ["PLACEMENT_PANGLE"], "reasons": ["Not there."]}
    tiktok.control("PUT", f"{CONTROL}/ad/{id}", part)
    assert advertiser.statuses(id)[1:] == (
        "ADGROUP_STATUS_REVIEW_PARTIALLY_APPROVED",
        "AD_STATUS_REVIEW_PARTIALLY_APPROVED",
    )
    tiktok.control("PUT", f"{CONTROL}/adgroup/{group}", {"verdict": "rejected"})
    assert advertiser.statuses(id)[1] == "ADGROUP_STATUS_AUDIT_DENY"


def test_a_budget_runs_out_and_begins_anew_the_next_day(
    tiktok: TikTok, advertiser: Advertiser, empty: Advertiser, group: str
) -> None:
    id = advertiser.ad(group)["ad_id"]
    to_morning(tiktok, advertiser)
    before = spent(tiktok, advertiser)
    tiktok.control("PUT", f"business/spending/{advertiser.id}", {"speed": 2})
    off = {"campaign_ids": [c["campaign_id"] for c in advertiser.campaigns()[1:]]}
    advertiser.ask(ads.CAMPAIGN_STATUS_UPDATE, operation_status="DISABLE", **off)
    tiktok.advance(6 * 3_600)
    assert spent(tiktok, advertiser) - before == 24
    assert advertiser.statuses(id)[2] == "AD_STATUS_DELIVERY_OK"
    tiktok.advance(7 * 3_600)
    assert spent(tiktok, advertiser) - before == 48
    assert advertiser.statuses(id) == (
        "CAMPAIGN_STATUS_ENABLE",
        "ADGROUP_STATUS_BUDGET_EXCEED",
        "AD_STATUS_BUDGET_EXCEED",
    )
    low = {"adgroup_id": group, "budget": 50}
    assert advertiser.refused(ads.ADGROUP_UPDATE, **low)[0] == 40002
    to_morning(tiktok, advertiser)
    assert advertiser.statuses(id)[1] == "ADGROUP_STATUS_DELIVERY_OK"
    assert spent(tiktok, empty) == 0


def test_the_campaigns_budget_and_the_balance_end_delivery_too(
    tiktok: TikTok, empty: Advertiser
) -> None:
    linked = {"advertiser_id": empty.id, "creator": "maracooks"}
    tiktok.control("POST", "business/identities", linked)
    campaign = empty.campaign("Sale", budget_mode="BUDGET_MODE_TOTAL", budget=100)["campaign_id"]
    group = empty.group(campaign, budget=2_000)["adgroup_id"]
    id = empty.ad(group)["ad_id"]
    tiktok.advance(REVIEW + 12 * 3_600)
    assert empty.statuses(id) == (
        "CAMPAIGN_STATUS_BUDGET_EXCEED",
        "ADGROUP_STATUS_CAMPAIGN_EXCEED",
        "AD_STATUS_CAMPAIGN_EXCEED",
    )
    assert spent(tiktok, empty) == 100
    empty.ask(ads.CAMPAIGN_UPDATE, campaign_id=campaign, budget=10_000)
    tiktok.advance(DAY)
    assert empty.statuses(id)[1:] == ("ADGROUP_STATUS_BALANCE_EXCEED", "AD_STATUS_BALANCE_EXCEED")
    told = tiktok.control("GET", f"business/spending/{empty.id}")
    assert (Decimal(told["spent"]), Decimal(told["balance"])) == (Decimal("250.50"), Decimal(0))


def test_delivery_follows_the_schedule(tiktok: TikTok, advertiser: Advertiser) -> None:
    campaign = advertiser.campaign("Sale", budget=500)["campaign_id"]
    times = {
        "schedule_type": "SCHEDULE_START_END",
        "schedule_start_time": advertiser.at(DAY),
        "schedule_end_time": advertiser.at(2 * DAY),
    }
    group = advertiser.group(campaign, **times)["adgroup_id"]
    id = advertiser.ad(group)["ad_id"]
    tiktok.advance(REVIEW)
    assert advertiser.statuses(id)[1:] == ("ADGROUP_STATUS_NOT_START", "AD_STATUS_NOT_START")
    tiktok.advance(DAY)
    assert advertiser.statuses(id)[2] == "AD_STATUS_DELIVERY_OK"
    tiktok.advance(DAY)
    assert advertiser.statuses(id)[1:] == ("ADGROUP_STATUS_TIME_DONE", "AD_STATUS_DONE")
    (done,) = advertiser.ads(primary_status="STATUS_TIME_DONE", campaign_ids=[campaign])
    assert done["ad_id"] == id


def test_a_punished_account_delivers_nothing(
    tiktok: TikTok, advertiser: Advertiser, group: str
) -> None:
    id = advertiser.ad(group)["ad_id"]
    tiktok.advance(REVIEW)
    path = f"business/ad_accounts/{advertiser.id}"
    tiktok.control("PATCH", path, {"status": "STATUS_LIMIT"})
    assert advertiser.statuses(id) == ("ADVERTISER_ACCOUNT_PUNISH",) * 3
    before = spent(tiktok, advertiser)
    tiktok.advance(DAY)
    assert spent(tiktok, advertiser) == before
    tiktok.control("PATCH", path, {"status": "STATUS_ENABLE"})
    tiktok.advance(3_600)
    assert spent(tiktok, advertiser) > before


def test_the_seeded_campaigns_have_a_history(tiktok: TikTok, advertiser: Advertiser) -> None:
    rows = advertiser.ask(ads.AD_GET, page_size=100)["list"]
    assert all(one["tiktok_item_id"] for one in rows)
    assert {one["secondary_status"] for one in rows} == {
        "AD_STATUS_DELIVERY_OK",
        "AD_STATUS_DONE",
        "AD_STATUS_CAMPAIGN_DISABLE",
    }
    # 90 days of 100 a day, and a total budget of 2,500
    assert Decimal(11_400) <= spent(tiktok, advertiser) <= Decimal(11_600)
    told = tiktok.control("GET", f"business/spending/{advertiser.id}")
    assert Decimal(told["balance"]) >= Decimal(4_999)
