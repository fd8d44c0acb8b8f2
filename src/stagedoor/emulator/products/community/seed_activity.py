"""The activity of the seeded creators besides posting: follows, likes, comments, messages."""

from __future__ import annotations

import random
from itertools import pairwise

from ...world.entities import Creator, Video
from ...world.world import World
from .state import (
    COMMENTS,
    FAVORITES,
    FOLLOWS,
    LIKES,
    MESSAGES,
    SEARCH_TERMS,
    SIGN_INS,
    WATCHES,
    Comment,
    Favorite,
    Follow,
    Like,
    Message,
    SearchTerm,
    SignIn,
    Watch,
)

_DAY = 86_400
_FOLLOW_SHARE = 0.75
_WATCHES = 40
_LIKE_SHARE = 0.3
_FAVORITE_SHARE = 0.1
_COMMENT_SHARE = 0.1
_SIGN_INS = 4

_REMARKS = (
    "Trying this tonight",
    "How long did that take you?",
    "The ending 😂",
    "Saved for later",
    "I was there last week!",
    "More of this please",
)
_TERMS = (
    "easy dinner",
    "glaze test",
    "gravel bike",
    "how to move house",
    "sourdough",
    "ferry times",
)
_CHAT = (
    "Are you coming on Sunday?",
    "Yes! What shall I bring?",
    "Just yourself 🙂",
    "See you then",
)
_DEVICES = (("Pixel 9", "Android 16"), ("iPhone 17", "iOS 26.1"))


def seed(world: World) -> None:
    """Give the creators follows, likes, comments, and data that only they see."""
    chance = random.Random(f"{world.seed}:living")
    creators = list(world.creators.values())
    for creator in creators:
        others = [other for other in creators if other is not creator]
        videos = [video for other in others for video in world.videos_of(other.id)]
        _community(world, creator, others, videos, chance)
        _private(world, creator, videos, chance)
    _chats(world, creators, chance)


def _before(world: World, chance: random.Random, days: int) -> float:
    return world.now() - chance.uniform(0.1, days) * _DAY


def _community(
    world: World,
    creator: Creator,
    others: list[Creator],
    videos: list[Video],
    chance: random.Random,
) -> None:
    for other in others:
        if chance.random() < _FOLLOW_SHARE:
            follow = Follow(creator.id, other.id, _before(world, chance, 300))
            world[FOLLOWS].add(follow)
    for video in videos:
        after = chance.uniform(video.created, world.now())
        if chance.random() < _LIKE_SHARE:
            world[LIKES].add(Like(creator.id, video.id, after))
        if chance.random() < _COMMENT_SHARE:
            comment_id = world.ids.past_number(after)
            world[COMMENTS][comment_id] = Comment(
                comment_id, video.id, creator.id, chance.choice(_REMARKS), after
            )


def _private(world: World, creator: Creator, videos: list[Video], chance: random.Random) -> None:
    for video in chance.sample(videos, min(_WATCHES, len(videos))):
        at = chance.uniform(video.created, world.now())
        world[WATCHES].add(Watch(creator.id, video.id, at))
        if chance.random() < _FAVORITE_SHARE:
            world[FAVORITES].add(Favorite(creator.id, video.id, at))
    for term in chance.sample(_TERMS, 3):
        world[SEARCH_TERMS].add(SearchTerm(creator.id, term, _before(world, chance, 60)))
    for _ in range(_SIGN_INS):
        device, system = chance.choice(_DEVICES)
        # An address reserved for documentation (RFC 5737).
        ip = f"192.0.2.{chance.randrange(1, 255)}"
        at = _before(world, chance, 90)
        world[SIGN_INS].add(SignIn(creator.id, ip, device, system, "Wi-Fi", at))


def _chats(world: World, creators: list[Creator], chance: random.Random) -> None:
    for one, other in pairwise(creators):
        at = _before(world, chance, 30)
        for place, text in enumerate(_CHAT):
            writer, reader = (one, other) if place % 2 == 0 else (other, one)
            at = min(world.now(), at + chance.uniform(20, 600))
            world[MESSAGES].add(Message(writer.id, reader.id, text, at))
