"""Campaigns, ad groups and ads by the client, sync and async, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from stagedoor import AsyncTikTokBusiness, TikTokBusiness
from stagedoor.business import (
    AdFilters,
    BudgetMode,
    CampaignFilters,
    IdentityType,
    NewCreative,
    ObjectiveType,
    OperationStatus,
    Pacing,
    Placement,
    PrimaryStatus,
    ScheduleType,
)
from stagedoor.client.errors import InvalidRequest, NotFound
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET
from tests.support.local import QUICK, Local


@pytest.fixture
def token(local: Local) -> str:
    return str(local.control("POST", "business/tokens", {})["access_token"])


@pytest.fixture
def ads(local: Local, token: str) -> Iterator[TikTokBusiness]:
    made = TikTokBusiness(APP_ID, APP_SECRET, access_token=token, hosts=local.hosts, retry=QUICK)
    with made:
        yield made.for_advertiser(ADVERTISER_ID)


def group_of(campaign_id: str, now: datetime) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "adgroup_name": "US 18-34",
        "promotion_type": "WEBSITE",
        "placements": (Placement.TIKTOK,),
        "location_ids": (6252001,),
        "budget_mode": BudgetMode.DAY,
        "budget": Decimal("30.50"),
        "schedule_type": ScheduleType.START_END,
        "schedule_start_time": now,
        "schedule_end_time": now + timedelta(days=7),
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": Pacing.SMOOTH,
    }


def test_a_campaign_is_built_launched_and_walked(ads: TikTokBusiness) -> None:
    now = datetime.now(UTC)
    campaign = ads.campaigns.create(
        campaign_name="Summer sale",
        objective_type=ObjectiveType.TRAFFIC,
        budget_mode=BudgetMode.DAY,
        budget=Decimal("60.5"),
        operation_status=OperationStatus.DISABLE,
    )
    assert campaign.budget == Decimal("60.5")
    group = ads.ad_groups.create(**group_of(campaign.campaign_id, now))
    (identity,) = ads.identities.all_identities(identity_type=IdentityType.TT_USER)
    post = ads.ads.list(page_size=1).list[0].tiktok_item_id
    creative = NewCreative(
        ad_name="Knife set",
        identity_type=IdentityType.TT_USER,
        identity_id=str(identity.identity_id),
        tiktok_item_id=post,
        landing_page_url="https://shop.example.com/",
        call_to_action="LEARN_MORE",
    )
    made = ads.ads.create(adgroup_id=group.adgroup_id, creatives=(creative,))
    told = ads.campaigns.update_status(
        campaign_ids=(campaign.campaign_id,), operation_status="ENABLE"
    )
    assert told.status is OperationStatus.ENABLE
    (ad,) = ads.ads.all_ads(filtering=AdFilters(ad_ids=made.ad_ids))
    assert ad.secondary_status == "AD_STATUS_AUDIT"
    names = [one.campaign_name for one in ads.campaigns.all_campaigns(page_size=1)]
    assert len(names) == 4
    assert names[0] == "Summer sale"
    paused = CampaignFilters(primary_status=PrimaryStatus.DISABLE)
    (found,) = ads.campaigns.all_campaigns(filtering=paused, fields=("campaign_name",))
    assert found.campaign_name == "Spice box, paused"
    assert found.campaign_id is None


def test_a_partial_success_names_the_others(ads: TikTokBusiness) -> None:
    (group, *_) = ads.ad_groups.list(fields=("adgroup_id",)).list
    told = ads.ad_groups.update_status(
        adgroup_ids=(str(group.adgroup_id), "17"),
        operation_status=OperationStatus.DISABLE,
        allow_partial_success=True,
    )
    assert told.adgroup_ids == (group.adgroup_id,)
    assert told.error_list[0].adgroup_id == "17"
    with pytest.raises(NotFound, match="ad 17 does not exist"):
        ads.ads.update_status(ad_ids=("17",), operation_status="ENABLE")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"budget": 30.123456}, "budget"),
        ({"budget": Decimal("30.12345")}, "budget.*4 decimal places"),
        ({"budget": Decimal("1e30")}, "budget.*digits"),
        ({"budget": Decimal("NaN")}, "budget.*finite"),
        ({"budget": Decimal("-1")}, "budget.*greater than or equal to 0"),
        ({"bid_price": -0.5}, "bid_price.*greater than or equal to 0"),
        ({"schedule_start_time": datetime(2026, 1, 1)}, "schedule_start_time.*time zone"),
        ({"pacing": "PACING_MODE_LAZY"}, "pacing"),
        ({"adgroup_name": "Sale 🎉"}, "emoji"),
        ({"location_ids": ["1"] * 3_001}, "location_ids"),
    ],
)
def test_a_wrong_request_is_refused_before_it_is_sent(
    ads: TikTokBusiness, changed: dict[str, Any], words: str
) -> None:
    values = group_of("1", datetime.now(UTC)) | changed
    with pytest.raises(InvalidRequest, match=words):
        ads.ad_groups.create(**values)


def test_a_misspelt_field_is_refused_rather_than_read_as_none(ads: TikTokBusiness) -> None:
    for names, found in (
        ("campaign_nme", ads.campaigns.list),
        ("adgroup_nme", ads.ad_groups.all_ad_groups),
        ("ad_nme", ads.ads.list),
    ):
        with pytest.raises(InvalidRequest, match=f"fields has no field '{names}'"):
            found(fields=(names,))


def test_too_many_ids_of_one_update_are_refused_before_they_are_sent(ads: TikTokBusiness) -> None:
    with pytest.raises(InvalidRequest, match="at most 20"):
        ads.campaigns.update_status(
            campaign_ids=tuple(map(str, range(1, 22))), operation_status="ENABLE"
        )


def test_any_number_of_campaigns_is_switched_in_batches(ads: TikTokBusiness) -> None:
    made = [
        ads.campaigns.create(
            campaign_name=f"Week {number}",
            objective_type=ObjectiveType.TRAFFIC,
            budget_mode=BudgetMode.DAY,
            budget=Decimal(60),
            operation_status=OperationStatus.DISABLE,
        ).campaign_id
        for number in range(21)
    ]
    assert ads.campaigns.switch(made, OperationStatus.ENABLE) == tuple(made)
    with pytest.raises(NotFound, match="17") as refused:
        ads.campaigns.switch([*made, "17"], "DISABLE")
    assert refused.value.__notes__ == ["20 of 22 were switched before."]
    filters = CampaignFilters(campaign_ids=tuple(made), primary_status=PrimaryStatus.DISABLE)
    paused = {one.campaign_id for one in ads.campaigns.all_campaigns(filtering=filters)}
    assert paused == set(made[:20])
    with pytest.raises(InvalidRequest, match=r"campaign_ids.*is empty"):
        ads.campaigns.switch([], "DISABLE")
    with pytest.raises(TypeError, match="put it in a list"):
        ads.campaigns.switch("17", "DISABLE")


@pytest.mark.parametrize("request_id", ["abc", "-1", "0", str(2**63), "1" * 30, "1.5"])
def test_a_request_id_is_a_64_bit_number(ads: TikTokBusiness, request_id: str) -> None:
    values: dict[str, Any] = {
        "campaign_name": "Summer sale",
        "objective_type": ObjectiveType.TRAFFIC,
        "budget_mode": BudgetMode.DAY,
        "budget": 60,
    }
    with pytest.raises(InvalidRequest, match=r"request_id.*whole number from 1"):
        ads.campaigns.create(**values, request_id=request_id)
    assert ads.campaigns.create(**values, request_id=str(2**63 - 1)).campaign_id


def test_the_async_client_does_the_same(local: Local, token: str) -> None:
    async def names() -> list[str | None]:
        made = AsyncTikTokBusiness(
            APP_ID, APP_SECRET, access_token=token, hosts=local.hosts, retry=QUICK
        )
        async with made:
            ads = made.for_advertiser(ADVERTISER_ID)
            page = await ads.campaigns.list(page_size=2)
            assert page.page_info.total_number == 3
            reviews = await ads.ads.reviews(
                ad_ids=tuple([str(one.ad_id) async for one in ads.ads.all_ads(limit=2)])
            )
            assert all(one.is_approved for one in reviews.ad_review_map.values())
            return [one.adgroup_name async for one in ads.ad_groups.all_ad_groups(page_size=3)]

    assert len(asyncio.run(names())) == 4
