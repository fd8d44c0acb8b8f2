"""Creates webhook deliveries: one for each event, to the app's callback URL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from stagedoor.platform.operation import Event
from stagedoor.platform.products.webhooks import (
    AUTHORIZATION_REMOVED,
    COMMENT_UPDATE,
    NO_LONGER_PUBLIC_OTHER,
    PING,
    PUBLICLY_AVAILABLE,
    PUBLISH_COMPLETE,
    PUBLISH_FAILED,
)

from ...world import App, World
from .state import (
    CALLBACKS,
    CALLBACKS_OF_APP,
    DELIVERIES,
    OF_APP,
    WebhookDelivery,
    WebhookDeliveryState,
)

DELIVER = "webhook.deliver"

_KEPT = 10_000
_HELD_SECONDS = 2.0
"""For so long a webhook is held back, so that the next one arrives before it."""
_KINDS = {
    PUBLISH_COMPLETE: "VIDEO",
    PUBLISH_FAILED: "VIDEO",
    PUBLICLY_AVAILABLE: "VIDEO",
    NO_LONGER_PUBLIC_OTHER: "VIDEO",
    COMMENT_UPDATE: "COMMENT",
}
"""The kinds of events that an app of TikTok API for Business gets by its callbacks."""


def announce(
    world: World,
    client_key: str,
    event: Event,
    payload: Mapping[str, Any],
    open_id: str | None,
    publish_id: str | None = None,
    item_id: str | None = None,
) -> None:
    """Create a delivery for each callback URL of the app for this event. `open_id` None: names no
    user. `item_id` is the post that the event is about."""
    app = world.apps.get(client_key)
    if app is None:
        return
    for url in _urls(world, app, event, item_id):
        _deliver(world, app, url, event, payload, open_id, publish_id)


def _urls(world: World, app: App, event: Event, item_id: str | None) -> Iterable[str]:
    if not app.business:
        return (app.webhook_url,) if app.webhook_url else ()
    if event is AUTHORIZATION_REMOVED:  # it has no kind of its own
        callbacks = world[CALLBACKS].by(CALLBACKS_OF_APP, app.client_key)
        return dict.fromkeys(one.url for one in callbacks)
    found = world[CALLBACKS].get(f"{app.client_key}:{_KINDS.get(event)}")
    if found is None or (found.items is not None and item_id not in found.items):
        return ()
    return (found.url,)


def _deliver(
    world: World,
    app: App,
    url: str,
    event: Event,
    payload: Mapping[str, Any],
    open_id: str | None,
    publish_id: str | None,
) -> WebhookDelivery:
    body = _envelope(app.client_key, event.name, int(world.now()), open_id, payload)
    return send(world, app.client_key, event.name, url, body, publish_id)


def send(
    world: World,
    client_key: str,
    event: str,
    url: str,
    body: str,
    publish_id: str | None = None,
) -> WebhookDelivery:
    """Create a delivery to any address, signed with the app's secret. `body` is JSON."""
    now = world.now()
    delivery = WebhookDelivery(
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
    due = now + world.settings.webhook_delay_seconds
    if world.settings.reordered_webhooks and len(world[DELIVERIES].by(OF_APP, client_key)) % 2:
        due += _HELD_SECONDS
    world.clock.at(due, DELIVER, delivery.id)
    return delivery


def ping(world: World, app: App) -> WebhookDelivery | None:
    """Create the test delivery, as by the portal's button for the callback URL."""
    if not app.webhook_url:
        return None
    return _deliver(world, app, app.webhook_url, PING, {}, "", None)


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
        if deliveries[oldest].state is WebhookDeliveryState.WAITING:
            return
        del deliveries[oldest]
