"""Conversions that advertisers reported, and subscriptions to webhooks, with their indices."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index


@record
class TrackedEvent(Entity):
    """A conversion that an advertiser reported, such as a purchase; repetitions aren't kept.

    Reports and rule audiences read it; `advertiser_ids` are those of the token that reported it.
    """

    id: str
    event_source: str
    event_source_id: str
    event: str
    event_id: str | None
    """With source and event, the key by which a repeated event is recognised."""
    at: float
    """When it happened, by the advertiser."""
    received: float
    advertiser_ids: tuple[str, ...]
    user: str = ""
    """The person: the first identifier of the event; empty: it has none."""
    ttclid: str = ""
    """The click on an ad that led to it, as far as the advertiser knows."""
    value: Decimal = Decimal(0)
    currency: str = ""
    test_event_code: str | None = None
    """Set: it is only shown in the Events Manager, and counts nowhere."""


@record
class Subscription(Entity):
    """A subscription of an app. `detail` is what the app sent."""

    id: str
    app_id: str
    entity: str
    callback_url: str
    token: str
    objects: tuple[str, ...]
    """The ids of the objects that it tells of: ads, ad groups or ad accounts."""
    detail: dict[str, Any]


def _repeatable(
    event_source_id: str, event: str, event_id: str | None
) -> Iterable[tuple[str, str, str]]:
    return () if event_id is None else ((event_source_id, event, event_id),)


def _objects(entity: str, objects: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return ((entity, one) for one in objects)


TRACKED_EVENTS = EntityCollection("tracked_events", TrackedEvent)

EVENTS_OF_SOURCE = Index[TrackedEvent](on=("event_source_id",), by=("at",))
"""By pixel, app or event set, the oldest first."""
EVENTS_BY_ID = Index[TrackedEvent](on=("event_source_id", "event", "event_id"), keys=_repeatable)

SUBSCRIPTIONS = EntityCollection("subscriptions", Subscription)
SUBSCRIPTIONS_OF_APP = Index[Subscription](on=("app_id",))
SUBSCRIPTIONS_OF_KIND = Index[Subscription](on=("app_id", "entity"))
SUBSCRIPTIONS_TO = Index[Subscription](on=("entity", "objects"), keys=_objects)
"""By kind and object."""
