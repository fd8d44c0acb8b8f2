"""Creators of the marketplace with the numbers that brands choose by.

All numbers are those of the creator's profile and public posts, which Display shows too.
"""

from __future__ import annotations

from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from stagedoor.platform.products.business_creators import (
    AuthorizedCreatorQuery,
    CreatorQuery,
    CreatorStatus,
    CreatorStatusQuery,
)

from ... import cdn
from ...calls import AdmittedCall, Refusal
from ...world import Creator, World
from ...world.state import LIKES_OF_POSTS, OPEN_POSTS
from ..business_accounts import insights
from . import accounts
from .labels import content_label, industry_label
from .state import COUNTRIES, INVITATIONS, OPEN_INVITATIONS, in_market

_RECENT = 30
"""The newest public posts, of which views and engagement are computed."""
_PRICE_PER_VIEW = Decimal("0.02")
_LEAST_PRICE = Decimal(50)
CURRENCY = "USD"
_DEVICES = {"IOS": 58, "ANDROID": 42}


class Performance(NamedTuple):
    """The numbers of a creator's recent public posts."""

    median_views: int
    average_views: int
    engagement_rate: float

    @property
    def price(self) -> Decimal:
        """The price of a video in US dollars."""
        return max(_LEAST_PRICE, (self.median_views * _PRICE_PER_VIEW).quantize(Decimal(1)))


def performance(world: World, creator: Creator) -> Performance:
    posts = [] if creator.private else world.videos.by(OPEN_POSTS, creator.id)[:_RECENT]
    views = [post.views for post in posts]
    if not sum(views):
        return Performance(0, 0, 0.0)
    engaged = sum(post.likes + post.comments + post.shares for post in posts)
    average = round(sum(views) / len(views))
    return Performance(int(median(views)), average, round(min(1.0, engaged / sum(views)), 4))


def status(call: AdmittedCall) -> dict[str, Any]:
    """Whether the owner of each handle is in the marketplace, invited, or not."""
    request: CreatorStatusQuery = call.request
    accounts.named(call)
    return {
        "onboarding_status": [
            {"handle_name": handle, "status": standing(call.world, handle)}
            for handle in dict.fromkeys(request.handle_names)
        ]
    }


def standing(world: World, handle: str) -> CreatorStatus:
    person = world.named(handle)
    if person is None:
        return CreatorStatus.INVALID
    if person.id not in world.creators:
        return CreatorStatus.NOT_IN
    if is_in(person):
        return CreatorStatus.IN
    invited = bool(world[INVITATIONS].by(OPEN_INVITATIONS, person.id))
    return CreatorStatus.INVITED if invited else CreatorStatus.NOT_IN


def is_in(creator: Creator) -> bool:
    """Whether the creator is in the marketplace."""
    return in_market(
        creator.private,
        creator.banned,
        creator.minor,
        creator.followers,
        creator.region,
        creator.onboarded,
    )


def public(call: AdmittedCall) -> dict[str, Any]:
    request: CreatorQuery = call.request
    accounts.named(call)
    return shown(call, named(call.world, request.handle_name), call.own_token.app_id)


def authorized(call: AdmittedCall) -> dict[str, Any]:
    """The account's own numbers; it needn't be in the marketplace."""
    request: AuthorizedCreatorQuery = call.request
    app, _, creator = call.party
    values = shown(call, creator, app.client_key)
    if request.fields is None:
        return values
    return {name: values[name] for name in dict.fromkeys(request.fields)}


def named(world: World, handle: str) -> Creator:
    """The creator of the marketplace with this handle."""
    person = world.named(handle)
    creator = None if person is None else world.creators.get(person.id)
    if creator is None:
        raise Refusal("40121")
    if creator.region not in COUNTRIES:
        raise Refusal("40122")
    if not is_in(creator):
        raise Refusal("40121")
    return creator


def shown(call: AdmittedCall, creator: Creator, app_id: str) -> dict[str, Any]:
    """A creator as an app sees it."""
    world = call.world
    numbers = performance(world, creator)
    audience = insights.audience(world, creator)
    devices = insights.shares("device", _DEVICES.items()) if audience["audience_ages"] else []
    return {
        "creator_id": creator_id(world, app_id, creator),
        "handle_name": creator.username,
        "display_name": creator.display_name,
        "profile_image": cdn.avatar_url(world, call.base_url, creator),
        "bio": creator.bio,
        "country_code": creator.region,
        "followers_count": creator.followers,
        "following_count": creator.following,
        "likes_count": world.videos.total(LIKES_OF_POSTS, creator.id),
        "videos_count": 0 if creator.private else len(world.videos.by(OPEN_POSTS, creator.id)),
        "median_views": numbers.median_views,
        "engagement_rate": numbers.engagement_rate,
        "creator_price": float(numbers.price),
        "currency": CURRENCY,
        "industry_labels": [industry_label(creator.category)],
        "content_labels": [content_label(creator.category)],
        "audience_countries": audience["audience_countries"],
        "audience_genders": audience["audience_genders"],
        "audience_ages": audience["audience_ages"],
        "audience_devices": devices,
    }


def creator_id(world: World, app_id: str, creator: Creator) -> str:
    """The creator's open_id for an app, as the creator's own token has it."""
    return world.ids.business_id(app_id, creator.id)
