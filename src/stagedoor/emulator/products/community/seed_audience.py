"""The seed of the audience: people, their activity, playlists, and two shops.

This seed has its own random source, so that the seeds of creators and posts don't depend on it.
"""

from __future__ import annotations

import random

from stagedoor.platform.records import frozen

from ...world.entities import Creator, Video
from ...world.world import World
from . import actions
from .state import PLAYLISTS, PRODUCTS, REVIEWS, SHOPS, Playlist, Product, ProductReview, Shop

_DAY = 86_400

_REGIONS = ("DE", "FR", "ES", "IT", "GB", "US", "BR", "JP")
_HANDLES = (
    "rye.fan",
    "nightbus.reader",
    "tomato_thursday",
    "second.breakfast",
    "left.lane.lena",
    "crumb.collector",
    "quietly.baking",
    "gravel_and_tea",
    "window.seat.21",
    "slow.sunday",
    "ovenlight",
    "hill.repeat",
    "paprika_radio",
    "two.left.gloves",
    "late_lunch_club",
    "chainring.48",
    "butter.first",
    "rainjacket.on",
    "pickle_jar_9",
    "north.platform",
    "bread.o.clock",
    "spare.tube",
)
_OUTSIDERS = (
    # handle, region, minor: research treats each of these people by a different rule
    ("first.year.lou", "FR", True),
    ("junior.varsity.x", "US", True),
    ("maple.on.toast", "CA", False),
)
_REMARKS = (
    "I made this twice already",
    "Where is this?",
    "Saving this for the weekend",
    "The last ten seconds 😂",
    "What camera is that?",
    "my kids loved it",
    "Part two please",
    "Not me watching this at 2 am",
    "Does it work with oat milk?",
    "",
)
_PERSONAL = "call me on 4015550130 or write to second.breakfast@mail.example"
_REPLIES = ("Yes!", "Same here", "Tell us how it went", "It does, a little less of it")
_MUSIC = ("Kitchen Radio", "Long Way Up", "Sunday Tape")
_EFFECTS = ("Glow", "Green Screen", "Slow Zoom")
_SPOKEN = "so today I want to show you something that takes less time than you think"

_GOODS = (
    "Banneton 25 cm",
    "Bench scraper",
    "Tart ring 20 cm",
    "Linen couche",
    "Dough whisk",
    "Oven glove",
    "Salt jar",
    "Bread lame",
    "Rolling pin",
    "Cake tester",
    "Proofing basket, oval",
    "Pie weights",
)
_SPARES = ("Bottle cage", "Bar tape", "Tubeless kit")
_VERDICTS = (
    "Does what it should",
    "Smaller than I thought",
    "Third one I bought",
    "Arrived with a dent",
    "My bread has never looked like this",
)


@frozen
class _Cast:
    creators: list[Creator]
    posts: dict[str, list[Video]]
    """By creator: public posts, newest first."""


def seed(world: World) -> None:
    """Add the audience to the existing creators and posts."""
    chance = random.Random(f"{world.seed}:audience")
    now = world.now()
    creators = list(world.creators.values())
    posts = {
        one.id: [video for video in world.videos_of(one.id) if world.is_public(video)]
        for one in creators
    }
    cast = _Cast(creators, posts)
    for owned in posts.values():
        _dress(owned, chance)
    people = _people(world, chance, now)
    _follow(world, cast, people, chance, now)
    _talk(world, cast, people, chance, now)
    _playlists(world, cast, now)
    _shops(world, chance, now)


def _people(world: World, chance: random.Random, now: float) -> list[Creator]:
    known = [(handle, chance.choice(_REGIONS), False) for handle in _HANDLES]
    people: list[Creator] = []
    for handle, region, minor in (*known, *_OUTSIDERS):
        person = Creator(
            id=world.ids.past_number(now - chance.uniform(30, 700) * _DAY),
            username=handle,
            display_name=handle.replace(".", " ").replace("_", " ").title(),
            followers=chance.randrange(0, 90),
            following=chance.randrange(5, 400),
            region=region,
            minor=minor,
            likes_public=len(people) % 3 == 0,
            following_public=len(people) % 7 != 3,
        )
        world.people.add(person)
        people.append(person)
    return people


