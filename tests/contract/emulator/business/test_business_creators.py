"""The creator marketplace: accounts, creators and their numbers, search, rankings."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.products import business_accounts, display
from stagedoor.platform.products import business_creators as creators
from tests.examples.business import APP, OTHER_ADVERTISER_ID
from tests.examples.business_creators import MARKETPLACE_ID, OTHER_MARKETPLACE_ID
from tests.support.advertiser import Advertiser
from tests.support.marketplace import Marketplace, Talent

from ..conftest import TikTok

HANDLES = ("maracooks", "jonas.behind.doors", "lu_starts_today", "ridewithrio")


@pytest.fixture
def market(advertiser: Advertiser) -> Marketplace:
    return Marketplace(advertiser.http, advertiser.headers, advertiser.world)


def found(market: Marketplace, **asked: Any) -> list[str]:
    data = market.ask(creators.TTO_CREATOR_DISCOVER, **asked)
    return [one["handle_name"] for one in data["creators"]]


def add(tiktok: TikTok, username: str, followers: int = 20_000, **more: Any) -> Any:
    body = {"username": username, "followers": followers} | more
    return tiktok.control("POST", "creators", body)


def test_a_token_sees_the_marketplace_accounts_of_its_advertisers(
    tiktok: TikTok, market: Marketplace
) -> None:
    listed = market.ask(creators.TTO_ACCOUNTS, **APP)["tto_tcm_account_ids"]
    assert listed == [MARKETPLACE_ID, OTHER_MARKETPLACE_ID]
    info = market.ask(creators.TTO_ACCOUNT_INFO)
    assert (info["account_name"], info["timezone"]) == ("Mara's Kitchen", "America/New_York")
    one = tiktok.access_token(advertiser_ids=[OTHER_ADVERTISER_ID])
    other = Marketplace(tiktok.http, one, tiktok.world)
    assert other.ask(creators.TTO_ACCOUNTS, **APP)["tto_tcm_account_ids"] == [OTHER_MARKETPLACE_ID]
    code, said = other.refused(creators.TTO_ACCOUNT_INFO)
    assert (code, MARKETPLACE_ID in said) == (40001, True)
    assert market.refused(creators.TTO_ACCOUNT_INFO, tto_tcm_account_id="9")[0] == 40001


def test_a_token_without_the_marketplace_permission_is_refused(tiktok: TikTok) -> None:
    """Each call needs its own permission; the marketplace's includes those below it."""
    ads_only = Marketplace(tiktok.http, tiktok.access_token(permissions=["2"]), tiktok.world)
    assert ads_only.refused(creators.TTO_ACCOUNTS, **APP)[0] == 40001
    reader = Marketplace(tiktok.http, tiktok.access_token(permissions=["13020000"]), tiktok.world)
    assert found(reader) == ["ridewithrio", "maracooks"]
    made = {"campaign_name": "No", "brand_name": "No"}
    assert reader.refused(creators.TTO_CAMPAIGN_CREATE, **made)[0] == 40001


def test_only_open_accounts_with_followers_are_creators(
    tiktok: TikTok, market: Marketplace
) -> None:
    add(tiktok, "far.away", region="IS")
    asked = [*HANDLES, "far.away", "nobody.at.all"]
    told = market.ask(creators.TTO_CREATOR_STATUS, handle_names=asked)["onboarding_status"]
    assert [one["status"] for one in told] == ["IN", "NOT_IN", "NOT_IN", "IN", "NOT_IN", "INVALID"]
    for handle, code in (("lu_starts_today", 40121), ("nobody", 40121), ("far.away", 40122)):
        for operation in (creators.TTO_CREATOR_PUBLIC, creators.TTO_CREATOR_PUBLIC_VIDEOS):
            assert market.refused(operation, handle_name=handle)[0] == code


