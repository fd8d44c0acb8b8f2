"""An account's profile, insights, posts and publishing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stagedoor.platform.products import business_accounts as accounts
from stagedoor.platform.products import display
from tests.support import media
from tests.support.account_holder import AccountHolder
from tests.support.site import Site

from ..conftest import TikTok

HOST = "media.example.com"
CLIP = f"https://{HOST}/rye.mp4"


@pytest.fixture
def holder(tiktok: TikTok, site: Site) -> AccountHolder:
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.control("PUT", "hosts", {HOST: site.url})
    site.pages = {"/rye.mp4": media.video(), "/1.jpg": media.photo(), "/2.jpg": media.photo()}
    return AccountHolder(tiktok.http)


def posts(holder: AccountHolder, *names: str, **asked: Any) -> list[dict[str, Any]]:
    asked["fields"] = ["item_id", *names]
    found: list[dict[str, Any]] = holder.data(accounts.BUSINESS_VIDEO_LIST, **asked)["videos"]
    return found


def test_only_the_fields_that_were_asked_for_come_back(
    tiktok: TikTok, holder: AccountHolder
) -> None:
    assert set(holder.data(accounts.BUSINESS_GET)) == {"display_name", "profile_image"}
    found = holder.data(accounts.BUSINESS_GET, fields=["username", "total_likes", "videos_count"])
    shown = tiktok.http.get(
        display.USER_INFO.path,
        params={"fields": "username,likes_count,video_count"},
        headers=tiktok.bearer(creator="maracooks"),
    ).json()["data"]["user"]
    assert found == {
        "username": shown["username"],
        "total_likes": shown["likes_count"],
        "videos_count": shown["video_count"],
    }
    assert holder.code(accounts.BUSINESS_GET, fields=["nothing"]) == 40002


def test_each_field_needs_its_scope(tiktok: TikTok) -> None:
    holder = AccountHolder(tiktok.http, scopes=["user.info.basic", "video.list"])
    assert holder.data(accounts.BUSINESS_GET, fields=["display_name"])
    assert holder.code(accounts.BUSINESS_GET, fields=["display_name", "username"]) == 40130
    assert posts(holder, "likes")
    assert holder.code(accounts.BUSINESS_VIDEO_LIST, fields=["item_id", "reach"]) == 40130
    assert holder.code(accounts.BUSINESS_VIDEO_SETTINGS) == 40130


def test_the_days_of_a_post_add_up_to_its_totals(tiktok: TikTok, holder: AccountHolder) -> None:
    tiktok.control("POST", "creators", {"username": "newcomer"})
    totals = {"views": 10_007, "likes": 501, "comments": 33}
    tiktok.control("POST", "videos", {"creator": "newcomer"} | totals)
    tiktok.advance(40 * 86_400)
    today = datetime.fromtimestamp(tiktok.control("GET", "clock")["now"], UTC).date()
    names = ["video_views", "likes", "comments"]
    first = today - timedelta(days=41)
    metrics = AccountHolder(tiktok.http, creator="newcomer").data(
        accounts.BUSINESS_GET, fields=names, start_date=first.isoformat()
    )["metrics"]
    days = [(first + timedelta(days=n)).isoformat() for n in range(41)]
    assert [one["date"] for one in metrics] == days
    assert all(set(one) == {"date", *names} for one in metrics)
    assert [sum(one[name] for one in metrics) for name in names] == list(totals.values())
    views = [one["video_views"] for one in metrics]
    assert views[0] == 0
    assert views[2] > views[5] > views[10] > 0


def test_a_new_follow_is_a_new_follower_of_its_day(tiktok: TikTok, holder: AccountHolder) -> None:
    tiktok.control("POST", "people", {"username": "ovenfan"})
    tiktok.control("POST", "follows", {"follower": "ovenfan", "followed": "maracooks"})
    now = tiktok.control("GET", "clock")["now"]
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    asked: dict[str, Any] = {"fields": ["daily_new_followers", "daily_total_followers"]}
    assert holder.data(accounts.BUSINESS_GET, **asked)["metrics"][-1]["date"] < today
    tiktok.advance(86_399)
    holder = AccountHolder(tiktok.http)
    last = holder.data(accounts.BUSINESS_GET, start_date=today, **asked)["metrics"][0]
    total = holder.data(accounts.BUSINESS_GET, fields=["followers_count"])
    assert last["date"] == today
    assert last["daily_new_followers"] >= 1
    assert last["daily_total_followers"] == total["followers_count"]


def test_an_audience_is_shown_from_a_hundred_followers_on(
    tiktok: TikTok, holder: AccountHolder
) -> None:
    names = ["audience_ages", "audience_genders", "audience_countries", "audience_activity"]
    found = holder.data(accounts.BUSINESS_GET, fields=names)
    for name in names[:2]:
        assert sum(one["percentage"] for one in found[name]) == pytest.approx(1)
    assert found["audience_countries"]
    assert len(found["metrics"][0]["audience_activity"]) == 24
    small = tiktok.control("POST", "creators", {"username": "tiny", "followers": 99})
    found = AccountHolder(tiktok.http, creator=small["username"]).data(
        accounts.BUSINESS_GET, fields=names
    )
    assert all(found[name] == [] for name in names[:3])
    assert found["metrics"][0]["audience_activity"] == []


@pytest.mark.parametrize(
    ("first", "last", "code"), [(-60, -1, 0), (-61, -1, 40002), (-3, -4, 40002)]
)
def test_insights_reach_back_sixty_days(
    tiktok: TikTok, holder: AccountHolder, first: int, last: int, code: int
) -> None:
    today = datetime.fromtimestamp(tiktok.control("GET", "clock")["now"], UTC).date()
    asked = {
        "fields": ["video_views"],
        "start_date": (today + timedelta(days=first)).isoformat(),
        "end_date": (today + timedelta(days=last)).isoformat(),
    }
    assert holder.call(accounts.BUSINESS_GET, **asked)["code"] == code


def test_posts_are_the_same_as_on_display(tiktok: TikTok, holder: AccountHolder) -> None:
    shown = tiktok.http.post(
        display.VIDEO_LIST.path,
        params={"fields": "id,like_count,view_count,title"},
        json={"max_count": 20},
        headers=tiktok.bearer(creator="maracooks"),
    ).json()["data"]["videos"]
    found = posts(holder, "likes", "video_views", "caption", "create_time", max_count=20)
    assert [(one["item_id"], one["likes"], one["video_views"]) for one in found] == [
        (one["id"], one["like_count"], one["view_count"]) for one in shown
    ]
    first = holder.data(accounts.BUSINESS_VIDEO_LIST, max_count=2)
    assert first["has_more"]
    second = holder.data(accounts.BUSINESS_VIDEO_LIST, max_count=2, cursor=first["cursor"])
    ids = [one["item_id"] for one in (*first["videos"], *second["videos"])]
    assert ids == [one["item_id"] for one in found[:4]]
    wanted = {"video_ids": [ids[3], "7000000000000000009", ids[1]]}
    assert [one["item_id"] for one in posts(holder, filters=wanted)] == [ids[1], ids[3]]
    assert holder.code(accounts.BUSINESS_VIDEO_LIST, fields=["likes"]) == 40002


@pytest.mark.shows("business.business_video_publish")
def test_a_video_is_pulled_and_published(tiktok: TikTok, holder: AccountHolder) -> None:
    info = {"caption": "New drop #shoes", "disable_duet": True, "is_branded_content": True}
    began = holder.data(accounts.BUSINESS_VIDEO_PUBLISH, video_url=CLIP, post_info=info)
    share_id = began["share_id"]
    assert share_id.startswith("v_pub_url~v1.")
    early = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=share_id)
    assert "post_ids" not in early
    tiktok.advance(5)
    known = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=share_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    [post] = known["post_ids"]
    newest = posts(holder, "caption", "media_type")[0]
    assert newest == {"item_id": post, "caption": "New drop #shoes", "media_type": "VIDEO"}
    assert tiktok.world.videos[post].duet_disabled
    assert tiktok.world.videos[post].paid_partnership
    other = AccountHolder(tiktok.http, creator="jonas.behind.doors")
    assert other.code(accounts.BUSINESS_PUBLISH_STATUS, publish_id=share_id) == 40002


@pytest.mark.shows("business.business_photo_publish")
def test_photos_are_pulled_and_published(tiktok: TikTok, holder: AccountHolder) -> None:
    sent: dict[str, Any] = {
        "photo_images": [f"https://{HOST}/1.jpg", f"https://{HOST}/2.jpg"],
        "post_info": {"privacy_level": "PUBLIC_TO_EVERYONE", "title": "Rye", "caption": "Two"},
    }
    share_id = holder.data(accounts.BUSINESS_PHOTO_PUBLISH, **sent)["share_id"]
    assert share_id.startswith("p_pub_url~v1.")
    tiktok.advance(5)
    known = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=share_id)
    newest = posts(holder, "caption", "media_type")[0]
    assert known["post_ids"] == [newest["item_id"]]
    assert (newest["caption"], newest["media_type"]) == ("Rye Two", "PHOTO")
    sent["photo_cover_index"] = 2
    assert holder.code(accounts.BUSINESS_PHOTO_PUBLISH, **sent) == 40002
    sent["photo_cover_index"] = 0
    sent["post_info"] = {"privacy_level": "FOLLOWER_OF_CREATOR"}
    assert holder.code(accounts.BUSINESS_PHOTO_PUBLISH, **sent) == 40002


def test_a_failed_post_says_why(tiktok: TikTok, holder: AccountHolder, site: Site) -> None:
    site.pages["/rye.mp4"] = b"no video"
    began = holder.data(accounts.BUSINESS_VIDEO_PUBLISH, video_url=CLIP, post_info={})
    tiktok.advance(5)
    known = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=began["share_id"])
    assert known == {"status": "FAILED", "reason": "file_format_check_failed"}


def test_a_draft_waits_in_the_inbox(tiktok: TikTok, holder: AccountHolder) -> None:
    sent = {"video_url": CLIP, "post_info": {"upload_to_draft": True}}
    began = holder.data(accounts.BUSINESS_VIDEO_PUBLISH, **sent)
    tiktok.advance(5)
    known = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=began["share_id"])
    assert known == {"status": "SEND_TO_USER_INBOX"}
    publisher = AccountHolder(tiktok.http, scopes=["video.publish"])
    assert publisher.code(accounts.BUSINESS_VIDEO_PUBLISH, **sent) == 40130


def test_a_post_for_ads_alone_is_not_on_the_profile(tiktok: TikTok, holder: AccountHolder) -> None:
    before = posts(holder)
    sent = {"video_url": CLIP, "post_info": {"is_ads_only": True}}
    began = holder.data(accounts.BUSINESS_VIDEO_PUBLISH, **sent)
    tiktok.advance(5)
    known = holder.data(accounts.BUSINESS_PUBLISH_STATUS, publish_id=began["share_id"])
    assert posts(holder) == before
    wanted = {"video_ids": known["post_ids"], "ad_post_only": True}
    assert posts(holder, "is_ad", filters=wanted) == [
        {"item_id": known["post_ids"][0], "is_ad": True}
    ]


def test_an_account_publishes_six_posts_a_minute(holder: AccountHolder) -> None:
    sent = {"video_url": CLIP, "post_info": {"upload_to_draft": False}}
    for _ in range(6):
        holder.data(accounts.BUSINESS_VIDEO_PUBLISH, **sent)
    assert holder.code(accounts.BUSINESS_VIDEO_PUBLISH, **sent) == 40016


def test_an_address_that_is_not_verified_is_refused(tiktok: TikTok, holder: AccountHolder) -> None:
    tiktok.world.apps["7000000000000000001"].any_url = False
    sent: dict[str, Any] = {"post_info": {}}
    for url in (CLIP, "ftp://media.example.com/rye.mp4", "no address"):
        assert holder.code(accounts.BUSINESS_VIDEO_PUBLISH, video_url=url, **sent) == 40002


def test_a_benchmark_averages_the_accounts_of_a_category(
    tiktok: TikTok, holder: AccountHolder
) -> None:
    asked = {"business_category": "FOOD_AND_BEVERAGE"}
    before = holder.data(accounts.BUSINESS_BENCHMARK, **asked)
    profile = holder.data(accounts.BUSINESS_GET, fields=["followers_count"])
    assert before["average_follower_count"] == profile["followers_count"]
    order = {"creator": "maracooks", "views": 1_000, "likes": 90, "comments": 7, "shares": 3}
    tiktok.control("POST", "videos", order)
    after = holder.data(accounts.BUSINESS_BENCHMARK, **asked)
    assert after["average_video_views"] - before["average_video_views"] == 1_000
    assert after["average_likes"] - before["average_likes"] == 90
    assert after["average_video_count"] - before["average_video_count"] == 1
    empty = holder.data(accounts.BUSINESS_BENCHMARK, business_category="REAL_ESTATE")
    assert empty["average_video_views"] == 0
    assert holder.code(accounts.BUSINESS_BENCHMARK, business_category="NOTHING") == 40002


def test_hashtags_are_those_of_public_posts(tiktok: TikTok, holder: AccountHolder) -> None:
    for title, views in (("#ryeloaf #Ryebread", 500), ("more #ryebread", 40), ("#oat", 9)):
        tiktok.control("POST", "videos", {"creator": "maracooks", "title": title, "views": views})
    hidden = {"creator": "maracooks", "title": "#ryehidden", "privacy": "SELF_ONLY"}
    tiktok.control("POST", "videos", hidden)
    found = holder.data(accounts.BUSINESS_HASHTAG_SUGGESTION, keyword="#RYE")["suggestions"]
    shown = {one["name"]: one["view_count"] for one in found}
    assert shown["ryeloaf"] == 500
    assert shown["ryebread"] >= 540
    assert "ryehidden" not in shown
    assert "oat" not in shown
