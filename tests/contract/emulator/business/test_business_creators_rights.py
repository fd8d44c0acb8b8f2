"""Rights of ad accounts to show a creator's video, by a redeemed code or a campaign's link."""

from __future__ import annotations

import pytest

from stagedoor.emulator.products.business_ads import rights
from stagedoor.emulator.products.business_ads.state import IDENTITIES, Identity
from stagedoor.platform.products import business_accounts, business_spark
from stagedoor.platform.products import business_creators as creators
from tests.examples.business import ADVERTISER_ID
from tests.examples.business_creators import CAMPAIGN_ID, INVITE_LINK
from tests.support.account_holder import AccountHolder
from tests.support.advertiser import Advertiser
from tests.support.marketplace import Marketplace, Talent

from ..conftest import TikTok


@pytest.fixture
def market(advertiser: Advertiser) -> Marketplace:
    return Marketplace(advertiser.http, advertiser.headers, advertiser.world)


def redeem(tiktok: TikTok, market: Marketplace, video: str) -> str:
    """Have the ad account redeem a week's code of the video; the answer is the code."""
    setting = {"item_id": video, "is_ad_promotable": True, "authorization_days": 7}
    made = AccountHolder(tiktok.http).data(business_accounts.POST_AUTHORIZE_SETTING, **setting)
    market.ask(business_spark.TT_VIDEO_AUTHORIZE, auth_code=made["auth_code"])
    return str(made["auth_code"])


def link(tiktok: TikTok, video: str, verdict: str) -> None:
    path = f"business/creator_links/{CAMPAIGN_ID}/{video}"
    tiktok.control("PUT", path, {"verdict": verdict})


def may_show(market: Marketplace, video: str) -> bool:
    """Whether ads of the ad account may show the video under the creator's identity."""
    [identity] = identities(market)
    return rights.shows(market.world, identity, video)


def identities(market: Marketplace) -> list[Identity]:
    found = market.world[IDENTITIES].values()
    return [one for one in found if one.kind == "AUTH_CODE" and one.advertiser_id == ADVERTISER_ID]


def test_a_video_is_shown_while_a_redeemed_code_or_a_link_allows_it(
    tiktok: TikTok, market: Marketplace
) -> None:
    video = str(tiktok.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"])
    Talent(tiktok.http).data(
        creators.TTO_CREATOR_VIDEO_LINK, tto_invite_link=INVITE_LINK, video_id=video
    )
    link(tiktok, video, "approved")
    redeem(tiktok, market, video)
    link(tiktok, video, "rejected")
    assert may_show(market, video), "the code is valid"
    link(tiktok, video, "approved")
    market.ask(business_spark.TT_VIDEO_UNBIND, item_id=video)
    assert may_show(market, video), "the link is approved"
    redeem(tiktok, market, video)
    tiktok.advance(8 * 86_400)
    assert may_show(market, video), "the link is approved, and the code is over"
    link(tiktok, video, "rejected")
    assert not may_show(market, video)


def test_the_seeded_link_lets_the_ad_account_use_its_video_alone(
    tiktok: TikTok, market: Marketplace
) -> None:
    [seeded] = [one for one, state in market.linked().items() if state == "APPROVE"]
    assert may_show(market, seeded)
    link(tiktok, seeded, "rejected")
    assert identities(market) == [], "an identity ends with its last post"
