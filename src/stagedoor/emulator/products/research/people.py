"""The operations on people: profiles, liked, pinned and reposted videos, followers, following."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from itertools import islice
from typing import Any, TypeVar

from stagedoor.platform.products.research import (
    DEFAULT_PAGE,
    LIKES_PRIVATE,
    USER_OUT_OF_SCOPE,
    USER_PRIVATE,
    USER_UNKNOWN,
    FollowQuery,
    LikedQuery,
    PinnedQuery,
    RepostedQuery,
    UserQuery,
)

from ... import cdn, quotas
from ...calls import AdmittedCall, EnvelopeAnswer, Refusal
from ...world import Creator
from ...world.collection import Index, IndexGroup
from ...world.state import LIKES_OF_OPEN_POSTS, OPEN_POSTS
from ..community.state import (
    FOLLOWERS,
    FOLLOWING,
    FOLLOWS,
    LIKES,
    LIKES_OF_PERSON,
    REPOSTS,
    REPOSTS_OF_PERSON,
    Follow,
    Like,
)
from . import shown
from .scope import may_return, may_show

_SECONDS_BELOW = 10**11
"""A smaller cursor is in seconds, a larger one in milliseconds: docs and examples differ."""


def somebody(call: AdmittedCall, username: str) -> Creator:
    """The person with this handle; a refusal has the text that clients match on."""
    person = call.world.named(username.replace("\0", ""))
    if person is None:
        raise Refusal("invalid_params", f"username {username} {USER_UNKNOWN}")
    if not may_return(call, person):
        raise Refusal("invalid_params", USER_OUT_OF_SCOPE)
    if person.private:
        raise Refusal("invalid_params", f"username {username} {USER_PRIVATE}")
    return person


def info(call: AdmittedCall) -> dict[str, Any]:
    """The account's current profile; the handle isn't repeated."""
    request: UserQuery = call.request
    person = somebody(call, request.username)
    quotas.receive(call, 1)
    return shown.mixed(
        call, {name: PROFILE[name](call, person) for name in dict.fromkeys(request.fields)}
    )


PROFILE: dict[str, Callable[[AdmittedCall, Creator], object]] = {
    "display_name": lambda call, p: p.display_name,
    "bio_description": lambda call, p: p.bio,
    "avatar_url": lambda call, p: cdn.avatar_url(call.world, call.base_url, p),
    "is_verified": lambda call, p: p.verified,
    "follower_count": lambda call, p: p.followers,
    "following_count": lambda call, p: p.following,
    "likes_count": lambda call, p: call.world.videos.total(LIKES_OF_OPEN_POSTS, p.id),
    "video_count": lambda call, p: len(call.world.videos.by(OPEN_POSTS, p.id)),
    "bio_url": lambda call, p: p.bio_url,
}


_D = TypeVar("_D", Like, Follow)


def _until(
    call: AdmittedCall,
    newest_first: IndexGroup[_D],
    shows: Callable[[_D], bool],
    cursor: int | None,
    size: int,
    per_second: int,
) -> tuple[list[_D], int, bool]:
    """The latest items up to the moment `cursor`, the next cursor, and whether there are more.

    No cursor, and 0, mean now. `per_second` is the number of cursor units in a second.
    """
    latest = cursor or int(call.now * per_second)
    if latest < _SECONDS_BELOW <= int(call.now * per_second):
        latest = (latest + 1) * per_second - 1
    start = bisect_left(newest_first, -latest, key=lambda item: -int(item.at * per_second))
    shown_ones = (item for item in newest_first.walk(start) if shows(item))
    page = list(islice(shown_ones, size))
    more = next(shown_ones, None) is not None
    return page, (int(page[-1].at * per_second) - 1 if page else latest), more


def liked(call: AdmittedCall) -> EnvelopeAnswer:
    """Liked videos; the cursor is a time in milliseconds."""
    request: LikedQuery = call.request
    person = somebody(call, request.username)
    if not person.likes_public:
        raise Refusal("invalid_params", f"This user's {LIKES_PRIVATE}.", 403)
    videos = call.world.videos
    likes = call.world[LIKES].by(LIKES_OF_PERSON, person.id)

    def shows(like: Like) -> bool:
        return may_show(call, videos[like.video_id])

    size = request.max_count or DEFAULT_PAGE
    page, cursor, more = _until(call, likes, shows, request.cursor, size, 1_000)
    quotas.receive(call, len(page))
    found = shown.user_videos(call, (videos[one.video_id] for one in page), request.fields)
    return EnvelopeAnswer({"user_liked_videos": found, "cursor": cursor, "has_more": more})


def pinned(call: AdmittedCall) -> EnvelopeAnswer:
    request: PinnedQuery = call.request
    person = somebody(call, request.username)
    known = call.world.videos
    found = [known[one] for one in person.pins if may_show(call, known[one])]
    quotas.receive(call, len(found))
    return EnvelopeAnswer({"pinned_videos_list": shown.user_videos(call, found, request.fields)})


def reposted(call: AdmittedCall) -> EnvelopeAnswer:
    """Reposted videos, the latest first; the cursor is an index."""
    request: RepostedQuery = call.request
    person = somebody(call, request.username)
    known = call.world.videos
    reposts = call.world[REPOSTS].by(REPOSTS_OF_PERSON, person.id)
    own = (one for one in reposts if may_show(call, known[one.video_id]))
    start, size = request.cursor or 0, request.max_count or DEFAULT_PAGE
    first = min(start, len(reposts))
    page = list(islice(own, first, first + size))
    more = next(own, None) is not None
    quotas.receive(call, len(page))
    found = shown.user_videos(call, (known[one.video_id] for one in page), request.fields)
    end = start + len(page)
    return EnvelopeAnswer({"reposted_videos": found, "cursor": end, "has_more": more})


def followers(call: AdmittedCall) -> EnvelopeAnswer:
    return _follows(call, "user_followers", FOLLOWERS, lambda follow: follow.follower_id)


def following(call: AdmittedCall) -> EnvelopeAnswer:
    person = somebody(call, call.request.username)
    if not person.following_public:
        raise Refusal("invalid_params", f"The following list {USER_PRIVATE}.")
    return _follows(call, "user_following", FOLLOWING, lambda follow: follow.followed_id)


def _follows(
    call: AdmittedCall, key: str, index: Index[Follow], other: Callable[[Follow], str]
) -> EnvelopeAnswer:
    """A page of follows; `other` returns the id of the listed person. An empty list is left out."""
    request: FollowQuery = call.request
    person = somebody(call, request.username)

    def shows(follow: Follow) -> bool:
        entry = call.world.person(other(follow))
        return entry is not None and not entry.private and may_return(call, entry)

    size = request.max_count or DEFAULT_PAGE
    follows = call.world[FOLLOWS].by(index, person.id)
    page, cursor, more = _until(call, follows, shows, request.cursor, size, 1)
    found = [call.world.person(other(follow)) for follow in page]
    quotas.receive(call, len(found))
    data: dict[str, Any] = {"cursor": cursor, "has_more": more}
    if found:
        data[key] = [
            {"username": shown.name_of(call, one), "display_name": one.display_name}
            for one in found
            if one is not None
        ]
    return EnvelopeAnswer(data)
