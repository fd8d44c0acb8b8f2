"""Reads the contents of a person's archive from the world, as a snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from stagedoor.platform.products.portability import EXPIRY_SECONDS, REGIONS, Category, archive
from stagedoor.platform.products.portability.archive import (
    CHAT_NAME,
    SECTIONS,
    TIME_FORM,
    Record,
    Section,
)
from stagedoor.platform.vocabulary import PrivacyLevel

from ... import cdn, links
from ...world import Creator, Video, World
from ...world.state import LIKES_OF_POSTS
from ..community.state import (
    COMMENTS,
    COMMENTS_OF_AUTHOR,
    FAVORITES,
    FAVORITES_OF_PERSON,
    FOLLOWERS,
    FOLLOWING,
    FOLLOWS,
    LIKES,
    LIKES_OF_PERSON,
    MESSAGES,
    MESSAGES_OF_PERSON,
    SEARCH_TERMS,
    SEARCHES_OF_PERSON,
    SIGN_INS,
    SIGN_INS_OF_PERSON,
    WATCHES,
    WATCHES_OF_PERSON,
)
from ..posting.state import PUBLISHES
from .state import DataExport

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ArchivePart:
    """A section with its rows, under the file's keys. `key` selects one of several lists."""

    section: Section
    rows: Iterable[dict[str, Any]]
    key: str | None = None


def collect(world: World, export: DataExport) -> list[ArchivePart]:
    """The parts that `export` requests; sections without data are empty, chats are left out."""
    creator = world.creators[export.creator_id]
    parts: list[ArchivePart] = []
    for section in SECTIONS:
        if not _asked(section, export.categories):
            continue
        made = _SOURCES[section.name](world, creator, export.base_url)
        records = made if creator.region in REGIONS else []
        if section.keyed:
            chats: dict[str, Rows] = {}
            for record in records:
                key = CHAT_NAME.format(name=record.chat)
                chats.setdefault(key, []).append(_row(record))
            parts += [ArchivePart(section, rows, key) for key, rows in chats.items()]
            continue
        rows: Iterable[dict[str, Any]] = [_row(record) for record in records]
        if section is archive.WATCHED and creator.padding and creator.region in REGIONS:
            rows = _padded(rows, creator.padding, world.now())
        parts.append(ArchivePart(section, rows))
    return parts


def _asked(section: Section, categories: tuple[Category, ...]) -> bool:
    return Category.ALL_DATA in categories or section.category in categories


def _row(record: Record) -> dict[str, Any]:
    """A record with the file's keys and value formats."""
    dumped = record.model_dump(by_alias=True, exclude_none=True, exclude={"chat"})
    return {key: _written(value) for key, value in dumped.items()}


def _written(value: object) -> object:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.strftime(TIME_FORM)
    return str(value) if isinstance(value, int) else value


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)


Source = Callable[[World, Creator, str], list[Any]]


def _profile(world: World, creator: Creator, base_url: str) -> list[Record]:
    likes = world.videos.total(LIKES_OF_POSTS, creator.id)
    return [
        archive.Profile(
            user_name=creator.username,
            bio_description=creator.bio,
            likes_received=likes,
            profile_photo=cdn.avatar_url(world, base_url, creator, 1080),
        )
    ]


def _posts(world: World, creator: Creator, base_url: str) -> list[Record]:
    return [
        archive.Post(
            date=_moment(post.created),
            link=_media(world, post, base_url),
            likes=post.likes,
            who_can_view=_AUDIENCE[post.privacy],
            allow_comments=not post.comment_disabled,
            allow_stitches=not post.stitch_disabled,
            allow_duets=not post.duet_disabled,
            title=post.title,
            ai_generated_content=_made_by_ai(world, post),
        )
        for post in world.videos_of(creator.id)
        if not post.deleted
    ]


_AUDIENCE = {
    PrivacyLevel.PUBLIC_TO_EVERYONE: "Public",
    PrivacyLevel.MUTUAL_FOLLOW_FRIENDS: "Friends",
    PrivacyLevel.FOLLOWER_OF_CREATOR: "Followers",
    PrivacyLevel.SELF_ONLY: "Private",
}


def _made_by_ai(world: World, post: Video) -> bool:
    publish = world[PUBLISHES].get(post.publish_id or "")
    return publish is not None and publish.aigc


