"""Control routes of the ad library: advertisers, ads, and labels of posts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field, StrictBool, StringConstraints
from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.products.commercial import AD_COUNTRIES, CommercialLabel
from stagedoor.platform.reasons import COUNTRY

from ...control.apps import creator_named
from ...control.errors import ControlError, unknown, wrong
from ...control_bodies import ALL, ControlBody, controlled, page, read
from ...world import World
from .state import ADS, ADVERTISERS, Advertiser, LibraryAd, Takedown

_Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_DAY = 86_400


class NewAdvertiser(ControlBody):
    """A new advertiser. `creator` is the username of the account that the ads promote."""

    name: _Text
    country: Annotated[str, StringConstraints(pattern=COUNTRY)] = "IE"
    paid_for_by: _Text | None = None
    creator: str | None = None


class NewAd(ControlBody):
    """A new ad, first shown `days_ago`; it runs until it is ended."""

    advertiser_id: str
    video_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    reach: dict[str, Annotated[int, Field(ge=0)]]
    days_ago: Annotated[float, Field(ge=0, le=3_650)] = 0
    external_url: str | None = None
    download_url: str | None = None
    call_to_action: str | None = None
    objective: str | None = None


class AdChange(ControlBody):
    """A change of an ad: `ended` ends it now, `rejected` is TikTok's reason for taking it down."""

    reach: dict[str, Annotated[int, Field(ge=0)]] | None = None
    ended: StrictBool = False
    rejected: tuple[_Text, ...] | None = None


class Label(ControlBody):
    """A post's commercial label; a `label` of null removes it."""

    label: CommercialLabel | None
    brand_names: tuple[_Text, ...] = ()


async def advertisers(world: World, request: Request) -> Any:
    return page(request, "advertisers", world[ADVERTISERS].by(ALL), asdict)


async def add_advertiser(world: World, request: Request) -> Any:
    order = await read(request, NewAdvertiser)
    creator_id = None
    if order.creator is not None:
        creator_id = creator_named(world, order.creator).id
    made = Advertiser(
        id=world.ids.number(world.now()),
        name=order.name,
        country=order.country,
        paid_for_by=order.paid_for_by or order.name,
        creator_id=creator_id,
    )
    world[ADVERTISERS].add(made)
    return asdict(made)


async def ads(world: World, request: Request) -> Any:
    return page(request, "ads", world[ADS].by(ALL), asdict)


async def add_ad(world: World, request: Request) -> Any:
    order = await read(request, NewAd)
    if order.advertiser_id not in world[ADVERTISERS]:
        raise unknown("advertiser", order.advertiser_id)
    for place, video_id in enumerate(order.video_ids):
        if video_id not in world.videos:
            raise wrong(f"video_ids.{place}", "is no post of this world")
    _check_reach(order.reach)
    made = LibraryAd(
        id=world.ids.number(world.now()),
        advertiser_id=order.advertiser_id,
        video_ids=list(order.video_ids),
        first_shown=world.now() - order.days_ago * _DAY,
        reach=dict(order.reach),
        title=order.title,
        external_url=order.external_url,
        download_url=order.download_url,
        call_to_action=order.call_to_action,
        objective=order.objective,
    )
    world[ADS].add(made)
    return asdict(made)


async def change_ad(world: World, request: Request) -> Any:
    ad = world[ADS].get(request.path_params["ad_id"])
    if ad is None:
        raise unknown("ad", request.path_params["ad_id"])
    order = await read(request, AdChange)
    if order.ended and ad.last_shown is not None:
        raise ControlError(409, "The ad has ended already.")
    if order.reach is not None:
        _check_reach(order.reach)
        ad.reach = dict(order.reach)
    if order.rejected is not None:
        ad.takedown = Takedown(list(order.rejected))
    if order.ended or (order.rejected and ad.last_shown is None):
        ad.last_shown = world.now()
    return asdict(ad)


async def label(world: World, request: Request) -> Any:
    video = world.videos.get(request.path_params["video_id"])
    if video is None or video.deleted:
        raise unknown("post", request.path_params["video_id"])
    order = await read(request, Label)
    video.label, video.brand_names = order.label, list(order.brand_names)
    return {"id": video.id, "label": video.label, "brand_names": video.brand_names}


ROUTES = [
    Route("/_emulator/advertisers", controlled(advertisers), methods=["GET"]),
    Route("/_emulator/advertisers", controlled(add_advertiser), methods=["POST"]),
    Route("/_emulator/ads", controlled(ads), methods=["GET"]),
    Route("/_emulator/ads", controlled(add_ad), methods=["POST"]),
    Route("/_emulator/ads/{ad_id}", controlled(change_ad), methods=["PATCH"]),
    Route("/_emulator/videos/{video_id}/label", controlled(label), methods=["PUT"]),
]


def _check_reach(reach: dict[str, int]) -> None:
    for code in reach:
        if code not in AD_COUNTRIES:
            raise wrong(f"reach.{code}", "is no country of the ad library")
