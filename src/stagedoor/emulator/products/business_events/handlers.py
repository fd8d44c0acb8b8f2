"""The operations of events and subscriptions."""

from __future__ import annotations

from stagedoor.platform.products import business_events as declared

from ...calls import Handlers
from . import deliveries as deliveries  # hears of reviews from now on
from . import events, subscriptions

HANDLERS: Handlers = {
    declared.EVENT_TRACK: events.track,
    declared.SUBSCRIPTION_SUBSCRIBE: subscriptions.subscribe,
    declared.SUBSCRIPTION_UNSUBSCRIBE: subscriptions.unsubscribe,
    declared.SUBSCRIPTION_GET: subscriptions.listed,
}
