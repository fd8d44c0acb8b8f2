"""Deliveries of webhooks, and their attempts."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index


class WebhookDeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"


@record
class Attempt:
    at: float
    status: int | None
    """HTTP status; None without an answer."""
    error: str = ""


@record
class WebhookDelivery(Entity):
    """A webhook event for one app, with its attempts."""

    id: str
    client_key: str
    event: str
    url: str
    body: str
    created: float
    publish_id: str | None = None
    state: WebhookDeliveryState = WebhookDeliveryState.WAITING
    attempts: list[Attempt] = field(default_factory=list)


@record
class EventCallback(Entity):
    """Where events of a kind are sent, for an app of TikTok API for Business."""

    app_id: str
    kind: str
    """VIDEO, COMMENT, DIRECT_MESSAGE or BRAND_MENTION."""
    url: str
    items: tuple[str, ...] | None = None
    """The posts whose events are sent; None: all posts."""


CALLBACKS = EntityCollection("callbacks", EventCallback, key=("app_id", "kind"))
CALLBACKS_OF_APP = Index[EventCallback](on=("app_id",))
DELIVERIES = EntityCollection("deliveries", WebhookDelivery)
OF_APP = Index[WebhookDelivery](on=("client_key",))
DELIVERIES_OF_PUBLISH = Index[WebhookDelivery](on=("publish_id",))