def _dress(posts: list[Video], chance: random.Random) -> None:
    """Give posts sounds, effects and other properties besides counts; most get few of them."""
    for video in posts:
        video.favorites = int(video.likes * chance.uniform(0.02, 0.2))
        drawn = chance.random()
        if drawn < 0.3:
            video.music = chance.choice(_MUSIC)
        if 0.2 < drawn < 0.45:
            video.effects = chance.sample(_EFFECTS, chance.randrange(1, 3))
        if 0.4 < drawn < 0.6:
            video.voice_to_text = _SPOKEN
        if 0.55 < drawn < 0.65:
            video.stickers = ["Question box"]
        video.ai_labelled = drawn > 0.9
        video.stem_verified = 0.8 < drawn < 0.84


def _follow(
    world: World, cast: _Cast, people: list[Creator], chance: random.Random, now: float
) -> None:
    famous = [creator for creator in cast.creators if creator.followers]
    for person in people:
        for creator in chance.sample(famous, chance.randrange(1, len(famous) + 1)):
            actions.follow(world, person, creator, now - chance.uniform(0.1, 300) * _DAY)
    for creator in famous:
        for person in chance.sample(people, 3):
            actions.follow(world, creator, person, now - chance.uniform(1, 200) * _DAY)


def _talk(
    world: World, cast: _Cast, people: list[Creator], chance: random.Random, now: float
) -> None:
    every = [video for owned in cast.posts.values() for video in owned]
    told = False
    for video in every:
        made = []
        for person in chance.sample(people, min(video.comments, chance.randrange(0, 4))):
            text = chance.choice(_REMARKS) if told else _PERSONAL
            told = True
            at = chance.uniform(video.created, now)
            made.append(actions.comment(world, video, person, text, at))
            made[-1].likes = chance.randrange(0, 30)
        if len(made) > 1 and video.comments > len(made):
            owner = world.creators[video.creator_id]
            at = chance.uniform(made[0].created, now)
            actions.comment(world, video, owner, chance.choice(_REPLIES), at, made[0])
    for person in people:
        for video in chance.sample(every, min(5, len(every))):
            actions.like(world, person, video, chance.uniform(video.created, now))
    for person in people[::2]:
        for video in chance.sample(every, min(3, len(every))):
            actions.repost(world, person, video, chance.uniform(video.created, now))


def _playlists(world: World, cast: _Cast, now: float) -> None:
    for creator in cast.creators:
        posts = cast.posts[creator.id]
        if len(posts) < 10:
            continue
        best = sorted(posts, key=lambda video: -video.views)
        creator.pins = [video.id for video in best[:2]]
        playlist = Playlist(
            id=world.ids.past_number(now - 20 * _DAY),
            creator_id=creator.id,
            name=f"The best of {creator.display_name}",
            updated=now - 2 * _DAY,
            video_ids=tuple(video.id for video in best[:6]),
        )
        world[PLAYLISTS].add(playlist)


def _shops(world: World, chance: random.Random, now: float) -> None:
    for name, region, currency, goods in (
        ("Crumb & Crust", "DE", "EUR", _GOODS),
        ("Summit & Spoke", "GB", "GBP", _SPARES),
    ):
        shop = Shop(world.ids.past_number(now - 300 * _DAY), name, region, chance.randrange(80, 99))
        world[SHOPS].add(shop)
        for title in goods:
            product = Product(
                id=world.ids.past_number(now - chance.uniform(20, 250) * _DAY),
                shop_id=shop.id,
                name=title,
                description=f"{title}, made to last.",
                prices=[f"{chance.randrange(4, 40)}.90{currency}"],
                sold=chance.randrange(40, 6_000),
                ratings=[chance.randrange(0, 8), 2, 5, 20, chance.randrange(30, 300)],
            )
            world[PRODUCTS].add(product)
            for _ in range(12 if title == goods[0] else 1):
                _review(world, product, chance, now)


def _review(world: World, product: Product, chance: random.Random, now: float) -> None:
    at = now - chance.uniform(1, 20) * _DAY
    review = ProductReview(
        id=world.ids.past_number(at),
        product_id=product.id,
        stars=chance.choice((1, 4, 5, 5)),
        text=chance.choice(_VERDICTS),
        created=at,
        likes=chance.randrange(0, 12),
    )
    world[REVIEWS].add(review)
