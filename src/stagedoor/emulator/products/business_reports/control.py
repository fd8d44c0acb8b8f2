"""Control route of reports: purchases that an ad led to."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from ...control.errors import ControlError, unknown
from ...control_bodies import ControlBody, controlled, read
from ...world import World
from ..business.state import AD_ACCOUNTS
from ..business_ads import budgets, spending
from ..business_ads.state import AD_DAYS, ADS, CAMPAIGNS
from .state import AD_PURCHASES, AdPurchase


class Purchased(ControlBody):
    """Purchases that happen now; `value` is that of all, in the ad account's currency."""

    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    value: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, allow_inf_nan=False)] = (
        Decimal(0)
    )


async def purchase(world: World, request: Request) -> Any:
    """Let people who saw an ad buy something; it counts in the ad's latest hour with delivery."""
    ad_id = request.path_params["ad_id"]
    ad = world[ADS].get(ad_id)
    if ad is None:
        raise unknown("ad", ad_id)
    order = await read(request, Purchased)
    spending.settle(world, world[CAMPAIGNS][ad.campaign_id])
    zone = world[AD_ACCOUNTS][ad.advertiser_id].timezone
    day = budgets.day_of(budgets.local(world.now(), zone))
    shown = world[AD_DAYS].get(f"{ad_id}:{day}")
    hours = () if shown is None else shown.hours
    hour = max((at for at, spent in enumerate(hours) if spent), default=None)
    if hour is None:
        raise ControlError(409, "The ad wasn't shown today, so it can't have led to a purchase.")
    made = AdPurchase(
        world.ids.number(world.now()),
        ad_id,
        day,
        hour,
        order.count,
        budgets.hundredths(order.value),
    )
    return asdict(world[AD_PURCHASES].add(made))


ROUTES = [
    Route("/_emulator/business/ads/{ad_id}/purchases", controlled(purchase), methods=["POST"]),
]
