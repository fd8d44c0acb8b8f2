"""Examples of conversions and subscriptions."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from stagedoor.platform.products import business_events
from stagedoor.platform.products.business_audiences import AUDIENCE_GET
from stagedoor.platform.products.business_events import (
    BusinessEvent,
    EventApp,
    EventLead,
    EventPage,
    EventProperties,
    EventSource,
    EventUser,
    NewSubscriptionDetail,
    NotifyFrequency,
    SubscribeEntity,
)

from .business import APP, DEFAULT_LIMITS, IDS, SECRETS
from .example import Example
from .strategies import ADDRESSES, TEXT, fields, maybe

_SHORT = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs")), min_size=1, max_size=40)
_HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)
_DRAWN_APP = {"app_id": IDS, "secret": SECRETS}
_PURCHASE = BusinessEvent(
    event="CompletePayment",
    event_time=1_796_000_000,
    event_id="order-1",
    user=EventUser(email="848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f"),
    properties=EventProperties(currency="USD", value=Decimal("19.90")),
    page=EventPage(url="https://shop.example.com/thanks"),
)
_EVENTS = st.builds(
    BusinessEvent,
    event=_SHORT,
    event_time=st.integers(0, 9_999_999_999),
    event_id=maybe(_SHORT),
    user=maybe(st.builds(EventUser, email=maybe(_HASH | st.lists(_HASH, max_size=2).map(tuple)))),
    properties=maybe(
        st.builds(
            EventProperties,
            currency=maybe(st.sampled_from(("USD", "EUR", "JPY"))),
            value=maybe(st.decimals(0, 10**9, places=2)),
            num_items=maybe(st.integers(0, 9)),
        )
    ),
    page=st.builds(EventPage, url=_SHORT),
    app=st.builds(EventApp, app_id=maybe(_SHORT)),
    lead=st.builds(EventLead, lead_id=_SHORT),
    limited_data_use=maybe(st.booleans()),
)
_DETAIL = st.builds(
    NewSubscriptionDetail,
    access_token=TEXT,
    advertiser_id=maybe(IDS),
    adgroup_id=maybe(IDS),
    ad_id=maybe(IDS),
    advertiser_ids=maybe(st.lists(IDS, max_size=3).map(tuple)),
    notify_frequency=maybe(st.sampled_from(NotifyFrequency)),
    product_filters=maybe(st.lists(_SHORT, max_size=2).map(tuple)),
)

EXAMPLES = (
    Example(
        business_events.EVENT_TRACK,
        request=lambda _: {
            "event_source": EventSource.WEB,
            "event_source_id": "CSEEDPIXEL0000000001",
            "data": (_PURCHASE,),
        },
        drawn=fields(
            event_source=st.sampled_from(EventSource),
            event_source_id=_SHORT,
            data=st.lists(_EVENTS, min_size=1, max_size=3).map(tuple),
            test_event_code=maybe(_SHORT),
        ),
        effect=AUDIENCE_GET,
        limits=((1_000, 1), (600_000, 60), (86_400_000, 86_400)),
    ),
    Example(
        business_events.SUBSCRIPTION_SUBSCRIBE,
        request=lambda _: (
            APP
            | {
                "subscribe_entity": SubscribeEntity.API_SERVICE_STATUS,
                "callback_url": "https://app.example.com/hooks/ads",
                "subscription_detail": NewSubscriptionDetail(access_token="none"),
            }
        ),
        refused=True,
        drawn=fields(
            **_DRAWN_APP,
            subscribe_entity=st.sampled_from(SubscribeEntity),
            callback_url=ADDRESSES,
            subscription_detail=_DETAIL,
        ),
        effect=business_events.SUBSCRIPTION_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_events.SUBSCRIPTION_UNSUBSCRIBE,
        request=lambda _: APP | {"subscription_id": "1"},
        refused=True,
        drawn=fields(**_DRAWN_APP, subscription_id=IDS),
        effect=business_events.SUBSCRIPTION_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_events.SUBSCRIPTION_GET,
        request=lambda _: APP | {"page_size": 5},
        drawn=fields(
            **_DRAWN_APP,
            subscribe_entity=maybe(st.sampled_from(SubscribeEntity)),
            page=maybe(st.integers(1, 10**6)),
            page_size=maybe(st.integers(1, 1_000)),
        ),
        limits=DEFAULT_LIMITS,
    ),
)
