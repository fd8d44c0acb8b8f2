"""The initial entities of the emulator: creators with posts, and ready-made apps.

The same seed gives the same creators, captions and counts; ids contain the moment of creation, as
TikTok's ids do.
"""

from __future__ import annotations

import random
from dataclasses import replace

from stagedoor.platform.records import frozen
from stagedoor.platform.scopes import PORTABILITY_SCOPES, USER_SCOPES, Scope

from .entities import App, Creator, Developer, Video
from .world import World

READY_KEY = "emulator-client-key"
UNAUDITED_KEY = "emulator-unaudited-key"
SANDBOX_KEY = "emulator-sandbox-key"
READY_MADE = (READY_KEY, UNAUDITED_KEY, SANDBOX_KEY)
READY_SECRET = "emulator-client-secret"

_DAY = 86_400
_RESEARCH = (
    Scope.RESEARCH_BASIC,
    Scope.RESEARCH_U18_EU,
    Scope.RESEARCH_VETTED,
    Scope.RESEARCH_ADLIB,
)


@frozen
class _Cast:
    """The template of a creator, with the topics of the posts."""

    username: str
    display_name: str
    bio: str
    colour: str
    followers: int
    following: int
    captions: tuple[str, ...] = ()
    posts: int = 0
    days: int = 60
    """The number of past days over which the posts are spread."""
    reach: int = 3_000
    """The views of an average post of the creator."""
    verified: bool = False
    private: bool = False
    max_video_seconds: int = 600
    region: str = "US"


_COOKING = (
    "Lemon tart in ten minutes #baking #lemontart",
    "Fast noodles for one, four ingredients #noodles #dinnerideas",
    "My grandmother's tomato soup, no cream needed #soup #comfortfood",
    "Three ways to rescue a dry cake 🍰 #bakingtips",
    "Crispy potatoes without a fryer #potato #airfree",
    "What I eat on a long train ride #mealprep",
    "Sourdough, day 1 to day 7 #sourdough #bread",
    "Stop throwing away broccoli stems #zerowaste",
    "Butter chicken, but on a Tuesday #weeknightdinner",
    "One pan, two people, no dishes #onepan #easyrecipes",
    "Why your rice sticks #rice #cookingbasics",
    "Cinnamon rolls before 8 am ☀️ #breakfast #baking",
    "Roasted peppers on an open flame #peppers",
    "A birthday cake for a very picky five-year-old #cake #family",
    "Pickled onions in the time it takes to boil pasta #pickles",
    "Testing the viral feta bake, two years late #feta #honestreview",
    "The knife I actually use #kitchentools",
    "Dumplings with Mum: 64 in one hour 🥟 #dumplings #family",
    "Salad people ask me for the recipe of #salad",
    "Caramel without fear #caramel #bakingtips",
    "Pancakes for people who hate flipping #pancakes",
    "Leftover bread soup #leftovers #zerowaste",
    "Reading your worst kitchen disasters #storytime",
    "Market day: everything under 10 euros #market #budgetmeals",
)
_CYCLING = (
    "Climbing {place} before work #cycling #climb",
    "Flat tyre on {place}, of course #cyclinglife",
    "{place} in the rain: 2 hours, 0 regrets #roadcycling",
    "The coffee stop halfway up {place} ☕ #cyclingcoffee",
)
_PLACES = (
    "Mont Ventoux",
    "Alto de Velefique",
    "the Stelvio",
    "Box Hill",
    "Col du Galibier",
    "Passo Gavia",
    "Sa Calobra",
    "the Muur",
    "Col de la Madone",
    "the Tourmalet",
)
_DIARY = (
    "Balcony, week 3",
    "Moving day",
    "First snow",
    "New glaze test #pottery",
    "Sunday",
    "The cat found the boxes 📦",
    "Kiln opening #pottery",
    "Before and after",
)

