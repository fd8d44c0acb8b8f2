"""Creates webhook deliveries: one for each event, to the app's callback URL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stagedoor.platform.operation import Event
from stagedoor.platform.products.webhooks import PING

from ...world import App, World
from .state import DELIVERIES, Delivery, DeliveryState

DELIVER = "webhook.deliver"

_KEPT = 10_000


def announce(
    world: World,
    client_key: str,
    event: Event,
    payload: Mapping[str, Any],
    open_id: str | None,
    publish_id: str | None = None,
) -> Delivery | None:
    """Create a delivery if the app has a callback URL. `open_id` None: names no user."""
    app = world.apps.get(client_key)
    if app is None or not app.webhook_url:
        return None
    body = _envelope(client_key, event.name, int(world.now()), open_id, payload)
    return send(world, client_key, event.name, app.webhook_url, body, publish_id)


def send(
    world: World,
    client_key: str,
    event: str,
    url: str,
    body: str,
    publish_id: str | None = None,
) -> Delivery:
    """Create a delivery to any address, signed with the app's secret. `body` is JSON."""
    now = world.now()
    delivery = Delivery(
        id=world.ids.uuid(),
        client_key=client_key,
        event=event,
        url=url,
        body=body,
        created=now,
        publish_id=publish_id,
    )
    _make_room(world)
    world[DELIVERIES].add(delivery)
    world.clock.at(now, DELIVER, delivery.id)
    return delivery


def ping(world: World, app: App) -> Delivery | None:
    """Create the test delivery, as by the portal's button for the callback URL."""
    return announce(world, app.client_key, PING, {}, "")


def _envelope(
    client_key: str, event: str, create_time: int, open_id: str | None, payload: Mapping[str, Any]
) -> str:
    envelope: dict[str, Any] = {
        "client_key": client_key,
        "event": event,
        "create_time": create_time,
    }
    if open_id is not None:
        envelope["user_openid"] = open_id
    # JSON text inside a JSON string: receivers parse twice (webhooks.yaml, content).
    envelope["content"] = _compact(payload)
    return _compact(envelope)


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _make_room(world: World) -> None:
    """Delete the oldest finished deliveries, to bound the memory of a long run."""
    deliveries = world[DELIVERIES]
    while len(deliveries) >= _KEPT:
        oldest = next(iter(deliveries))
        if deliveries[oldest].state is DeliveryState.WAITING:
            return
        del deliveries[oldest]
