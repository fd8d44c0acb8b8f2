"""Adds comments, likes, reposts and follows to the world."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from ...world.collection import IndexGroup
from ...world.entities import Creator, Video
from ...world.world import World
from .state import (
    COMMENTS,
    FOLLOWERS,
    FOLLOWING,
    FOLLOWS,
    LIKES,
    LIKES_OF_PERSON,
    REPOSTS,
    Comment,
    Follow,
    Like,
    Repost,
)


def comment(
    world: World,
    video: Video,
    author: Creator,
    text: str,
    at: float,
    parent: Comment | None = None,
    image_uri: str = "",
) -> Comment:
    made = Comment(
        id=world.ids.past_number(at),
        video_id=video.id,
        author_id=author.id,
        text=text,
        created=at,
        parent_id=parent.id if parent else None,
        image_uri=image_uri,
    )
    world[COMMENTS].add(made)
    return made


def add_comment(
    world: World,
    video: Video,
    author: Creator,
    text: str,
    parent: Comment | None = None,
    image_uri: str = "",
) -> Comment:
    """A new comment, now; the post counts it."""
    video.comments += 1
    made = comment(world, video, author, text, world.now(), parent, image_uri)
    _announce(world, made, "insert")
    return made


def delete_comment(world: World, comment: Comment) -> None:
    comment.deleted = True
    video = world.videos[comment.video_id]
    video.comments = max(0, video.comments - 1)
    if video.pinned_comment == comment.id:
        video.pinned_comment = ""
    _announce(world, comment, "delete")


def set_hidden(world: World, comment: Comment, hidden: bool) -> None:
    """Hide a comment from all but its author and the post's creator, or show it again."""
    if comment.hidden is hidden:
        return
    comment.hidden = hidden
    _announce(world, comment, "set_to_hidden" if hidden else "set_to_public")


def like(world: World, person: Creator, video: Video, at: float) -> Like:
    taken = world[LIKES].by(LIKES_OF_PERSON, person.id)
    made = Like(person.id, video.id, _free(at, (taken,), 0.001))
    world[LIKES].add(made)
    return made


def repost(world: World, person: Creator, video: Video, at: float) -> Repost:
    made = Repost(person.id, video.id, at)
    world[REPOSTS].add(made)
    return made


def follow(world: World, follower: Creator, followed: Creator, at: float) -> Follow:
    follows = world[FOLLOWS]
    taken = follows.by(FOLLOWERS, followed.id), follows.by(FOLLOWING, follower.id)
    made = Follow(follower.id, followed.id, _free(at, taken, 1))
    world[FOLLOWS].add(made)
    return made


def key(one: str, other: str) -> str:
    """The key of an entity that relates `one` to `other`."""
    return f"{one}:{other}"


def _free(at: float, taken: Sequence[IndexGroup[Any]], step: float) -> float:
    """`at`, or the next free moment: moments are the cursors of lists, so they must differ."""
    unit = int(at / step)
    while any(_has(group, unit, step) for group in taken):
        unit += 1
        at = (unit + 0.5) * step
    return at


def _has(newest_first: IndexGroup[Any], unit: int, step: float) -> bool:
    """Whether the group has an item in this unit of time."""
    place = bisect_left(newest_first, -unit, key=lambda one: -int(one.at / step))
    return place < len(newest_first) and int(newest_first[place].at / step) == unit


def _announce(world: World, comment: Comment, action: str) -> None:
    # imported with the first change: the seed of a world announces nothing
    from stagedoor.platform.products.webhooks import CommentAction

    from . import events

    events.comment_changed(world, comment, CommentAction(action))
