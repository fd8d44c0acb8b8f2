"""The view of a type checker: full signatures, plain results on one client, coroutines on the
other.

mypy checks this file; the assertions hold at run time too.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any, assert_type

from stagedoor import (
    AdFilters,
    Advertisers,
    Archive,
    AsyncTikTok,
    AsyncTikTokBusiness,
    AsyncWalking,
    DateRange,
    Export,
    ExportState,
    FoundAd,
    Post,
    PostStatus,
    QrLogin,
    TikTok,
    TikTokBusiness,
    Video,
    VideoPage,
    Walking,
    Where,
    business,
    records,
    research,
)
from stagedoor.business import AccountComment

if TYPE_CHECKING:  # `make check` reports an unused ignore, should these names be let through
    from stagedoor import TikTk  # type: ignore[attr-defined]  # noqa: F401
    from stagedoor.client import TikTk as Tk  # type: ignore[attr-defined]  # noqa: F401

FILTERS = AdFilters(ad_published_date_range=DateRange(min="20260801", max="20260831"))

QUERY = Where.region_code.eq("DE") & ~Where.keyword.eq("ad")


def sync_types(tiktok: TikTok) -> None:
    assert_type(tiktok.videos.list(max_count=5), VideoPage)
    assert_type(tiktok.posts.status(publish_id="x"), PostStatus)
    assert_type(tiktok.videos.all(limit=3), Walking[Video])
    assert_type(tiktok.posts.publish_video("a.mp4", privacy_level="SELF_ONLY"), Post)
    assert_type(tiktok.commercial.query_advertisers(search_term="a"), Advertisers)
    assert_type(tiktok.commercial.all_ads(filters=FILTERS), Walking[FoundAd])
    assert_type(tiktok.oauth.qr_begin(["video.list"]), QrLogin)
    assert_type(
        tiktok.research.videos(query=QUERY, start_date="20260801", end_date="20260802"),
        research.VideoPage,
    )
    assert_type(
        tiktok.research.all_videos(query=QUERY, start_date="20260801", end_date="20260802"),
        Walking[research.Video],
    )
    assert_type(tiktok.research.all_liked_videos("mara"), Walking[research.UserVideo])
    assert_type(tiktok.research.still_available(["1"]), frozenset[str])
    tiktok.research.comments(vidoe_id="1")  # type: ignore[call-arg]
    assert_type(tiktok.portability.export("a.zip"), Export)
    assert_type(tiktok.portability.status(request_id="1"), ExportState)
    tiktok.videos.list(max_cuont=5)  # type: ignore[call-arg]
    tiktok.posts.publish_video("a.mp4")  # type: ignore[call-arg]


def walk_types(ads: TikTokBusiness, others: AsyncTikTokBusiness) -> None:
    filtering = business.CampaignFilters(campaign_ids=("1",))
    found = ads.campaigns.all_campaigns(filtering=filtering, page_size=5, limit=3)
    assert_type(found, Walking[business.Campaign])
    assert_type(others.ad_groups.all_ad_groups(limit=3), AsyncWalking[business.AdGroup])
    assert_type(ads.accounts.all_posts(before=1), Walking[business.AccountPost])
    assert_type(ads.comments.all_replies(video_id="1", comment_id="2"), Walking[AccountComment])
    ads.campaigns.all_campaigns(page=2)  # type: ignore[call-arg]
    ads.campaigns.all_campaigns(filtering=5)  # type: ignore[arg-type]
    ads.comments.all_comments()  # type: ignore[call-arg]
    ads.comments.all_comments(video_id="1", sort_order="smart")  # type: ignore[call-arg]


def created_types(ads: TikTokBusiness, fields: dict[str, Any]) -> None:
    assert_type(ads.campaigns.create(**fields).campaign_id, str)
    assert_type(ads.ad_groups.create(**fields).adgroup_id, str)
    made = ads.ads.create(**fields)
    assert_type(made.creatives[0].ad_id, str)
    assert_type(ads.campaigns.list(**fields).list[0].campaign_id, str | None)
    assert_type(ads.identities.create(**fields).identity_id, str)
    assert_type(ads.comments.create(**fields).comment_id, str)
    assert_type(ads.reports.create_task(**fields).task_id, str)


def archive_types(archive: Archive) -> None:
    assert_type(archive.records(records.Post), Iterator[records.Post])
    assert_type(archive.records(), Iterator[records.Record])


def async_types(tiktok: AsyncTikTok) -> None:
    _ = assert_type(tiktok.videos.list(max_count=5), Coroutine[Any, Any, VideoPage])
    assert_type(tiktok.videos.all(limit=3), AsyncWalking[Video])
    assert_type(tiktok.commercial.all_ads(filters=FILTERS), AsyncWalking[FoundAd])
    assert_type(tiktok.research.all_followers("mara"), AsyncWalking[research.Person])
    _ = assert_type(tiktok.research.user(username="mara"), Coroutine[Any, Any, research.UserInfo])
    _ = assert_type(tiktok.portability.download("1", "a.zip"), Coroutine[Any, Any, Export])
    _ = assert_type(
        tiktok.posts.publish_video("a.mp4", privacy_level="SELF_ONLY"), Coroutine[Any, Any, Post]
    )


def test_a_method_shows_its_signature_and_its_document() -> None:
    import inspect

    with TikTok(access_token="act.x") as tiktok:
        assert "max_count" in inspect.signature(tiktok.videos.list).parameters
        assert "/v2/video/list/" in (tiktok.videos.list.__doc__ or "")
        assert "privacy_level" in inspect.signature(tiktok.posts.publish_video).parameters
        assert "session" not in inspect.signature(tiktok.posts.publish_video).parameters
