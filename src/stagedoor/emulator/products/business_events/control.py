"""Control route of subscriptions: news that the emulator doesn't have by itself."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, JsonValue
from starlette.requests import Request
from starlette.routing import Route

from stagedoor.platform.products.business_events import SubscribeEntity

from ...control.errors import unknown, wrong
from ...control_bodies import ControlBody, controlled, read
from ...world import World
from . import deliveries
from .state import SUBSCRIPTIONS


class News(ControlBody):
    """The members of a delivery's entry (`business.yaml`, entries)."""

    entry: Annotated[dict[str, JsonValue], Field(max_length=100)]


async def send(world: World, request: Request) -> Any:
    """Send a delivery of a subscription, such as a lead or a tired creative."""
    subscription_id = request.path_params["subscription_id"]
    subscription = world[SUBSCRIPTIONS].get(subscription_id)
    if subscription is None:
        raise unknown("subscription", subscription_id)
    if subscription.entity == SubscribeEntity.AD_ACCOUNT_SUSPENSION:
        raise wrong("entry", "is made of the ad account: change its status")
    news = await read(request, News)
    deliveries.notify(world, subscription, news.entry)
    return {"subscription_id": subscription.id}


ROUTES = [
    Route(
        "/_emulator/business/subscriptions/{subscription_id}/send",
        controlled(send),
        methods=["POST"],
    ),
]
