"""Conversions that an advertiser reports, and subscriptions to webhooks of ads."""

from __future__ import annotations

from stagedoor.platform.products import business_events as declared

from .. import events
from ..service import Call, M, Service, Steps, Walk


class Events(Service[M]):
    """Conversions, such as purchases, from a server (the Events API)."""

    track = Steps(events.track, declared.EVENT_TRACK)
    track_batch = Call(declared.EVENT_TRACK)


class Subscriptions(Service[M]):
    """Webhooks of reviews, suspensions, leads and other news of ads."""

    subscribe = Call(declared.SUBSCRIPTION_SUBSCRIBE)
    unsubscribe = Call(declared.SUBSCRIPTION_UNSUBSCRIBE)
    list = Call(declared.SUBSCRIPTION_GET)
    all_subscriptions = Walk(events.all_subscriptions, declared.SUBSCRIPTION_GET)