def test_numbers_are_those_that_display_and_insights_show(
    tiktok: TikTok, market: Marketplace
) -> None:
    talent = Talent(tiktok.http)
    shown = market.ask(creators.TTO_CREATOR_PUBLIC, handle_name="maracooks")
    own = talent.data(creators.TTO_CREATOR_AUTHORIZED)
    assert {n: v for n, v in own.items() if n != "profile_image"} == {
        n: v for n, v in shown.items() if n != "profile_image"
    }
    assert shown["creator_id"] == talent.business_id
    names = ["followers_count", "total_likes", "videos_count", "audience_countries"]
    profile = talent.data(business_accounts.BUSINESS_GET, fields=names)
    assert shown["followers_count"] == profile["followers_count"]
    assert shown["likes_count"] == profile["total_likes"]
    assert shown["videos_count"] == profile["videos_count"]
    assert shown["audience_countries"] == profile["audience_countries"]
    assert shown["industry_labels"][0]["label_name"] == "Food and beverage"
    few = talent.data(creators.TTO_CREATOR_AUTHORIZED, fields=["median_views"])
    assert few == {"median_views": shown["median_views"]}


def test_posts_have_the_ids_and_counts_of_display_on_every_page(
    tiktok: TikTok, market: Marketplace
) -> None:
    title = "Plum cake #baking with @ridewithrio"
    new = tiktok.control("POST", "videos", {"creator": "maracooks", "title": title})["id"]
    talent = Talent(tiktok.http)
    walked: list[Any] = []
    place: dict[str, Any] = {"has_more": True}
    while place["has_more"]:
        cursor = {"cursor": place["cursor"]} if "cursor" in place else {}
        data = market.ask(
            creators.TTO_CREATOR_PUBLIC_VIDEOS, handle_name="maracooks", limit=9, **cursor
        )
        walked += data["posts"]
        place = data["page_info"]
    assert walked[0]["video_id"] == new
    assert walked[0]["caption_hashtags"] == ["baking"]
    assert walked[0]["mentioned_accounts"] == ["ridewithrio"]
    fields = {"fields": "id,like_count,view_count"}
    listed: list[Any] = []
    page: dict[str, Any] = {"has_more": True, "cursor": None}
    while page["has_more"]:
        page = tiktok.http.post(
            display.VIDEO_LIST.path,
            params=fields,
            json={"max_count": 20} | ({"cursor": page["cursor"]} if page["cursor"] else {}),
            headers=tiktok.bearer(creator="maracooks"),
        ).json()["data"]
        listed += page["videos"]
    assert [(one["video_id"], one["likes"], one["video_views"]) for one in walked] == [
        (one["id"], one["like_count"], one["view_count"]) for one in listed
    ]
    own = talent.data(creators.TTO_CREATOR_AUTHORIZED_VIDEOS, limit=9)
    assert [one["video_id"] for one in own["posts"]] == [one["video_id"] for one in walked[:9]]
    foreign = tiktok.world.videos_of(tiktok.world.named("ridewithrio").id)[0].id
    chosen = market.ask(
        creators.TTO_CREATOR_PUBLIC_VIDEOS, handle_name="maracooks", video_ids=[foreign, new]
    )
    assert [one["video_id"] for one in chosen["posts"]] == [new]


