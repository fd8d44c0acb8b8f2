"""The operations of Display (`display.yaml`)."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence

from stagedoor.platform.products import display
from stagedoor.platform.products.display import (
    DEFAULT_PAGE,
    UserInfoQuery,
    VideoListQuery,
    VideoQuery,
)

from ... import cdn, links
from ...calls import AdmittedCall, Handlers
from ...world import App, Creator, Video, World
from ...world.state import LIKES_OF_POSTS, OPEN_POSTS
from ..oauth.state import CreatorGrant
from . import fragments


def user_info(call: AdmittedCall) -> dict[str, object]:
    request: UserInfoQuery = call.request
    app, grant, creator = call.party
    return {
        "user": {
            name: _USER_FIELDS[name](_Profile(call, app, grant, creator))
            for name in dict.fromkeys(request.fields)
        }
    }


class _Profile:
    """The values from which the profile's fields are computed."""

    __slots__ = ("app", "base_url", "creator", "grant", "world")

    def __init__(self, call: AdmittedCall, app: App, grant: CreatorGrant, creator: Creator) -> None:
        self.world: World = call.world
        self.base_url = call.base_url
        self.app, self.grant, self.creator = app, grant, creator

    def avatar(self, size: int) -> str:
        return cdn.avatar_url(self.world, self.base_url, self.creator, size)

    @property
    def likes(self) -> int:
        return self.world.videos.total(LIKES_OF_POSTS, self.creator.id)

    @property
    def public_posts(self) -> int:
        if self.creator.private:
            return 0
        return len(self.world.videos.by(OPEN_POSTS, self.creator.id))


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
    "likes_count": lambda p: p.likes,
    "video_count": lambda p: p.public_posts,
}


def video_list(call: AdmittedCall) -> bytes:
    """Public posts, newest first, before `cursor` (Unix milliseconds).

    A literal cursor 0 is read as the epoch and yields nothing (display.yaml, video_list).
    """
    request: VideoListQuery = call.request
    page, cursor, more = public_page(call, request.cursor, request.max_count or DEFAULT_PAGE)
    return _videos(call, page, request.fields, cursor, more)


def public_page(
    call: AdmittedCall, before: int | None, wanted: int
) -> tuple[list[Video], int, bool]:
    """A page of the call's creator's public posts, the next cursor, and whether there are more."""
    return page_of_posts(call.world, call.party[2], call.now, before, wanted)


def page_of_posts(
    world: World, creator: Creator, now: float, before: int | None, wanted: int
) -> tuple[list[Video], int, bool]:
    """A page of a creator's public posts, the next cursor, and whether there are more."""
    public: Sequence[Video] = [] if creator.private else world.videos.by(OPEN_POSTS, creator.id)
    if world.settings.short_pages:
        # Posts that aren't public count towards the page's size.
        posts = world.videos_of(creator.id)
        start = _before(posts, before)
        cut = posts[start : start + wanted]
        page = [post for post in cut if world.is_public(post)]
        more = _before(public, _cursor(cut[-1]) if cut else before) < len(public)
    else:
        start = _before(public, before)
        page = cut = list(public[start : start + wanted])
        more = start + wanted < len(public)
    last = cut[-1] if cut else None
    if last is not None:
        cursor = _cursor(last)
    else:
        cursor = int(now * 1000) if before is None else before
    return page, cursor, more


def video_query(call: AdmittedCall) -> bytes:
    """The creator's own public posts with these ids; all others are left out."""
    request: VideoQuery = call.request
    world, creator = call.world, call.party[2]
    known = (world.videos.get(one) for one in dict.fromkeys(request.filters.video_ids))
    found = [
        post
        for post in known
        if post is not None and post.creator_id == creator.id and world.is_public(post)
    ]
    return _videos(call, found, request.fields, 0, False)


def _before(posts: Sequence[Video], cursor: int | None) -> int:
    """The index of the first post that is older than `cursor`."""
    if cursor is None:
        return 0
    return bisect.bisect_right(posts, -cursor, key=lambda post: -_cursor(post))


def _cursor(post: Video) -> int:
    return int(post.created * 1000)


def _videos(
    call: AdmittedCall, posts: list[Video], fields: tuple[str, ...], cursor: int, more: bool
) -> bytes:
    app, _, creator = call.party
    view = fragments.View(app.client_key, creator.username, fields, call.base_url)
    texts = fragments.render(call.world, view, creator, posts, call.now)
    return b'{"videos":[%b],"cursor":%d,"has_more":%b}' % (
        b",".join(texts),
        cursor,
        b"true" if more else b"false",
    )


HANDLERS: Handlers = {
    display.USER_INFO: user_info,
    display.VIDEO_LIST: video_list,
    display.VIDEO_QUERY: video_query,
}
