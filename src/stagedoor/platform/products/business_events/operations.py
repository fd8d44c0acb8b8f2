"""The operations of events and subscriptions."""

from __future__ import annotations

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Resource, Retry
from ..business import limits
from ..business.common import COMMON, COMMON_APP, NOT_YOURS, PREFIX, TOKEN_WRONG, case, numbered
from ..business.product import ADVERTISER, APP
from .models import EventBatch
from .subscriptions import (
    MAX_SUBSCRIPTIONS,
    NewSubscription,
    SubscriptionEnd,
    SubscriptionMade,
    SubscriptionPage,
    SubscriptionQuery,
)

EVENT_TRACK = ADVERTISER.operation(
    "event_track",
    "POST",
    f"{PREFIX}/event/track/",
    request=EventBatch,
    response=Empty,
    summary="Report conversions, such as purchases",
    action="Report conversions",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("7224195155857866754",)),
    limits=limits.EVENT_TRACK,
    max_body=16 << 20,
    errors=(
        *COMMON,
        case(40062, "personal data isn't hashed"),
        case(40061, "no event, or more than 1,000"),
        case(40132, "the pixel is throttled"),
    ),
    confidence="medium",
    source="business.yaml event_track",
)

SUBSCRIPTION_SUBSCRIBE = APP.operation(
    "subscription_subscribe",
    "POST",
    f"{PREFIX}/subscription/subscribe/",
    request=NewSubscription,
    response=SubscriptionMade,
    summary="Subscribe to webhooks of reviews, suspensions, leads and other news",
    action="Subscribe to webhooks",
    effect=OperationEffect.WRITE,
    resource=Resource.ADS,
    errors=(*COMMON_APP, TOKEN_WRONG, NOT_YOURS),
    source="business.yaml subscription_subscribe",
)

SUBSCRIPTION_UNSUBSCRIBE = APP.operation(
    "subscription_unsubscribe",
    "POST",
    f"{PREFIX}/subscription/unsubscribe/",
    request=SubscriptionEnd,
    response=Empty,
    summary="End a subscription",
    action="Subscribe to webhooks",
    effect=OperationEffect.WRITE,
    resource=Resource.ADS,
    errors=(*COMMON_APP, case(40007, "unknown subscription")),
    source="business.yaml subscription_unsubscribe",
)

SUBSCRIPTION_GET = APP.operation(
    "subscription_get",
    "GET",
    f"{PREFIX}/subscription/get/",
    request=SubscriptionQuery,
    response=SubscriptionPage,
    summary="List the app's subscriptions",
    action="Read subscriptions",
    resource=Resource.ADS,
    paging=numbered(MAX_SUBSCRIPTIONS, "subscriptions"),
    retry=Retry.SAFE,
    errors=COMMON_APP,
    source="business.yaml subscription_get",
)
