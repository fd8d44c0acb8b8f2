"""One request for each declared operation that the local TikTok answers well, from its world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from stagedoor.platform.products.commercial import AdFilters, ContentFilters, DateRange
from stagedoor.platform.products.display import VideoFilters
from stagedoor.platform.products.oauth import QR_START
from stagedoor.platform.products.portability import DATA_ADD
from stagedoor.platform.products.posting import (
    INBOX_VIDEO_INIT,
    FileUpload,
    PhotoPostInfo,
    PhotoSource,
    PostMode,
    VideoPostInfo,
)
from stagedoor.platform.products.research.query import Where
from stagedoor.platform.products.research.validation import VALIDATION_CREATE
from tests.support.local import KEY, SECRET

_APP = {"client_key": KEY, "client_secret": SECRET}
_FILE = FileUpload(video_size=1_000, chunk_size=1_000, total_chunk_count=1)
_PHOTO = "https://ready.example.com/a.jpg"


def requests(world: Any, begun: Begun) -> dict[str, dict[str, Any]]:
    """What a caller would pass, by operation id. Credentials of one use are made up."""
    today = datetime.fromtimestamp(world.now(), UTC).date()
    month = DateRange(min=today - timedelta(days=30), max=today)
    creator = world.named("maracooks")
    video = world.videos_of(creator.id)[-1].id
    mine = {one.id for one in world.videos_of(creator.id)}
    comment = next(one for one in world.all.comments.values() if one.video_id in mine)
    shop = next(iter(world.all.shops.values()))
    product = next(iter(world.all.products.values()))
    person = {"username": creator.username}
    return {
        "oauth.token_code": _APP | {"code": "code", "redirect_uri": "https://app.example.com/"},
        "oauth.token_refresh": _APP | {"refresh_token": "rft.none"},
        "oauth.token_client": _APP,
        "oauth.revoke": _APP | {"token": "act.none"},
        "oauth.qr_start": {"client_key": KEY, "scope": ("user.info.basic",)},
        "oauth.qr_check": _APP | {"token": begun.qr_token},
        "display.user_info": {"fields": ("open_id",)},
        "display.video_list": {"fields": ("id",), "max_count": 2, "cursor": 10**15},
        "display.video_query": {
            "fields": ("id",),
            "filters": VideoFilters(video_ids=(video,)),
        },
        "posting.creator_info": {},
        "posting.video_init": {
            "post_info": VideoPostInfo(privacy_level="SELF_ONLY", title="A film"),
            "source_info": _FILE,
        },
        "posting.inbox_video_init": {"source_info": _FILE},
        "posting.content_init": {
            "post_mode": PostMode.MEDIA_UPLOAD,
            "source_info": PhotoSource(photo_images=(_PHOTO,), photo_cover_index=0),
            "post_info": PhotoPostInfo(title="A photo"),
        },
        "posting.status": {"publish_id": begun.publish_id},
        "posting.cancel": {"publish_id": begun.publish_id},
        "media.upload_chunk": {"upload_id": "1", "upload_token": "none"},
        "embed.oembed_video": {"url": f"https://www.tiktok.com/@{creator.username}/video/{video}"},
        "embed.oembed_profile": {"url": f"https://www.tiktok.com/@{creator.username}"},
        "commercial.ad_query": {
            "filters": AdFilters(ad_published_date_range=month),
            "fields": ("ad.id", "advertiser.business_name"),
            "max_count": 2,
        },
        "commercial.ad_detail": {"ad_id": next(iter(world.all.ads)), "fields": ("ad.id",)},
        "commercial.ad_report": {"filters": {"ad_published_date_range": month}},
        "commercial.advertiser_query": {"search_term": "a", "max_count": 2},
        "commercial.content_query": {
            "filters": ContentFilters(content_published_date_range=month),
            "max_count": 2,
        },
        "research.video_query": {
            "query": Where.view_count.gte(1) & ~Where.keyword.eq("nowhere"),
            "start_date": today - timedelta(days=30),
            "end_date": today,
            "max_count": 2,
        },
        "research.user_info": person,
        "research.comment_list": {"video_id": comment.video_id, "max_count": 2},
        "research.liked_videos": {"username": _open_liker(world), "max_count": 2},
        "research.pinned_videos": person,
        "research.reposted_videos": person | {"max_count": 2},
        "research.followers": person | {"max_count": 2},
        "research.following": person | {"max_count": 2},
        "research.playlist_info": {"playlist_id": next(iter(world.all.playlists))},
        "research.shop": {"shop_name": shop.name, "limit": 2},
        "research.product": {"shop_id": shop.id, "page_start": 1, "page_size": 2},
        "research.review": {"product_id": product.id, "page_start": 1, "page_size": 2},
        "research.validation_create": {"file_data": b"1\n2", "category": "video"},
        "research.validation_status": {"task_id": begun.task_id},
        "research.validation_result": {"task_id": begun.task_id},
        "portability.data_add": {
            "data_format": "json",
            "category_selection_list": ("profile",),
        },
        "portability.data_check": {"request_id": begun.request_id},
        "portability.data_cancel": {"request_id": begun.request_id},
        "portability.data_download": {"request_id": begun.request_id},
    }


REFUSED = frozenset(
    {
        "oauth.token_code",
        "oauth.token_refresh",
        "oauth.revoke",
        "posting.cancel",
        "media.upload_chunk",
    }
)
"""What is well-formed but names a code or a token that isn't there, or comes too late."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Ids of what earlier calls began."""

    publish_id: str
    task_id: str
    request_id: str
    qr_token: str


def begin(http: httpx2.Client, user: Mapping[str, str], own: Mapping[str, str]) -> Begun:
    """A post, a check of ids, a copy of data and a QR login, each only begun."""
    source = {"source_info": _FILE.model_dump(mode="json")}
    post = http.post(INBOX_VIDEO_INIT.path, json=source, headers=user).json()
    ids = {"file_data": ("ids.txt", b"1", "text/plain")}
    task = http.post(
        VALIDATION_CREATE.path, data={"category": "video"}, files=ids, headers=own
    ).json()
    wanted = {"data_format": "json", "category_selection_list": ["profile"]}
    export = http.post(
        DATA_ADD.path, params={"fields": "request_id"}, json=wanted, headers=user
    ).json()
    qr = http.post(QR_START.path, data={"client_key": KEY, "scope": "user.info.basic"}).json()
    return Begun(
        post["data"]["publish_id"],
        str(task["data"]["task_id"]),
        str(export["data"]["request_id"]),
        qr["token"],
    )


def _open_liker(world: Any) -> str:
    named: str = next(
        one.username
        for one in world.all.people.values()
        if one.likes_public and any(like.person_id == one.id for like in world.all.likes.values())
    )
    return named
