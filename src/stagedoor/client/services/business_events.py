"""Conversions that an advertiser reports, and subscriptions to webhooks of ads."""

from __future__ import annotations

from stagedoor.platform.products import business_events as declared
from stagedoor.platform.products.business_events import Subscription, SubscriptionQuery

from .. import events
from ..service import Call, M, Service, Steps, Walk
from ..walks import Walked


class Events(Service[M]):
    """Conversions, such as purchases, from a server (the Events API)."""

    track = Steps(events.track, declared.EVENT_TRACK)
    track_batch = Call(declared.EVENT_TRACK)


class AllSubscriptions(Walked[Subscription], SubscriptionQuery):
    """All subscriptions of the app; pages are fetched on demand."""


class Subscriptions(Service[M]):
    """Webhooks of reviews, suspensions, leads and other news of ads."""

    subscribe = Call(declared.SUBSCRIPTION_SUBSCRIBE)
    unsubscribe = Call(declared.SUBSCRIPTION_UNSUBSCRIBE)
    list = Call(declared.SUBSCRIPTION_GET)
    all_subscriptions = Walk(declared.SUBSCRIPTION_GET, AllSubscriptions)
