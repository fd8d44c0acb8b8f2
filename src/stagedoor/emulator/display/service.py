"""The Display API's behaviour (`display.yaml`)."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from itertools import islice

from stagedoor.platform.products.display import (
    DEFAULT_PAGE,
    UserInfoQuery,
    VideoListQuery,
    VideoQuery,
)

from .. import cdn, links
from ..calls import Call
from ..world import App, Creator, Grant, Video, World
from . import fragments


def user_info(call: Call) -> dict[str, object]:
    request: UserInfoQuery = call.request
    app, grant, creator = call.party
    return {
        "user": {
            name: _USER_FIELDS[name](_Profile(call, app, grant, creator))
            for name in dict.fromkeys(request.fields)
        }
    }


class _Profile:
    """Everything that a field of the profile can be computed from."""

    __slots__ = ("app", "base_url", "creator", "grant", "world")

    def __init__(self, call: Call, app: App, grant: Grant, creator: Creator) -> None:
        self.world: World = call.world
        self.base_url = call.base_url
        self.app, self.grant, self.creator = app, grant, creator

    def avatar(self, size: int) -> str:
        return cdn.avatar_url(self.world, self.base_url, self.creator, size)

    @property
    def posts(self) -> list[Video]:
        return [post for post in self.world.videos_of(self.creator.id) if not post.deleted]


_USER_FIELDS: dict[str, Callable[[_Profile], object]] = {
    "open_id": lambda p: p.grant.open_id,
    "union_id": lambda p: p.world.ids.union_id(p.app.developer_id, p.creator.id),
    "avatar_url": lambda p: p.avatar(168),
    "avatar_url_100": lambda p: p.avatar(100),
    "avatar_url_200": lambda p: p.avatar(200),
    "avatar_large_url": lambda p: p.avatar(1080),
    "display_name": lambda p: p.creator.display_name,
    "bio_description": lambda p: p.creator.bio,
    "profile_deep_link": lambda p: links.profile(p.creator),
    "profile_web_link": lambda p: links.profile(p.creator),
    "is_verified": lambda p: p.creator.verified,
    "username": lambda p: p.creator.username,
    "follower_count": lambda p: p.creator.followers,
    "following_count": lambda p: p.creator.following,
    "likes_count": lambda p: sum(post.likes for post in p.posts),
    "video_count": lambda p: sum(p.world.is_public(post) for post in p.posts),
}


def video_list(call: Call) -> bytes:
    """Public posts, newest first, before `cursor` (Unix milliseconds).

    A literal cursor 0 is read as the epoch and yields nothing (display.yaml, video_list).
    """
    request: VideoListQuery = call.request
    world, creator = call.world, call.party[2]
    posts = world.videos_of(creator.id)
    start = 0
    if request.cursor is not None:
        start = bisect.bisect_right(posts, -request.cursor, key=lambda post: -_cursor(post))
    wanted = request.max_count or DEFAULT_PAGE
    if world.settings.short_pages:
        cut = posts[start : start + wanted]
        page = [post for post in cut if world.is_public(post)]
        more = any(world.is_public(post) for post in posts[start + wanted :])
        last = cut[-1] if cut else None
    else:
        page, more = _page(creator, posts, start, wanted)
        last = page[-1] if page else None
    if last is not None:
        cursor = _cursor(last)
    else:
        cursor = int(call.now * 1000) if request.cursor is None else request.cursor
    return _videos(call, page, request.fields, cursor, more)


def video_query(call: Call) -> bytes:
    """The creator's own public posts of these ids; all others are left out."""
    request: VideoQuery = call.request
    world, creator = call.world, call.party[2]
    known = (world.all.videos.get(one) for one in dict.fromkeys(request.filters.video_ids))
    found = [
        post
        for post in known
        if post is not None and post.creator_id == creator.id and world.is_public(post)
    ]
    return _videos(call, found, request.fields, 0, False)


def _page(
    creator: Creator, posts: list[Video], start: int, wanted: int
) -> tuple[list[Video], bool]:
    """At most `wanted` public posts from `start` on, and whether there are more."""
    page: list[Video] = []
    if creator.private:
        return page, False
    for post in islice(posts, start, None):
        if post.is_open:
            if len(page) == wanted:
                return page, True
            page.append(post)
    return page, False


def _cursor(post: Video) -> int:
    return int(post.created * 1000)


def _videos(
    call: Call, posts: list[Video], fields: tuple[str, ...], cursor: int, more: bool
) -> bytes:
    app, _, creator = call.party
    view = fragments.View(app.client_key, creator.username, fields, call.base_url)
    texts = fragments.render(call.world, view, creator, posts, call.now)
    return b'{"videos":[%b],"cursor":%d,"has_more":%b}' % (
        b",".join(texts),
        cursor,
        b"true" if more else b"false",
    )
