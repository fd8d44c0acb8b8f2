"""The query for posts with a commercial label, over the public posts of the world."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products.commercial import (
    CONTENT_COUNTRIES,
    EVERYWHERE,
    ContentFilters,
    ContentQuery,
)

from ... import cdn, links
from ...calls import AdmittedCall
from ...world import Video
from . import fields, pages, quota
from .state import LABELLED_POSTS


def content_query(call: AdmittedCall) -> dict[str, Any]:
    request: ContentQuery = call.request
    quota.count(call)
    filters = request.filters
    shown, tail = pages.page(
        call,
        request,
        [call.world.videos.by(LABELLED_POSTS, True)],
        filters.content_published_date_range,
        lambda video: _fits(call, video, filters),
    )
    return {"commercial_contents": [_content(call, one, request.fields) for one in shown]} | tail


def _fits(call: AdmittedCall, video: Video, filters: ContentFilters) -> bool:
    creator = call.world.creators[video.creator_id]
    country = filters.creator_country_code
    names = filters.creator_usernames
    return (
        call.world.is_public(video)
        and creator.region in CONTENT_COUNTRIES
        and country in (None, EVERYWHERE, creator.region)
        and (not names or creator.username in names)
    )


def _content(call: AdmittedCall, video: Video, names: tuple[str, ...]) -> dict[str, Any]:
    creator = call.world.creators[video.creator_id]
    return fields.chosen(
        {
            # Text in the docs' example although the table says i64 (commercial_content_object).
            "id": lambda: video.id,
            "create_timestamp": lambda: int(video.created),
            "create_date": lambda: fields.shown_day(call, video.created),
            "label": lambda: video.label,
            "brand_names": lambda: list(video.brand_names),
            "creator": lambda: {"username": creator.username},
            "videos": lambda: [
                {
                    "id": int(video.id),
                    "status": "public",
                    "url": links.page(creator, video),
                    "cover_image_url": cdn.cover_url(call.world, call.base_url, video, call.now),
                }
            ],
        },
        names,
    )