_CASTS = (
    _Cast(
        username="maracooks",
        display_name="Mara Cooks",
        bio="Small kitchen, big flavours. New recipe most days.",
        colour="#d9480f",
        followers=18_234,
        following=212,
        captions=_COOKING,
        posts=24,
        reach=4_000,
        region="DE",
    ),
    _Cast(
        username="jonas.behind.doors",
        display_name="Jonas",
        bio="Friends only.",
        colour="#1864ab",
        followers=143,
        following=198,
        captions=_DIARY,
        posts=8,
        reach=60,
        private=True,
        max_video_seconds=180,
        region="FR",
    ),
    _Cast(
        username="lu_starts_today",
        display_name="Lu",
        bio="",
        colour="#2b8a3e",
        followers=0,
        following=3,
        max_video_seconds=180,
        region="SE",
    ),
    _Cast(
        username="ridewithrio",
        display_name="Ride with Rio",
        bio="I climb mountains so you can stay in bed. Bookings by mail.",
        colour="#5f3dc4",
        followers=1_284_907,
        following=341,
        captions=tuple(text.format(place=place) for place in _PLACES for text in _CYCLING),
        posts=40,
        days=110,
        reach=90_000,
        region="IT",
        verified=True,
    ),
)


LEAST_VIDEOS, MOST_VIDEOS = 10, 1_000_000
"""The sizes of worlds that can be asked for."""
SEEDED_VIDEOS = sum(cast.posts for cast in _CASTS)
"""The posts of the ready-made creators."""


def seed(world: World, videos: int = SEEDED_VIDEOS) -> None:
    """Add the entities that all products share; the products' own seeds are added after them.

    The ready-made creators have as many `videos` in all, from 10 to `SEEDED_VIDEOS`.
    """
    chance = random.Random(world.seed)
    now = world.now()
    for cast, posts in zip(_CASTS, _parts(videos), strict=True):
        creator = _creator(world, cast, now)
        _posts(world, creator, replace(cast, posts=posts), chance, now)
    _apps(world)


def _parts(videos: int) -> list[int]:
    """How many of the videos each creator has: as many of each as in the whole world, in parts."""
    parts = [-(-cast.posts * videos // SEEDED_VIDEOS) for cast in _CASTS]
    parts[-1] -= sum(parts) - videos  # rounded up before
    return parts


def _creator(world: World, cast: _Cast, now: float) -> Creator:
    creator = Creator(
        id=world.ids.past_number(now - 400 * _DAY),
        username=cast.username,
        display_name=cast.display_name,
        bio=cast.bio,
        verified=cast.verified,
        private=cast.private,
        max_video_seconds=cast.max_video_seconds,
        followers=cast.followers,
        following=cast.following,
        colour=cast.colour,
        region=cast.region,
    )
    world.creators.add(creator)
    return creator


def _posts(world: World, creator: Creator, cast: _Cast, chance: random.Random, now: float) -> None:
    captions = list(cast.captions)
    chance.shuffle(captions)
    step = cast.days * _DAY / max(1, cast.posts)
    for place in range(cast.posts, 0, -1):
        created = now - place * step + chance.uniform(0.05, 0.9) * step
        views = int(cast.reach * chance.paretovariate(1.16))
        likes = int(views * chance.uniform(0.03, 0.13))
        wide = chance.random() < 0.1
        world.add_video(
            Video(
                id=world.ids.past_number(created),
                creator_id=creator.id,
                created=created,
                title=captions[(place - 1) % len(captions)],
                duration=min(cast.max_video_seconds, int(7 + chance.expovariate(1 / 24))),
                width=1920 if wide else 1080,
                height=1080 if wide else 1920,
                likes=likes,
                comments=int(likes * chance.uniform(0.008, 0.05)),
                shares=int(likes * chance.uniform(0.01, 0.08)),
                views=views,
            )
        )


def _apps(world: World) -> None:
    developer = Developer(world.ids.number(world.now()), "Stagedoor developers")
    world.developers.add(developer)
    first = next(iter(world.creators))
    scopes = [str(scope) for scope in USER_SCOPES]
    for app in (
        App(
            client_key=READY_KEY,
            client_secret=READY_SECRET,
            name="Ready App",
            developer_id=developer.id,
            capped=False,
            scopes=scopes + [str(scope) for scope in (*PORTABILITY_SCOPES, *_RESEARCH)],
            any_redirect=True,
            any_url=True,
        ),
        App(
            client_key=UNAUDITED_KEY,
            client_secret=READY_SECRET,
            name="Unaudited App",
            developer_id=developer.id,
            audited=False,
            scopes=list(scopes),
            any_redirect=True,
            any_url=True,
        ),
        App(
            client_key=SANDBOX_KEY,
            client_secret=READY_SECRET,
            name="Sandbox App",
            developer_id=developer.id,
            sandbox=True,
            target_users=[first],
            audited=False,
            scopes=list(scopes),
            any_redirect=True,
            any_url=True,
        ),
    ):
        world.apps.add(app)
