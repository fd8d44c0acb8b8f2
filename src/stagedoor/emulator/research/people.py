"""People: profiles, what they like, pin and repost, who follows whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

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

from .. import cdn, quotas
from ..calls import Call, Refusal, Told
from ..world import Creator, Follow, Like, Repost, Video
from . import shown
from .scope import may_return, may_show

_SECONDS_BELOW = 10**11
"""A smaller cursor is in seconds, a larger one in milliseconds: docs and examples differ."""


def somebody(call: Call, username: str) -> Creator:
    """The person of this handle, or a refusal in the words that clients look for."""
    person = call.world.named(username.replace("\0", ""))
    if person is None:
        raise Refusal("invalid_params", f"username {username} {USER_UNKNOWN}")
    if not may_return(call, person):
        raise Refusal("invalid_params", USER_OUT_OF_SCOPE)
    if person.private:
        raise Refusal("invalid_params", f"username {username} {USER_PRIVATE}")
    return person


def info(call: Call) -> dict[str, Any]:
    """The account as it is now; the handle isn't repeated."""
    request: UserQuery = call.request
    person = somebody(call, request.username)
    quotas.receive(call, 1)
    return shown.mixed(
        call, {name: _PROFILE[name](call, person) for name in dict.fromkeys(request.fields)}
    )


def _posts(call: Call, person: Creator) -> list[Video]:
    return [v for v in call.world.videos_of(person.id) if call.world.is_public(v)]


_PROFILE: dict[str, Callable[[Call, Creator], object]] = {
    "display_name": lambda call, p: p.display_name,
    "bio_description": lambda call, p: p.bio,
    "avatar_url": lambda call, p: cdn.avatar_url(call.world, call.base_url, p),
    "is_verified": lambda call, p: p.verified,
    "follower_count": lambda call, p: p.followers,
    "following_count": lambda call, p: p.following,
    "likes_count": lambda call, p: sum(post.likes for post in _posts(call, p)),
    "video_count": lambda call, p: len(_posts(call, p)),
    "bio_url": lambda call, p: p.bio_url,
}


class _Dated(Protocol):
    at: float


_D = TypeVar("_D", bound=_Dated)


def _until(
    call: Call, items: Iterable[_D], cursor: int | None, size: int, per_second: int
) -> tuple[list[_D], int, bool]:
    """The latest items up to the moment `cursor`, the next cursor, whether there are more.

    No cursor, and 0, mean now. `per_second` is how many units of the cursor a second has.
    """
    latest = cursor or int(call.now * per_second)
    if latest < _SECONDS_BELOW <= int(call.now * per_second):
        latest = (latest + 1) * per_second - 1
    units = [(int(item.at * per_second), item) for item in items]
    old = sorted((pair for pair in units if pair[0] <= latest), key=lambda p: p[0], reverse=True)
    page = old[:size]
    return [item for _, item in page], (page[-1][0] - 1 if page else latest), len(old) > size


def liked(call: Call) -> Told:
    """By time, in milliseconds."""
    request: LikedQuery = call.request
    person = somebody(call, request.username)
    if not person.likes_public:
        raise Refusal("invalid_params", f"This user's {LIKES_PRIVATE}.", 403)
    videos = call.world.all.videos
    likes: list[Like] = [
        like
        for like in call.world.all.likes.values()
        if like.person_id == person.id and may_show(call, videos[like.video_id])
    ]
    size = request.max_count or DEFAULT_PAGE
    page, cursor, more = _until(call, likes, request.cursor, size, 1_000)
    quotas.receive(call, len(page))
    found = shown.user_videos(call, (videos[one.video_id] for one in page), request.fields)
    return Told({"user_liked_videos": found, "cursor": cursor, "has_more": more})


def pinned(call: Call) -> Told:
    request: PinnedQuery = call.request
    person = somebody(call, request.username)
    known = call.world.all.videos
    found = [known[one] for one in person.pins if may_show(call, known[one])]
    quotas.receive(call, len(found))
    return Told({"pinned_videos_list": shown.user_videos(call, found, request.fields)})


def reposted(call: Call) -> Told:
    """By index, the latest first."""
    request: RepostedQuery = call.request
    person = somebody(call, request.username)
    known = call.world.all.videos
    own: list[Repost] = [
        one
        for one in call.world.all.reposts.values()
        if one.person_id == person.id and may_show(call, known[one.video_id])
    ]
    own.sort(key=lambda one: one.at, reverse=True)
    start, size = request.cursor or 0, request.max_count or DEFAULT_PAGE
    page = own[start : start + size]
    quotas.receive(call, len(page))
    found = shown.user_videos(call, (known[one.video_id] for one in page), request.fields)
    end = start + len(page)
    return Told({"reposted_videos": found, "cursor": end, "has_more": end < len(own)})


def followers(call: Call) -> Told:
    return _follows(call, "user_followers", lambda follow: (follow.followed_id, follow.follower_id))


def following(call: Call) -> Told:
    person = somebody(call, call.request.username)
    if not person.following_public:
        raise Refusal("invalid_params", f"The following list {USER_PRIVATE}.")
    return _follows(call, "user_following", lambda follow: (follow.follower_id, follow.followed_id))


def _follows(call: Call, key: str, sides: Callable[[Follow], tuple[str, str]]) -> Told:
    """`sides` gives whose list it is, and who stands in it. An empty list is left out."""
    request: FollowQuery = call.request
    person = somebody(call, request.username)
    listed: list[Follow] = []
    for follow in call.world.all.follows.values():
        owner, other = sides(follow)
        entry = call.world.person(other)
        if owner == person.id and entry and not entry.private and may_return(call, entry):
            listed.append(follow)
    size = request.max_count or DEFAULT_PAGE
    page, cursor, more = _until(call, listed, request.cursor, size, 1)
    found = [call.world.person(sides(follow)[1]) for follow in page]
    quotas.receive(call, len(found))
    data: dict[str, Any] = {"cursor": cursor, "has_more": more}
    if found:
        data[key] = [
            {"username": shown.name_of(call, one), "display_name": one.display_name}
            for one in found
            if one is not None
        ]
    return Told(data)
