"""The creator marketplace by the clients of both sides, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest

from stagedoor import AsyncTikTokBusiness, TikTokBusiness, Tokens
from stagedoor.business import CreatorStatus, VideoLinkStatus
from stagedoor.client.errors import InvalidRequest, ScopeMissing
from tests.examples.business import APP_ID, APP_SECRET
from tests.examples.business_creators import (
    CAMPAIGN_ID,
    INVITE_LINK,
    MARKETPLACE_ID,
    OTHER_MARKETPLACE_ID,
)
from tests.support.local import QUICK, Local


@pytest.fixture
def brand(local: Local) -> Iterator[TikTokBusiness]:
    token = local.control("POST", "business/tokens", {})["access_token"]
    with TikTokBusiness(
        APP_ID, APP_SECRET, access_token=token, hosts=local.hosts, retry=QUICK, pacer=None
    ) as made:
        yield made


@pytest.fixture
def tokens(local: Local) -> Tokens:
    issued = local.control("POST", "tokens", {"client_key": APP_ID})
    return Tokens(access_token=issued["access_token"], open_id=issued["open_id"])


def test_a_campaign_from_both_sides(local: Local, brand: TikTokBusiness, tokens: Tokens) -> None:
    with TikTokBusiness(
        APP_ID, APP_SECRET, tokens=tokens, hosts=local.hosts, retry=QUICK, pacer=None
    ) as talent:
        [status] = brand.creators.status(
            tto_tcm_account_id=MARKETPLACE_ID, handle_names=("maracooks",)
        ).onboarding_status
        assert status.status is CreatorStatus.IN
        assert talent.creators.own_info().creator_id == tokens.open_id
        talent.creators.join(tto_invite_link=INVITE_LINK)
        video = list(talent.creators.all_own_posts(page_size=5))[-1].video_id
        talent.creators.link_video(tto_invite_link=INVITE_LINK, video_id=video)
        local.control("POST", "clock", {"advance": 10})
        states = {
            one.video_id: one.status
            for one in brand.creators.all_links(tto_tcm_account_id=MARKETPLACE_ID, page_size=1)
        }
        assert states[video] is VideoLinkStatus.APPROVE
        assert VideoLinkStatus.IN_REVIEW in states.values()
        [asked] = talent.creators.link_requests(tto_invite_link=INVITE_LINK).link_requests
        talent.creators.answer_request(link_request_id=asked.link_request_id, action="REJECT")
        reported = brand.creators.all_reported(
            tto_tcm_account_id=MARKETPLACE_ID, campaign_id=CAMPAIGN_ID, page_size=1
        )
        assert video in [one.video_id for one in reported]
        with pytest.raises(ScopeMissing):
            brand.creators.report(tto_tcm_account_id=OTHER_MARKETPLACE_ID, campaign_id=CAMPAIGN_ID)


def test_posts_come_page_by_page_by_a_cursor_inside_the_answer(
    local: Local, brand: TikTokBusiness
) -> None:
    posts = brand.creators.all_posts(
        tto_tcm_account_id=MARKETPLACE_ID, handle_name="maracooks", page_size=10
    )
    [info] = [brand.creators.info(tto_tcm_account_id=MARKETPLACE_ID, handle_name="maracooks")]
    assert len({one.video_id for one in posts}) == info.videos_count
    assert info.videos_count is not None
    assert info.videos_count > 20


def test_a_campaign_needs_a_brand_before_anything_is_sent(brand: TikTokBusiness) -> None:
    with pytest.raises(InvalidRequest, match="brand_name"):
        brand.creators.create_campaign(tto_tcm_account_id=MARKETPLACE_ID, campaign_name="No brand")


def test_the_async_client_walks_too(local: Local, brand: TikTokBusiness, tokens: Tokens) -> None:
    token = local.control("POST", "business/tokens", {})["access_token"]

    async def found() -> list[str | None]:
        client = AsyncTikTokBusiness(access_token=token, hosts=local.hosts, retry=QUICK, pacer=None)
        async with client:
            walked = client.creators.all_creators(
                tto_tcm_account_id=MARKETPLACE_ID, sort_field="FOLLOWERS", page_size=1
            )
            return [one.handle_name async for one in walked]

    assert asyncio.run(found()) == ["ridewithrio", "maracooks"]


def test_the_older_marketplace_orders_videos(
    local: Local, brand: TikTokBusiness, tokens: Tokens
) -> None:
    account = next(iter(brand.marketplace.all_accounts(page_size=1)))
    assert account == MARKETPLACE_ID
    made = brand.marketplace.create_orders(
        tcm_account_id=account,
        brand_name="Mara's Kitchen",
        handle_names=("maracooks",),
        video_number=1,
    )
    with TikTokBusiness(
        APP_ID, APP_SECRET, tokens=tokens, hosts=local.hosts, retry=QUICK, pacer=None
    ) as talent:
        talent.creators.join(tto_invite_link=made.invite_link)
        [creator] = talent.marketplace.connected().list
        assert creator.creator_id == tokens.open_id
        video = list(talent.marketplace.all_own_posts(page_size=5))[-1].video_id
        talent.creators.link_video(tto_invite_link=made.invite_link, video_id=video)
    local.control("POST", "clock", {"advance": 10})
    [order] = brand.marketplace.all_orders(
        tcm_account_id=account, query_type="INVITE_LINK", invite_link=made.invite_link, page_size=1
    )
    assert order.video_ids == (video,)
    [insight] = brand.marketplace.all_insights(
        tcm_account_id=account, order_ids=(str(order.order_id),)
    )
    assert insight.dimensions.video_id == video
    found = brand.marketplace.all_creators(tcm_account_id=account, page_size=1, limit=2)
    assert len({one.handle_name for one in found}) == 2
    with pytest.raises(InvalidRequest, match="order_ids is missing: ORDER_ID needs it"):
        brand.marketplace.list_orders(tcm_account_id=account, query_type="ORDER_ID")
    with pytest.raises(InvalidRequest, match="end_date is more than 60 days after start_date"):
        brand.marketplace.report(
            tcm_account_id=account,
            order_ids=("1",),
            start_date=date(2026, 1, 1),
            end_date=date(2026, 3, 3),
        )
