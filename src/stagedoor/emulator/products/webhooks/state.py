"""Deliveries of webhooks, and their attempts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ...world.collection import Collection, Entity, Index


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"


@dataclass(slots=True)
class Attempt:
    at: float
    status: int | None
    """HTTP status; None without an answer."""
    error: str = ""


@dataclass(slots=True)
class Delivery(Entity):
    """A webhook event for one app, with its attempts."""

    id: str
    client_key: str
    event: str
    url: str
    body: str
    created: float
    publish_id: str | None = None
    state: DeliveryState = DeliveryState.WAITING
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(slots=True)
class Callback(Entity):
    """Where events of a kind are sent, for an app of TikTok API for Business."""

    app_id: str
    kind: str
    """VIDEO, COMMENT, DIRECT_MESSAGE or BRAND_MENTION."""
    url: str
    items: tuple[str, ...] | None = None
    """The posts whose events are sent; None: all posts."""


CALLBACKS = Collection("callbacks", Callback, key=("app_id", "kind"))
CALLBACKS_OF_APP = Index[Callback](on=("app_id",))
DELIVERIES = Collection("deliveries", Delivery)
OF_APP = Index[Delivery](on=("client_key",))
DELIVERIES_OF_PUBLISH = Index[Delivery](on=("publish_id",))