def _media(world: World, post: Video, base_url: str) -> str:
    """The URL of the post's file if it was received; a seeded post's page otherwise."""
    if not post.media:
        return _page(world, post)
    return cdn.media_url(world, base_url, post, EXPIRY_SECONDS)


def _followers(world: World, creator: Creator, base_url: str) -> list[Record]:
    return [
        archive.Follower(date=_moment(one.at), user_name=_name(world, one.follower_id))
        for one in world[FOLLOWS].by(FOLLOWERS, creator.id)
    ]


def _following(world: World, creator: Creator, base_url: str) -> list[Record]:
    return [
        archive.Following(date=_moment(one.at), user_name=_name(world, one.followed_id))
        for one in world[FOLLOWS].by(FOLLOWING, creator.id)
    ]


def _likes(world: World, creator: Creator, base_url: str) -> list[Record]:
    return _of_videos(world, archive.Like, world[LIKES].by(LIKES_OF_PERSON, creator.id))


def _favorites(world: World, creator: Creator, base_url: str) -> list[Record]:
    return _of_videos(world, archive.Favorite, world[FAVORITES].by(FAVORITES_OF_PERSON, creator.id))


def _watched(world: World, creator: Creator, base_url: str) -> list[Record]:
    return _of_videos(world, archive.Watch, world[WATCHES].by(WATCHES_OF_PERSON, creator.id))


class _Deed(Protocol):
    """A person's action on a video."""

    person_id: str
    video_id: str
    at: float


def _of_videos(
    world: World,
    kind: type[archive.Like] | type[archive.Favorite] | type[archive.Watch],
    done: Iterable[_Deed],
) -> list[Record]:
    return [
        kind(date=_moment(one.at), link=_page(world, world.videos[one.video_id])) for one in done
    ]


def _searches(world: World, creator: Creator, base_url: str) -> list[Record]:
    return [
        archive.Search(date=_moment(one.at), search_term=one.term)
        for one in world[SEARCH_TERMS].by(SEARCHES_OF_PERSON, creator.id)
    ]


def _comments(world: World, creator: Creator, base_url: str) -> list[Record]:
    mine = world[COMMENTS].by(COMMENTS_OF_AUTHOR, creator.id)
    return [archive.Comment(date=_moment(one.created), comment=one.text) for one in mine]


def _sign_ins(world: World, creator: Creator, base_url: str) -> list[Record]:
    return [
        archive.SignIn(
            date=_moment(one.at),
            ip=one.ip,
            device_model=one.device,
            device_system=one.system,
            network_type=one.network,
        )
        for one in world[SIGN_INS].by(SIGN_INS_OF_PERSON, creator.id)
    ]


def _messages(world: World, creator: Creator, base_url: str) -> list[Record]:
    return [
        archive.Message(
            date=_moment(one.at),
            sender=_name(world, one.from_id),
            content=one.text,
            chat=_name(world, one.to_id if one.from_id == creator.id else one.from_id),
        )
        for one in world[MESSAGES].by(MESSAGES_OF_PERSON, creator.id)
    ]


def _name(world: World, person_id: str) -> str:
    person = world.person(person_id)
    return person.username if person is not None else ""


def _page(world: World, post: Video) -> str:
    return links.page(world.creators[post.creator_id], post)


_SOURCES: dict[str, Source] = {
    archive.PROFILE.name: _profile,
    archive.POSTS.name: _posts,
    archive.FOLLOWERS.name: _followers,
    archive.FOLLOWING.name: _following,
    archive.LIKES.name: _likes,
    archive.FAVORITES.name: _favorites,
    archive.WATCHED.name: _watched,
    archive.SEARCHES.name: _searches,
    archive.COMMENTS.name: _comments,
    archive.SIGN_INS.name: _sign_ins,
    archive.MESSAGES.name: _messages,
}

_LINK = "https://www.tiktokv.com/share/video/{}/"
_STEP = 37
"""Seconds between two generated entries."""


def _padded(rows: Iterable[dict[str, Any]], size: int, now: float) -> Iterator[dict[str, Any]]:
    """`rows`, followed by generated rows of about `size` bytes of JSON."""
    yield from rows
    number = 0
    while size > 0:
        at = time.gmtime(now - number * _STEP)
        row = {
            "Date": time.strftime(TIME_FORM, at),
            "Link": _LINK.format((int(now) << 32) - number * 7919),
        }
        yield row
        number += 1
        size -= 90
