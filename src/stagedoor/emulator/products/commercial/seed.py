"""The seed of the ad library: advertisers, ads over the posts of the world, labelled posts."""

from __future__ import annotations

import random

from stagedoor.platform.records import frozen
from stagedoor.platform.vocabulary import CommercialLabel

from ...world.entities import Video
from ...world.world import World
from .state import ADS, ADVERTISERS, Advertiser, LibraryAd, Targeting

_DAY = 86_400


@frozen
class _Business:
    name: str
    country: str
    username: str
    """The creator whose posts the ads show."""
    titles: tuple[str, ...]
    site: str
    markets: tuple[str, ...]
    interest: str
    ads: int


_BUSINESSES = (
    _Business(
        "Copper Pan Kitchenware",
        "FR",
        "maracooks",
        ("Bread mixer, half the noise", "The pan that outlives you", "Knead less, bake more"),
        "https://shop.copperpan.example.com/",
        ("FR", "BE", "IE", "DE"),
        "Food & Beverage",
        9,
    ),
    _Business(
        "Altura Bikes",
        "ES",
        "ridewithrio",
        ("Climb lighter", "Winter tyres are in", "Ride the pass, free trial"),
        "https://altura.example.com/",
        ("ES", "IT", "FR", "NL", "GB"),
        "Sports & Outdoor",
        14,
    ),
    _Business(
        "Velo Coffee Roasters",
        "NL",
        "ridewithrio",
        ("Coffee for the second climb", "First bag on us"),
        "https://velocoffee.example.com/",
        ("NL", "BE", "DE", "NO", "CH"),
        "Food & Beverage",
        5,
    ),
)


def seed(world: World) -> None:
    """Add the advertisers, the ads and the labelled posts to an empty library."""
    now = world.now()
    # A random source of its own, so that the rest of the world doesn't depend on the library.
    chance = random.Random(f"{world.seed}:library")
    by_name = {creator.username: creator for creator in world.creators.values()}
    for business in _BUSINESSES:
        creator = by_name[business.username]
        advertiser = Advertiser(
            id=world.ids.past_number(now - 300 * _DAY),
            name=business.name,
            country=business.country,
            paid_for_by=business.name,
            creator_id=creator.id,
        )
        world[ADVERTISERS].add(advertiser)
        posts = world.videos_of(creator.id)
        for _ in range(business.ads):
            ad = _ad(world, business, advertiser, chance.choice(posts), chance, now)
            world[ADS].add(ad)
    _labels(world, by_name["maracooks"].id, by_name["ridewithrio"].id)


def _ad(
    world: World,
    business: _Business,
    advertiser: Advertiser,
    post: Video,
    chance: random.Random,
    now: float,
) -> LibraryAd:
    first = max(post.created, now - chance.uniform(2, 50) * _DAY)
    runs = chance.random() < 0.4
    markets = chance.sample(business.markets, k=chance.randint(1, len(business.markets)))
    reach = {code: int(900 * chance.paretovariate(0.9)) for code in sorted(markets)}
    return LibraryAd(
        id=world.ids.past_number(first),
        advertiser_id=advertiser.id,
        video_ids=[post.id],
        first_shown=first,
        last_shown=None if runs else min(now, first + chance.uniform(1, 20) * _DAY),
        reach=reach,
        title=chance.choice(business.titles),
        external_url=business.site,
        call_to_action=chance.choice(("Shop now", "Learn more")),
        objective=chance.choice(("Traffic", "Conversions", "Reach")),
        targeting=Targeting(
            ages=["18-24", "25-34", "35-44"],
            genders=["female", "male", "unknown"],
            users=3 * sum(reach.values()),
            interest=business.interest,
        ),
    )


def _labels(world: World, paid: str, own: str) -> None:
    for post in world.videos_of(paid)[::6]:
        post.label, post.brand_names = CommercialLabel.PAID_PARTNERSHIP, [_BUSINESSES[0].name]
    for post in world.videos_of(own)[::8]:
        post.label = CommercialLabel.PROMOTIONAL
