"""What people do to posts and to each other, put into the world with the counts that it moves."""

from __future__ import annotations

from collections.abc import Iterable

from .community import Comment, Follow, Like, Repost
from .entities import Creator, Video
from .world import World


def comment(
    world: World, video: Video, author: Creator, text: str, at: float, parent: Comment | None = None
) -> Comment:
    made = Comment(
        id=world.ids.past_number(at),
        video_id=video.id,
        author_id=author.id,
        text=text,
        created=at,
        parent_id=parent.id if parent else None,
    )
    world.all.comments[made.id] = made
    return made


def like(world: World, person: Creator, video: Video, at: float) -> Like:
    taken = (one.at for one in world.all.likes.values() if one.person_id == person.id)
    made = Like(person.id, video.id, _free(at, taken, 0.001))
    world.all.likes[key(person.id, video.id)] = made
    return made


def repost(world: World, person: Creator, video: Video, at: float) -> Repost:
    made = Repost(person.id, video.id, at)
    world.all.reposts[key(person.id, video.id)] = made
    return made


def follow(world: World, follower: Creator, followed: Creator, at: float) -> Follow:
    taken = (
        one.at
        for one in world.all.follows.values()
        if one.followed_id == followed.id or one.follower_id == follower.id
    )
    made = Follow(follower.id, followed.id, _free(at, taken, 1))
    world.all.follows[key(follower.id, followed.id)] = made
    return made


def key(one: str, other: str) -> str:
    """Where the doing of one towards another is kept."""
    return f"{one}:{other}"


def _free(at: float, taken: Iterable[float], step: float) -> float:
    """`at`, or the next moment that no other has: lists are paged by it."""
    units = {int(moment / step) for moment in taken}
    unit = int(at / step)
    while unit in units:
        unit += 1
        at = (unit + 0.5) * step
    return at
