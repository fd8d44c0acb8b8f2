"""Webhooks on the control routes: what was sent, what came back, and sending again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from ...control.errors import ControlError, unknown, wrong
from ...control_bodies import controlled
from ...world import World
from .events import DELIVER, ping
from .state import DELIVERIES, Delivery, DeliveryState


def shown(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery)


async def deliveries(world: World, request: Request) -> Any:
    """Newest last; `event`, `client_key`, `publish_id`, `state` and `limit` narrow the list."""
    wanted = dict(request.query_params)
    listed = [shown(delivery) for delivery in world[DELIVERIES].values()]
    for name in ("event", "client_key", "publish_id", "state"):
        if name in wanted:
            listed = [facts for facts in listed if facts[name] == wanted[name]]
    if "limit" in wanted:
        if not wanted["limit"].isdecimal():
            raise wrong("limit", "is no number")
        listed = listed[max(0, len(listed) - int(wanted["limit"])) :]
    return {"deliveries": listed}


async def repeat(world: World, request: Request) -> Any:
    """Send it once more, now, whatever became of it; answers when the attempt is over."""
    delivery_id = request.path_params["delivery_id"]
    delivery = world[DELIVERIES].get(delivery_id)
    if delivery is None:
        raise unknown("delivery", delivery_id)
    await _deliver_now(world, delivery)
    return shown(delivery)


async def ping_app(world: World, request: Request) -> Any:
    """The portal's test of the callback URL."""
    client_key = request.path_params["client_key"]
    app = world.apps.get(client_key)
    if app is None:
        raise unknown("app", client_key)
    delivery = ping(world, app)
    if delivery is None:
        raise ControlError(409, "The app has no webhook_url: PATCH /_emulator/apps sets it.")
    await _deliver_now(world, delivery)
    return shown(delivery)


async def _deliver_now(world: World, delivery: Delivery) -> None:
    if delivery.state is DeliveryState.WAITING:
        world.clock.drop(DELIVER, delivery.id)
    await world.clock.handle(DELIVER, delivery.id)
    await world.clock.finished(DELIVER, delivery.id)


ROUTES = [
    Route("/_emulator/deliveries", controlled(deliveries), methods=["GET"]),
    Route("/_emulator/deliveries/{delivery_id}/repeat", controlled(repeat), methods=["POST"]),
    Route("/_emulator/apps/{client_key}/ping", controlled(ping_app), methods=["POST"]),
]
