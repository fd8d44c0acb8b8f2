"""Public posts of creators, for advertisers and for the creators themselves."""

from __future__ import annotations

import re
from typing import Any, Protocol

from stagedoor.platform.products.business_creators import (
    DEFAULT_CREATOR_POSTS,
    CreatorPostQuery,
)

from ... import cdn, links
from ...calls import AdmittedCall
from ...world import Creator, Video
from ..display.handlers import page_of_posts
from ..research.state import hashtags_in
from . import accounts, creators
from .state import LINKS_OF_VIDEO, VIDEO_LINKS

_MENTION = re.compile(r"(?<![\w.])@([\w.]{2,24})")


def public(call: AdmittedCall) -> dict[str, Any]:
    request: CreatorPostQuery = call.request
    account = accounts.named(call)
    creator = creators.named(call.world, request.handle_name)
    found, cursor, more = page(call, creator, request)
    app_id = call.own_token.app_id
    return {
        "posts": [shown(call, creator, post, app_id, account.id) for post in found],
        "page_info": {"has_more": more, "cursor": cursor},
    }


def authorized(call: AdmittedCall) -> dict[str, Any]:
    app, _, creator = call.party
    found, cursor, more = page(call, creator, call.request)
    return {
        "posts": [shown(call, creator, post, app.client_key) for post in found],
        "has_more": more,
        "cursor": cursor,
    }


class PostRequest(Protocol):
    """The part of a request that says which posts are asked for."""

    @property
    def video_ids(self) -> tuple[str, ...] | None: ...

    @property
    def cursor(self) -> int | None: ...

    @property
    def limit(self) -> int | None: ...


def page(
    call: AdmittedCall, creator: Creator, request: PostRequest
) -> tuple[list[Video], int, bool]:
    """A page of a creator's public posts, where it goes on, and whether it does."""
    world = call.world
    size = request.limit or DEFAULT_CREATOR_POSTS
    if request.video_ids is None:
        return page_of_posts(world, creator, call.now, request.cursor, size)
    known = (world.videos.get(one) for one in dict.fromkeys(request.video_ids))
    found = [
        post
        for post in known
        if post is not None and post.creator_id == creator.id and world.is_public(post)
    ]
    return sorted(found, key=lambda post: -post.created)[:size], 0, False


def shown(
    call: AdmittedCall, creator: Creator, post: Video, app_id: str, account_id: str | None = None
) -> dict[str, Any]:
    """A post; the state of its link is that of an advertiser's own campaigns."""
    linked = call.world[VIDEO_LINKS].by(LINKS_OF_VIDEO, post.id)
    own = [one for one in linked if account_id in (None, one.account_id)]
    return {
        "video_id": post.id,
        "display_name": creator.display_name,
        "caption": post.title,
        "thumbnail_url": cdn.cover_url(call.world, call.base_url, post, call.now),
        "embed_url": links.embed(post, app_id),
        "likes": post.likes,
        "comments": post.comments,
        "shares": post.shares,
        "favorites": post.favorites,
        "video_views": post.views,
        "create_time": str(int(post.created)),
        "caption_hashtags": hashtags_in(post.title),
        "mentioned_accounts": list(dict.fromkeys(_MENTION.findall(post.title))),
        "collaboration_status": own[0].status if own else None,
    }