def test_the_search_narrows_by_each_filter(tiktok: TikTok, market: Marketplace) -> None:
    add(tiktok, "anna.bakes", 50_000, region="DE", bio="Bread and butter")
    add(tiktok, "tiny.bakes", 9_999, region="DE")
    assert found(market) == ["ridewithrio", "anna.bakes", "maracooks"]
    assert found(market, sort_order="ASC") == ["maracooks", "anna.bakes", "ridewithrio"]
    assert found(market, country_codes=["DE"]) == ["anna.bakes", "maracooks"]
    assert found(market, country_codes=["DE", "IT"], min_followers=60_000) == ["ridewithrio"]
    assert found(market, keyword_search="BREAD") == ["anna.bakes"]
    assert found(market, languages=["it"]) == ["ridewithrio"]
    assert found(market, state_provinces=["Bavaria"]) == []
    assert found(market, max_median_views=0) == ["anna.bakes"]
    rio = market.ask(creators.TTO_CREATOR_PUBLIC, handle_name="ridewithrio")
    price = rio["creator_price"]
    assert found(market, min_creator_price=price) == ["ridewithrio"]
    assert found(market, min_creator_price=price, creator_price_currency="JPY")[0] == "ridewithrio"
    by_views = found(market, sort_field="MEDIAN_VIEWS")
    assert by_views[::2] == ["ridewithrio", "anna.bakes"]
    labels = market.ask(creators.TTO_LABELS, label_type="SEARCH")["industry_labels"]
    food = next(one["label_id"] for one in labels if one["label_name"] == "Food and beverage")
    assert found(market, industry_label_ids=[food]) == ["maracooks"]
    assert found(market, industry_label_ids=[food], country_codes=["IT"]) == []
    second = market.ask(creators.TTO_CREATOR_DISCOVER, page=2, page_size=2)
    assert [one["handle_name"] for one in second["creators"]] == ["maracooks"]
    assert second["page_info"] == {
        "page": 2,
        "page_size": 2,
        "total_number": 3,
        "total_page": 2,
    }
    assert market.refused(creators.TTO_CREATOR_DISCOVER, sort_field="LUCK")[0] == 40002
    wrong = {"min_followers": 2, "max_followers": 1}
    assert market.refused(creators.TTO_CREATOR_DISCOVER, **wrong)[0] == 40002


def test_a_ranking_is_of_the_views_that_a_country_s_creators_gained(
    tiktok: TikTok, market: Marketplace
) -> None:
    add(tiktok, "anna.bakes", 50_000, region="DE")
    asked = {
        "ranking_type": "ORGANIC_CONTENT",
        "time_period": "WEEK",
        "time_period_lookback": "ONE",
        "country_code": "DE",
    }
    [first] = market.ask(creators.TTO_RANK, **asked)["creators"]
    assert (first["handle_name"], first["score"]) == ("maracooks", 100)
    video = {"creator": "anna.bakes", "title": "Bread", "views": 10_000_000}
    tiktok.control("POST", "videos", video)
    tiktok.advance(14 * 86_400)
    ranked = market.ask(creators.TTO_RANK, **asked)
    now = [one["handle_name"] for one in ranked["creators"]]
    assert now == ["anna.bakes", "maracooks"]
    assert ranked["creators"][0]["score"] == 100
    assert ranked["last_updated_at"].endswith("00:00:00")
    earlier = market.ask(creators.TTO_RANK, **(asked | {"time_period_lookback": "TWO"}))
    before = [one["handle_name"] for one in earlier["creators"]]
    for place, one in enumerate(ranked["creators"]):
        handle = one["handle_name"]
        change = before.index(handle) - place if handle in before else None
        assert one["ranking_change"] == change
    branded = market.ask(creators.TTO_RANK, **(asked | {"ranking_type": "BRANDED_CONTENT"}))
    assert "anna.bakes" not in [one["handle_name"] for one in branded["creators"]]
    assert market.refused(creators.TTO_RANK, **(asked | {"time_period": "DAY"}))[0] == 40002


def test_a_creator_reads_only_the_own_account(tiktok: TikTok, advertiser: Advertiser) -> None:
    talent = Talent(tiktok.http)
    assert talent.code(creators.TTO_CREATOR_AUTHORIZED, creator_id="-000other") == 40001
    reader = Talent(tiktok.http, scopes=["video.list"])
    assert reader.code(creators.TTO_CREATOR_AUTHORIZED) == 40130
    answer = advertiser.call(creators.TTO_CREATOR_AUTHORIZED, creator_id=talent.business_id)
    assert answer["code"] == 40105
