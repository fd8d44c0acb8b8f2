"""Control routes for webhooks: list deliveries, repeat a delivery, send a test event."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...control.errors import ControlError, unknown
from ...control_bodies import ALL, controlled, latest
from ...world import World
from .events import DELIVER, ping
from .state import DELIVERIES, DELIVERIES_OF_PUBLISH, WebhookDelivery, WebhookDeliveryState

_NARROWING = ("event", "client_key", "publish_id", "state")


def shown(delivery: WebhookDelivery) -> dict[str, Any]:
    return asdict(delivery)


async def deliveries(world: World, request: Request) -> Any:
    """Deliveries, newest last; `event`, `client_key`, `publish_id`, `state` and `limit` filter."""
    wanted = dict(request.query_params)
    narrowing = {name: wanted[name] for name in _NARROWING if name in wanted}
    sent = world[DELIVERIES].by(ALL)
    if "publish_id" in narrowing:
        sent = world[DELIVERIES].by(DELIVERIES_OF_PUBLISH, narrowing["publish_id"])

    def fits(delivery: WebhookDelivery) -> bool:
        return all(getattr(delivery, name) == value for name, value in narrowing.items())

    return {"deliveries": [shown(one) for one in latest(filter(fits, reversed(sent)), request)]}


async def repeat(world: World, request: Request) -> Any:
    """Send a delivery again now, in any state; answers when the attempt is over."""
    delivery_id = request.path_params["delivery_id"]
    delivery = world[DELIVERIES].get(delivery_id)
    if delivery is None:
        raise unknown("delivery", delivery_id)
    await _deliver_now(world, delivery)
    return shown(delivery)


async def ping_app(world: World, request: Request) -> Any:
    """Send the portal's test event to the callback URL."""
    client_key = request.path_params["client_key"]
    app = world.apps.get(client_key)
    if app is None:
        raise unknown("app", client_key)
    delivery = ping(world, app)
    if delivery is None:
        raise ControlError(409, "The app has no webhook_url: PATCH /_emulator/apps sets it.")
    await _deliver_now(world, delivery)
    return shown(delivery)


async def _deliver_now(world: World, delivery: WebhookDelivery) -> None:
    if delivery.state is WebhookDeliveryState.WAITING:
        world.clock.drop(DELIVER, delivery.id)
    await world.clock.handle(DELIVER, delivery.id)
    await world.clock.finished(DELIVER, delivery.id)


ROUTES = [
    Route("/_emulator/deliveries", controlled(deliveries), methods=["GET"]),
    Route("/_emulator/deliveries/{delivery_id}/repeat", controlled(repeat), methods=["POST"]),
    Route("/_emulator/apps/{client_key}/ping", controlled(ping_app), methods=["POST"]),
]
