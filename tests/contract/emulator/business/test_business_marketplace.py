"""The older creator marketplace: creators, orders by code and link, reports, rights to videos."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products import business_creators as creators
from stagedoor.platform.products import business_marketplace as market
from stagedoor.platform.products import business_spark, display
from tests.examples.business_creators import INVITE_LINK, MARKETPLACE_ID, OTHER_MARKETPLACE_ID
from tests.examples.business_marketplace import CODE, ORDER_ID
from tests.support.advertiser import Advertiser
from tests.support.marketplace import Talent

from ..conftest import TikTok


class OldMarket(Advertiser):
    """An advertiser with a token; calls name the seeded marketplace account unless told."""

    def call(self, operation: Any, /, **values: Any) -> Any:
        return super().call(operation, **({"tcm_account_id": MARKETPLACE_ID} | values))

    def orders(self, **asked: Any) -> list[Any]:
        found: list[Any] = self.ask(market.TCM_ORDER_GET, **asked)["orders"]
        return found

    def order(self, *handles: str, **changed: Any) -> Any:
        values = {"brand_name": "Mara's Kitchen", "handle_names": list(handles)}
        return self.ask(market.TCM_ORDER_CREATE, **(values | changed))


@pytest.fixture
def old(advertiser: Advertiser) -> OldMarket:
    return OldMarket(advertiser.http, advertiser.headers, advertiser.world)


@pytest.fixture
def mara(tiktok: TikTok, old: OldMarket) -> Talent:
    return Talent(tiktok.http)


@pytest.fixture
def video(tiktok: TikTok, old: OldMarket) -> str:
    """A new public post of the first creator."""
    return str(tiktok.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"])


def ordered(tiktok: TikTok, mara: Talent, made: Any, video: str) -> None:
    """The creator accepts by the invite link, and links a video, which passes its review."""
    mara.data(creators.TTO_CREATOR_JOIN, tto_invite_link=made["invite_link"])
    link = {"tto_invite_link": made["invite_link"], "video_id": video}
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, **link)
    tiktok.advance(6)


@pytest.mark.shows("business.tcm_order_create_v2")
def test_an_order_is_accepted_by_its_link_and_filled_with_videos(
    tiktok: TikTok, old: OldMarket, mara: Talent, video: str
) -> None:
    made = old.order("maracooks", "ridewithrio", video_number=2)
    assert made["remaining_orders"] == 200
    first, second = made["orders"]
    assert [one["handle_name"] for one in (first, second)] == ["maracooks", "ridewithrio"]
    assert first["quota"] == {
        "current_video_count": 0,
        "total_video_limit": 400,
        "per_creator_video_limit": 2,
    }
    ids = [first["order_id"], second["order_id"]]
    by_code = {"query_type": "CAMPAIGN_CODE", "campaign_code": made["campaign_code"]}
    by_link = {"query_type": "INVITE_LINK", "invite_link": made["invite_link"]}
    by_id = {"query_type": "ORDER_ID", "order_ids": [*ids, "1"]}
    for asked in (by_code, by_link, by_id):
        assert [one["order_id"] for one in old.orders(**asked)] == ids
    assert old.orders(**by_code, fields=["order_id"], page=2, page_size=1) == [
        {"order_id": second["order_id"]}
    ]
    ordered(tiktok, mara, made, video)
    shown, _ = old.orders(**by_code)
    assert (shown["video_ids"], shown["quota"]["current_video_count"]) == ([video], 1)
    more = old.order("maracooks", "jonas.behind.doors", campaign_code=made["campaign_code"])
    assert more["invite_link"] == made["invite_link"]
    assert more["remaining_orders"] == 199
    assert more["orders"][0]["order_id"] == first["order_id"], "a creator has one order"
    assert len(old.orders(**by_code)) == 3
    new = old.ask(creators.TTO_CAMPAIGN_GET, tto_tcm_account_id=MARKETPLACE_ID)["campaigns"][0]
    assert new["handle_names"] == ["maracooks", "ridewithrio", "jonas.behind.doors"]


def test_orders_of_other_accounts_are_out_of_reach(old: OldMarket) -> None:
    other = {"tcm_account_id": OTHER_MARKETPLACE_ID}
    assert old.orders(query_type="INVITE_LINK", invite_link=INVITE_LINK, **other) == []
    assert old.ask(market.TCM_REPORT_GET, order_ids=[ORDER_ID], **other)["insights"] == []
    review = {"v2_order_id": ORDER_ID} | other
    assert old.refused(market.TCM_VIDEO_AUDIT_STATUS, **review)[0] == 40001
    foreign = {"brand_name": "Mara's Kitchen", "handle_names": ["maracooks"]} | other
    assert old.refused(market.TCM_ORDER_CREATE, campaign_code=CODE, **foreign)[0] == 40002
    unknown = {"tcm_account_id": "1", "v2_order_id": ORDER_ID}
    assert old.refused(market.TCM_VIDEO_AUDIT_STATUS, **unknown)[0] == 40001


def test_a_report_has_the_numbers_that_the_new_marketplace_has(old: OldMarket) -> None:
    [insight] = old.ask(market.TCM_REPORT_GET, order_ids=[ORDER_ID])["insights"]
    assert insight["dimensions"]["order_type"] == "API_ORDER_V2"
    assert set(insight["metrics"]) == set(market.TCM_DEFAULT_METRICS)
    campaign = old.ask(creators.TTO_CAMPAIGN_GET, tto_tcm_account_id=MARKETPLACE_ID)
    [new] = old.ask(
        creators.TTO_REPORT,
        tto_tcm_account_id=MARKETPLACE_ID,
        campaign_id=campaign["campaigns"][0]["campaign_id"],
    )["videos"]
    assert insight["dimensions"]["video_id"] == new["video_id"]
    for name in ("video_views", "likes", "comments", "reach", "engagement_rate"):
        assert insight["metrics"][name] == new[name]
    week = {"start_date": new["daily_stats"][0]["date"], "end_date": new["daily_stats"][-1]["date"]}
    asked = {"order_ids": [ORDER_ID], "metrics": ["likes"]} | week
    [daily] = old.ask(market.TCM_REPORT_GET, **asked, need_daily_stats=True)["insights"]
    metrics = daily["metrics"]
    assert set(metrics) == {"likes", "daily_stats"}
    assert sum(day["likes"] for day in metrics["daily_stats"]) == metrics["likes"]
    code, said = old.refused(market.TCM_REPORT_GET, order_ids=[ORDER_ID], need_daily_stats=True)
    assert (code, said) == (40002, "start_date: Is needed with need_daily_stats.")
    long = {"start_date": "2026-01-01", "end_date": "2026-03-03"}
    assert old.refused(market.TCM_REPORT_GET, order_ids=[ORDER_ID], **long)[0] == 40002


@pytest.mark.shows("business.tcm_tt_video_apply")
def test_a_creator_answers_a_request_for_a_video_and_the_code_is_redeemed(
    tiktok: TikTok, old: OldMarket, mara: Talent, video: str
) -> None:
    made = old.order("maracooks")
    asked = {"video_id": video}
    assert old.refused(market.TCM_TT_VIDEO_APPLY, **asked)[0] == 40002
    ordered(tiktok, mara, made, video)
    old.ask(market.TCM_TT_VIDEO_APPLY, **asked, authorization_days=7)
    old.ask(market.TCM_TT_VIDEO_APPLY, **asked, authorization_days=7)
    waiting = old.ask(market.TCM_TT_VIDEO_STATUS, **asked)
    assert (waiting["auth_status"], waiting["num_remaining_request"]) == ("WAITING", 28)
    assert "auth_code" not in waiting
    route = f"business/spark_requests/{MARKETPLACE_ID}/{video}"
    tiktok.control("PUT", route, {"accepted": False})
    assert old.ask(market.TCM_TT_VIDEO_STATUS, **asked)["auth_status"] == "REJECTED"
    old.ask(market.TCM_TT_VIDEO_APPLY, **asked, authorization_days=7)
    tiktok.control("PUT", route, {"accepted": True, "days": 60})
    told = old.ask(market.TCM_TT_VIDEO_STATUS, **asked)
    assert (told["auth_status"], told["auth_code_status"]) == ("ACCEPTED", "NOT_USED")
    old.ask(business_spark.TT_VIDEO_AUTHORIZE, auth_code=told["auth_code"])
    posts = old.ask(business_spark.TT_VIDEO_LIST)["list"]
    assert video in [one["item_info"]["item_id"] for one in posts]
    assert old.refused(market.TCM_TT_VIDEO_APPLY, **asked)[0] == 40002
    old.ask(market.TCM_TT_VIDEO_APPLY, **asked, action="EXTEND", authorization_days=30)
    tiktok.control("PUT", route, {})
    longer = old.ask(market.TCM_TT_VIDEO_STATUS, **asked)
    assert longer["auth_code"] == told["auth_code"]
    assert longer["auth_code_end_time"] > told["auth_code_end_time"]


@pytest.mark.shows("business.tcm_creator_invite")
def test_creators_are_invited_who_fulfil_the_conditions(tiktok: TikTok, old: OldMarket) -> None:
    for name, values in (
        ("small.fry", {"followers": 50}),
        ("rising", {"followers": 2_000}),
        ("far.away", {"region": "IS", "followers": 90_000}),
    ):
        tiktok.control("POST", "creators", {"username": name, "region": "DE"} | values)
    handles = ["maracooks", "rising", "small.fry", "far.away", "nobody"]
    told = old.ask(market.TCM_CREATOR_INVITE, handle_names=handles)
    assert told["in_tcm"] == ["maracooks"]
    assert told["invited"] == ["rising"]
    assert told["rejected"] == ["small.fry", "far.away", "nobody"]
    assert set(told["reject_reasons"]) == set(told["rejected"])
    found = old.ask(market.TCM_CREATOR_STATUS, handle_names=handles)["onboarding_status"]
    states = ["IN", "IN", "NOT_IN", "NOT_IN", "INVALID"]
    assert [one["status"] for one in found] == states
    assert old.ask(market.TCM_CREATOR_PUBLIC, handle_name="rising")["followers_count"] == 2_000


def test_creators_are_found_as_in_the_new_marketplace(
    tiktok: TikTok, old: OldMarket, mara: Talent
) -> None:
    found = old.ask(market.TCM_CREATOR_DISCOVER, page_size=200)["creators"]
    followers = [one["followers_count"] for one in found]
    assert followers == sorted(followers, reverse=True)
    assert len(found) == 2
    new = old.ask(creators.TTO_CREATOR_DISCOVER, tto_tcm_account_id=MARKETPLACE_ID, page_size=50)
    assert {one["handle_name"] for one in found} == {one["handle_name"] for one in new["creators"]}
    own = mara.data(market.TCM_CREATOR_AUTHORIZED, fields=["creator_rate", "topics"])
    public = old.ask(market.TCM_CREATOR_PUBLIC, handle_name="maracooks")
    assert own == {name: public[name] for name in ("creator_rate", "topics")}
    assert mara.data(market.TCM_CONNECTED)["list"][0]["handle_name"] == "maracooks"
    topic = {"creator_categories": [public["topics"][0].upper()]}
    same = old.ask(market.TCM_CREATOR_DISCOVER, **topic)["creators"]
    assert "maracooks" in [one["handle_name"] for one in same]
    others = ({"username": name, "region": "DE"} for name in ("nearer", "further"))
    for other, followers_count in zip(others, (20_000, 90_000), strict=True):
        tiktok.control("POST", "creators", other | {"followers": followers_count})
        old.world.named(other["username"]).category = old.world.named("maracooks").category
    similar = old.ask(market.TCM_SIMILAR_CREATOR, handle_name="maracooks")["creators"]
    assert [one["handle_name"] for one in similar] == ["nearer", "further"]
    joined = old.ask(market.TCM_CREATOR_DISCOVER, min_campaign_count=1)["creators"]
    assert [one["handle_name"] for one in joined] == ["maracooks"]
    assert old.ask(market.TCM_CREATOR_DISCOVER, engagement_rate=">20")["creators"] == []


def test_posts_are_those_of_display(tiktok: TikTok, old: OldMarket, mara: Talent) -> None:
    page = old.ask(market.TCM_CREATOR_PUBLIC_VIDEOS, handle_name="maracooks", limit=5)
    assert page["page_info"]["has_more"]
    shown = tiktok.http.post(
        display.VIDEO_LIST.path,
        params={"fields": "id"},
        json={"max_count": 5},
        headers=tiktok.bearer(creator="maracooks"),
    ).json()["data"]["videos"]
    assert [one["video_id"] for one in page["posts"]] == [one["id"] for one in shown]
    own = mara.data(market.TCM_CREATOR_AUTHORIZED_VIDEOS, limit=5)
    assert [one["video_id"] for one in own["posts"]] == [one["video_id"] for one in page["posts"]]
    first = page["posts"][0]
    assert first["engagement_count"] == first["likes"] + first["comments"] + first["shares"]


def test_the_reviews_of_an_order_s_videos_follow_their_links(
    tiktok: TikTok, old: OldMarket, mara: Talent, video: str
) -> None:
    made = old.order("maracooks")
    link = {"tto_invite_link": made["invite_link"], "video_id": video}
    mara.data(creators.TTO_CREATOR_JOIN, tto_invite_link=made["invite_link"])
    tiktok.control("POST", "business/creator_links", {"verdict": "rejected", "video_id": video})
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, **link)

    def review() -> tuple[str, str]:
        order = {"v2_order_id": made["orders"][0]["order_id"]}
        [found] = old.ask(market.TCM_VIDEO_AUDIT_STATUS, **order)["audit_status_list"]
        return found["review_status"], found["bind_status"]

    assert review() == ("AD_REVIEWING", "BIND")
    tiktok.advance(6)
    assert review() == ("AD_REVIEW_FAIL", "UNBIND")
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, **link)
    tiktok.advance(6)
    assert review() == ("SUCCEED", "BIND")
