"""More creators and posts, for worlds that are as large as somebody asks."""

from __future__ import annotations

import random
from bisect import bisect
from functools import cache
from itertools import accumulate

from stagedoor.platform.collecting import without_collecting

from .entities import Creator, Video
from .world import World

_DAY = 86_400
_DAYS = 730
"""How far back the posts reach; there are more of the newer ones."""
_POSTS_EACH = 120
"""Posts of an average creator; a few have most of them."""
_REGIONS = ("US", "US", "DE", "FR", "IT", "ES", "GB", "SE", "PL", "NL", "BR", "MX", "JP", "ID")
_FIRST = ("nora", "amir", "lena", "tomas", "yuki", "ines", "oskar", "priya", "malik", "sofie")
_THEMES = (
    ("bakes", ("Rye bread, day {n} #bread #baking", "Cake {n} of the year #baking")),
    ("runs", ("Morning run {n} #running", "New shoes, old route #running #trail")),
    ("draws", ("Sketch {n} #art #drawing", "Ink and water #art")),
    ("plants", ("Balcony garden, week {n} #plants", "What grew, what didn't #gardening")),
    ("fixes", ("Repair {n}: still good #repair #diy", "Don't throw it away #diy")),
    ("reads", ("Book {n} of the year #booktok", "Read this one twice #booktok")),
    ("dances", ("Take {n} #dance", "Learned it in a day #dance #fyp")),
    ("travels", ("Night train {n} #travel", "One bag, three weeks #travel")),
)


_NONE: list[str] = []


@cache
def _title(title: str, number: int) -> str:
    return title.format(n=number)


@without_collecting
def seed(world: World, count: int) -> None:
    """Add creators with `count` posts in all."""
    chance, now = random.Random(f"{world.seed}:crowd"), world.now()
    people = [_creator(world, n, now, chance) for n in range(max(1, count // _POSTS_EACH))]
    world.creators.extend(people)
    weights = list(accumulate(chance.paretovariate(1.1) for _ in people))
    posts: list[Video] = []
    last: dict[str, int] = {}
    times = sorted(now - _DAYS * _DAY * chance.betavariate(1, 2.2) for _ in range(count))
    for number, created in enumerate(times):
        place = bisect(weights, chance.random() * weights[-1], hi=len(people) - 1)
        creator = people[place]
        # a creator's posts have distinct milliseconds
        created = max(created, (last.get(creator.id, 0) + 1.5) / 1000)
        last[creator.id] = int(created * 1000)
        posts.append(_post(world, creator, place, created, number, chance))
    world.videos.extend(posts)


def _creator(world: World, number: int, now: float, chance: random.Random) -> Creator:
    first, theme = _FIRST[number % len(_FIRST)], _THEMES[number % len(_THEMES)][0]
    followers = int(40 * chance.paretovariate(0.7))
    return Creator(
        id=world.ids.past_number(now - chance.uniform(_DAYS, 2 * _DAYS) * _DAY),
        username=f"{first}.{theme}.{number:05}",
        display_name=f"{first.title()} {theme}",
        followers=min(followers, 40_000_000),
        following=chance.randrange(5, 900),
        region=chance.choice(_REGIONS),
        verified=followers > 500_000,
    )


def _post(
    world: World, creator: Creator, place: int, created: float, number: int, chance: random.Random
) -> Video:
    titles = _THEMES[place % len(_THEMES)][1]
    views = int((30 + creator.followers * 0.2) * chance.paretovariate(1.16))
    likes = int(views * chance.uniform(0.03, 0.13))
    return Video(
        id=world.ids.past_number(created),
        creator_id=creator.id,
        created=created,
        title=_title(titles[number % len(titles)], number % 365 + 1),
        duration=min(creator.max_video_seconds, int(7 + chance.expovariate(1 / 24))),
        likes=likes,
        comments=int(likes * chance.uniform(0.008, 0.05)),
        shares=int(likes * chance.uniform(0.01, 0.08)),
        views=views,
        favorites=int(likes * chance.uniform(0.02, 0.2)),
        # one empty list for all: such lists are replaced, never changed
        brand_names=_NONE,
        media=_NONE,
        effects=_NONE,
        stickers=_NONE,
    )
