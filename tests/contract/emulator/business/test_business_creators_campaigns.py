"""Campaigns with creators: invitations, links of videos, their review, reports and webhooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor.emulator.products.business_ads.state import Ad
from stagedoor.emulator.products.business_creators import report
from stagedoor.emulator.world import World
from stagedoor.platform import signature
from stagedoor.platform.products import (
    business_accounts,
    business_ads,
    business_events,
    display,
)
from stagedoor.platform.products import business_creators as creators
from stagedoor.platform.products.business_reports import REPORT_INTEGRATED_GET
from tests.examples.business import ADVERTISER_ID, APP, APP_SECRET, OTHER_ADVERTISER_ID
from tests.examples.business_creators import (
    CAMPAIGN_ID,
    INVITE_LINK,
    LINK_REQUEST_ID,
    MARKETPLACE_ID,
    OTHER_MARKETPLACE_ID,
)
from tests.support import media
from tests.support.advertiser import Advertiser
from tests.support.marketplace import Marketplace, Talent
from tests.support.site import Site

from ..conftest import TikTok


@pytest.fixture
def market(advertiser: Advertiser) -> Marketplace:
    return Marketplace(advertiser.http, advertiser.headers, advertiser.world)


@pytest.fixture
def mara(tiktok: TikTok, market: Marketplace) -> Talent:
    return Talent(tiktok.http)


@pytest.fixture
def video(tiktok: TikTok, market: Marketplace) -> str:
    """A new public post of the creator of the seeded campaign."""
    return str(tiktok.control("POST", "videos", {"creator": "maracooks", "title": "Rye"})["id"])


@pytest.mark.shows("business.tto_campaign_create")
def test_a_campaign_invites_the_creators_that_it_can(market: Marketplace) -> None:
    made = market.campaign_with("ridewithrio", "jonas.behind.doors", "nobody", campaign_name="Eggs")
    shown = market.shown(made["campaign_id"])
    assert shown == made
    assert shown["handle_names"] == ["ridewithrio", "jonas.behind.doors"]
    assert shown["failed_handle_names"] == ["nobody"]
    assert (shown["campaign_type"], shown["country_codes"]) == ("CAMPAIGN", ["FR", "IT"])
    assert shown["invite_link"] != market.shown()["invite_link"]
    told = market.ask(creators.TTO_CREATOR_STATUS, handle_names=["jonas.behind.doors"])
    assert told["onboarding_status"][0]["status"] == "INVITED"
    link = market.campaign_with(campaign_type="BRAND_LINK")["campaign_id"]
    [first] = market.ask(creators.TTO_CAMPAIGN_GET, campaign_type="BRAND_LINK")["campaigns"]
    assert first["campaign_id"] == link
    page = market.ask(creators.TTO_CAMPAIGN_GET, page_size=2)
    assert [one["campaign_id"] for one in page["campaigns"]] == [link, made["campaign_id"]]
    assert page["page_info"]["total_number"] == 3


@pytest.mark.shows("business.tto_campaign_update")
def test_an_update_invites_more_and_replaces_the_ad_accounts(market: Marketplace) -> None:
    change = {"campaign_id": CAMPAIGN_ID, "handle_names": ["ridewithrio"]}
    market.ask(creators.TTO_CAMPAIGN_UPDATE, **change, advertiser_ids=[OTHER_ADVERTISER_ID])
    shown = market.shown()
    assert shown["handle_names"] == ["maracooks", "ridewithrio"]
    assert shown["advertiser_ids"] == [OTHER_ADVERTISER_ID]
    wrong = {"campaign_type": "BRAND_LINK"}
    assert market.refused(creators.TTO_CAMPAIGN_UPDATE, **change, **wrong)[0] == 40002
    foreign = {"advertiser_ids": ["7100000000000009999"]}
    assert market.refused(creators.TTO_CAMPAIGN_UPDATE, **change, **foreign)[0] == 40001


def test_campaigns_of_other_accounts_are_out_of_reach(
    market: Marketplace, mara: Talent, video: str
) -> None:
    other = {"tto_tcm_account_id": OTHER_MARKETPLACE_ID}
    named = other | {"campaign_id": CAMPAIGN_ID}
    assert market.refused(creators.TTO_CAMPAIGN_UPDATE, **named)[0] == 40001
    assert market.refused(creators.TTO_REPORT, **named)[0] == 40001
    linking = {"video_id": video, "action": "LINK"}
    assert market.refused(creators.TTO_CAMPAIGN_LINK, **named, **linking)[0] == 40001
    assert market.refused(creators.TTO_REPORT, campaign_id="1")[0] == 40007
    asked = other | {"campaign_ids": [CAMPAIGN_ID]}
    assert market.ask(creators.TTO_CAMPAIGN_GET, **asked)["campaigns"] == []
    assert market.linked(**asked) == {}


@pytest.mark.shows("business.tto_creator_join")
def test_a_creator_joins_by_the_invite_link(tiktok: TikTok, market: Marketplace) -> None:
    jonas = Talent(tiktok.http, "jonas.behind.doors")
    for _ in range(2):
        jonas.data(creators.TTO_CREATOR_JOIN, tto_invite_link=INVITE_LINK)
    assert market.shown()["handle_names"] == ["maracooks", "jonas.behind.doors"]
    assert jonas.code(creators.TTO_CREATOR_JOIN, tto_invite_link=f"{INVITE_LINK}x") == 40002
    reader = Talent(tiktok.http, scopes=["biz.creator.insights"])
    assert reader.code(creators.TTO_CREATOR_JOIN, tto_invite_link=INVITE_LINK) == 40130
    tiktok.control("POST", "creators", {"username": "far.away", "region": "IS"})
    far = Talent(tiktok.http, "far.away")
    assert far.code(creators.TTO_CREATOR_JOIN, tto_invite_link=INVITE_LINK) == 40122


def test_a_small_creator_comes_into_the_marketplace_by_joining(
    tiktok: TikTok, market: Marketplace
) -> None:
    lu = Talent(tiktok.http, "lu_starts_today")
    lu.data(creators.TTO_CREATOR_JOIN, tto_invite_link=INVITE_LINK)
    told = market.ask(creators.TTO_CREATOR_STATUS, handle_names=["lu_starts_today"])
    assert told["onboarding_status"][0]["status"] == "IN"
    [found] = market.ask(creators.TTO_CREATOR_DISCOVER, country_codes=["SE"])["creators"]
    assert found["handle_name"] == "lu_starts_today"


@pytest.mark.shows("business.tto_creator_video_link")
def test_a_creator_s_video_is_linked_after_a_review(
    tiktok: TikTok, market: Marketplace, mara: Talent, video: str
) -> None:
    wanted = {"tto_invite_link": INVITE_LINK, "video_id": video}
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, **wanted)
    assert market.linked()[video] == "IN_REVIEW"
    assert video not in market.shown()["video_ids"]
    assert mara.code(creators.TTO_CREATOR_VIDEO_LINK, **wanted) == 40002
    tiktok.advance(5)
    assert market.linked(handle_names=["maracooks"])[video] == "APPROVE"
    assert market.shown()["video_ids"][0] == video
    posts = market.ask(creators.TTO_CREATOR_PUBLIC_VIDEOS, handle_name="maracooks", limit=1)
    assert posts["posts"][0]["collaboration_status"] == "APPROVE"


def test_the_outcome_of_a_review_can_be_set(
    tiktok: TikTok, market: Marketplace, mara: Talent, video: str
) -> None:
    tiktok.control("POST", "business/creator_links", {"verdict": "rejected", "seconds": 60})
    wanted = {"tto_invite_link": INVITE_LINK, "video_id": video}
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, **wanted)
    tiktok.advance(59)
    assert market.linked()[video] == "IN_REVIEW"
    tiktok.advance(1)
    assert market.linked()[video] == "REJECTED"
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, **wanted)
    path = f"business/creator_links/{CAMPAIGN_ID}/{video}"
    tiktok.control("PUT", path, {"verdict": "approved"})
    assert market.linked()[video] == "APPROVE"


@pytest.mark.shows("business.tto_campaign_link")
def test_a_request_waits_for_the_creator_and_is_revoked_with_its_rights(
    tiktok: TikTok, market: Marketplace, mara: Talent, video: str
) -> None:
    linking = {"campaign_id": CAMPAIGN_ID, "video_id": video}
    first = market.ask(creators.TTO_CAMPAIGN_LINK, **linking, action="LINK")
    again = market.ask(creators.TTO_CAMPAIGN_LINK, **linking, action="LINK")
    assert (first["status"], first["number_of_requests"]) == ("IN_REVIEW", 1)
    assert again == first | {"number_of_requests": 2}
    tiktok.advance(60)
    [status] = market.ask(creators.TTO_CAMPAIGN_LINK_STATUS, page_size=1)["video_infos"]
    assert status["status"] == "IN_REVIEW", "without the creator's answer there is no review"
    assert status["last_reminded_timestamp"].isdigit()
    waiting = mara.data(creators.TTO_CREATOR_LINK_REQUEST_GET, tto_invite_link=INVITE_LINK)
    assert (waiting["campaign_id"], waiting["spark_authorization_days"]) == (CAMPAIGN_ID, 30)
    request_id = first["link_request_id"]
    assert [one["link_request_id"] for one in waiting["link_requests"]] == [
        request_id,
        LINK_REQUEST_ID,
    ]
    answer = {"link_request_id": request_id, "action": "APPROVE"}
    rio = Talent(tiktok.http, "ridewithrio")
    assert rio.code(creators.TTO_CREATOR_LINK_REQUEST_CONFIRM, **answer) == 40001
    mara.data(creators.TTO_CREATOR_LINK_REQUEST_CONFIRM, **answer)
    assert mara.code(creators.TTO_CREATOR_LINK_REQUEST_CONFIRM, **answer) == 40002
    tiktok.advance(5)
    assert market.linked()[video] == "APPROVE"
    assert market.refused(creators.TTO_CAMPAIGN_LINK, **linking, action="LINK")[0] == 40002
    assert codes(market) == {"AUTH_CODE"}, "the ad account may use the video"
    market.ask(creators.TTO_CAMPAIGN_LINK, **linking, action="REVOKE")
    assert market.linked()[video] == "REVOKE"
    assert market.refused(creators.TTO_CAMPAIGN_LINK, **linking, action="REVOKE")[0] == 40002
    group = market.group(market.campaign()["campaign_id"])["adgroup_id"]
    creative = market.creative(identity_type="AUTH_CODE", tiktok_item_id=video)
    creative["identity_id"] = code(market)["identity_id"]
    refused = market.refused(business_ads.AD_CREATE, adgroup_id=group, creatives=[creative])
    assert refused[0] == 40002, "and may not any more"
    anew = market.ask(creators.TTO_CAMPAIGN_LINK, **linking, action="LINK")["link_request_id"]
    mara.data(creators.TTO_CREATOR_LINK_REQUEST_CONFIRM, link_request_id=anew, action="APPROVE")
    tiktok.advance(5)
    market.ask(business_ads.AD_CREATE, adgroup_id=group, creatives=[creative])


def code(market: Marketplace) -> Any:
    asked = {"identity_type": "AUTH_CODE"}
    [found] = market.ask(business_ads.IDENTITY_GET, **asked)["identity_list"]
    return found


def codes(market: Marketplace) -> set[str]:
    found = market.ask(business_ads.IDENTITY_GET, identity_type="AUTH_CODE")["identity_list"]
    return {one["identity_type"] for one in found}


def test_an_approved_video_is_used_in_spark_ads_for_the_campaign_s_days(
    tiktok: TikTok, market: Marketplace, mara: Talent, video: str
) -> None:
    mara.data(creators.TTO_CREATOR_VIDEO_LINK, tto_invite_link=INVITE_LINK, video_id=video)
    tiktok.advance(5)
    identity = {"identity_type": "AUTH_CODE", "identity_id": code(market)["identity_id"]}
    group = market.group(market.campaign()["campaign_id"])["adgroup_id"]
    market.ad(group, **identity, tiktok_item_id=video)
    tiktok.advance(30 * 86_400)
    creative = market.creative(**identity, tiktok_item_id=video)
    refused = market.refused(business_ads.AD_CREATE, adgroup_id=group, creatives=[creative])
    assert refused[0] == 40002


@pytest.mark.shows("business.tto_creator_link_request_confirm")
def test_a_rejected_request_can_be_made_again(
    market: Marketplace, mara: Talent, tiktok: TikTok
) -> None:
    answer = {"link_request_id": LINK_REQUEST_ID, "action": "REJECT"}
    mara.data(creators.TTO_CREATOR_LINK_REQUEST_CONFIRM, **answer)
    [video] = [one for one, state in market.linked().items() if state == "REJECTED"]
    linking = {"campaign_id": CAMPAIGN_ID, "video_id": video, "action": "LINK"}
    anew = market.ask(creators.TTO_CAMPAIGN_LINK, **linking)
    assert anew["link_request_id"] != LINK_REQUEST_ID
    assert mara.code(creators.TTO_CREATOR_LINK_REQUEST_CONFIRM, **answer) == 40007
    rio = tiktok.world.videos_of(tiktok.world.named("ridewithrio").id)[0].id
    assert market.refused(creators.TTO_CAMPAIGN_LINK, **(linking | {"video_id": rio}))[0] == 40001
    assert market.refused(creators.TTO_CAMPAIGN_LINK, **(linking | {"video_id": "1"}))[0] == 40007
    asked = {"tto_invite_link": INVITE_LINK, "video_id": rio}
    assert mara.code(creators.TTO_CREATOR_VIDEO_LINK, **asked) == 40001
    stranger = Talent(tiktok.http, "ridewithrio")
    assert stranger.code(creators.TTO_CREATOR_VIDEO_LINK, **asked) == 40002, "joins first"


def test_a_report_adds_up_and_is_made_of_display_s_and_the_ads_numbers(
    tiktok: TikTok, market: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    [video] = market.ask(creators.TTO_REPORT, campaign_id=CAMPAIGN_ID)["videos"]
    shown = tiktok.http.post(
        display.VIDEO_QUERY.path,
        params={"fields": "view_count,like_count,comment_count,share_count"},
        json={"filters": {"video_ids": [video["video_id"]]}},
        headers=tiktok.bearer(creator="maracooks"),
    ).json()["data"]["videos"][0]
    assert video["video_views_organic"] == shown["view_count"]
    assert video["likes_organic"] == shown["like_count"]
    assert video["video_views_paid"] > 0, "a seeded Spark ad shows the video"
    for name in ("likes", "comments", "shares", "favorites"):
        assert video[name] == video[f"{name}_organic"] + video[f"{name}_paid"]
        assert video[name] == sum(day[name] for day in video["daily_stats"])
    assert video["video_views"] == video["video_views_organic"] + video["video_views_paid"]
    assert video["video_views"] == sum(day["views"] for day in video["daily_stats"])
    ads = market.ask(
        REPORT_INTEGRATED_GET,
        report_type="BASIC",
        data_level="AUCTION_AD",
        dimensions=["ad_id"],
        metrics=["video_play_actions", "likes"],
        start_date=video["daily_stats"][0]["date"],
        end_date=video["daily_stats"][-1]["date"],
        page_size=100,
    )["list"]
    posts = {one["ad_id"]: one.get("tiktok_item_id") for one in market.ads()}
    ads = [one for one in ads if posts[one["dimensions"]["ad_id"]] == video["video_id"]]
    plays, likes = (
        sum(int(one["metrics"][name]) for one in ads) for name in ("video_play_actions", "likes")
    )
    assert (video["video_views_paid"], video["likes_paid"]) == (plays, likes)
    shown_by = [one for one in posts if posts[one] == video["video_id"]]
    market.ask(business_ads.AD_STATUS_UPDATE, ad_ids=shown_by, operation_status="DELETE")
    read: list[str] = []
    goal = report._goal

    def spied(world: World, ad: Ad) -> str:
        read.append(ad.id)
        return goal(world, ad)

    monkeypatch.setattr(report, "_goal", spied)
    [after] = market.ask(creators.TTO_REPORT, campaign_id=CAMPAIGN_ID)["videos"]
    assert after["video_views_paid"] == plays, "what a deleted ad showed still counts"
    assert sorted(read) == sorted(shown_by) != sorted(posts), "ads of other videos aren't read"
    last = video["daily_stats"][-1]["date"]
    [day] = market.ask(
        creators.TTO_REPORT, campaign_id=CAMPAIGN_ID, start_date=last, end_date=last
    )["videos"]
    assert day["daily_stats"] == [video["daily_stats"][-1]]
    assert day["video_views"] == video["daily_stats"][-1]["views"]
    wrong = {"start_date": "2026-02-02", "end_date": "2026-02-01"}
    assert market.refused(creators.TTO_REPORT, campaign_id=CAMPAIGN_ID, **wrong)[0] == 40002


def subscribe(tiktok: TikTok, url: str, **detail: Any) -> dict[str, Any]:
    detail = {"access_token": tiktok.advertiser_token(), "tto_tcm_account_id": MARKETPLACE_ID} | (
        detail
    )
    body = APP | {
        "subscribe_entity": "TCM_VIDEOS",
        "callback_url": url,
        "subscription_detail": detail,
    }
    answer = tiktok.http.post(business_events.SUBSCRIPTION_SUBSCRIBE.path, json=body).json()
    found: dict[str, Any] = answer
    return found


def test_a_video_published_with_an_invite_link_joins_the_campaign_and_is_told_signed(
    tiktok: TikTok, market: Marketplace, site: Site
) -> None:
    assert subscribe(tiktok, f"{site.url}/hooks")["code"] == 0
    rio = Talent(tiktok.http, "ridewithrio")
    tiktok.control("PUT", "hosts", {"ready.example.com": site.url})
    site.pages = {"/a.mp4": media.video()}
    publish = {"business_id": rio.business_id, "video_url": "https://ready.example.com/a.mp4"}
    unknown = {"post_info": {"tto_invite_link": f"{INVITE_LINK}x"}}
    assert rio.code(business_accounts.BUSINESS_VIDEO_PUBLISH, **publish, **unknown) == 40002
    info = {"post_info": {"caption": "With rye", "tto_invite_link": INVITE_LINK}}
    rio.data(business_accounts.BUSINESS_VIDEO_PUBLISH, **publish, **info)
    for _ in range(5):
        tiktok.advance(1)
    assert market.shown()["handle_names"] == ["maracooks", "ridewithrio"]
    [(video, state)] = market.linked(handle_names=["ridewithrio"]).items()
    assert state in ("IN_REVIEW", "APPROVE")
    for level in ("SELF_ONLY", "PUBLIC_TO_EVERYONE"):
        path = f"phone/ridewithrio/videos/{video}"
        tiktok.control("PATCH", path, {"privacy": level})
        tiktok.advance(1)
    told = []
    for got in (one for one in site.got if one.method == "POST"):
        moment, _, digest = got.headers["tiktok-signature"].partition(",")
        assert digest == f"s={signature.digest(APP_SECRET, moment.removeprefix('t='), got.body)}"
        body = json.loads(got.body)
        assert body["object"] == 10
        told += body["entry"]
    assert [one["tto_campaign_event_type"] for one in told] == [
        "tto_video_uploaded",
        "tto_video_published",
    ]
    assert {one["video_id"] for one in told} == {video}
    assert told[0]["event_type"] == "tto_campaign_webhook"
    assert (told[0]["handle_name"], told[0]["campaign_id"]) == ("ridewithrio", CAMPAIGN_ID)
    assert told[0]["tto_tcm_account_id"] == MARKETPLACE_ID


def test_a_subscription_to_a_marketplace_account_needs_its_token(tiktok: TikTok) -> None:
    url = "https://app.example.com/hooks"
    foreign = tiktok.advertiser_token(advertiser_ids=[OTHER_ADVERTISER_ID])
    assert subscribe(tiktok, url, access_token=foreign)["code"] == 40001
    ads = tiktok.advertiser_token(permissions=["2"], advertiser_ids=[ADVERTISER_ID])
    assert subscribe(tiktok, url, access_token=ads)["code"] == 40001
    assert subscribe(tiktok, url, tto_tcm_account_id="9")["code"] == 40001
