"""Conversions and subscriptions through the clients over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from stagedoor import AsyncTikTokBusiness, TikTokBusiness, hashed_user
from stagedoor.business import (
    BusinessEvent,
    EventPage,
    EventProperties,
    EventSource,
    NewSubscriptionDetail,
    SubscribeEntity,
)
from stagedoor.errors import InvalidRequest, NotFound
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET
from tests.support.local import QUICK, Local

PIXEL = "CSHOPPIXEL0000000001"
PAGE = EventPage(url="https://shop.example.com/thanks")


def token(local: Local) -> str:
    return str(local.control("POST", "business/tokens", {})["access_token"])


def purchases(count: int) -> Iterator[BusinessEvent]:
    for number in range(count):
        yield BusinessEvent(
            event="CompletePayment",
            event_time=1_796_000_000,
            event_id=f"order-{number}",
            user=hashed_user(email=f"p{number}@example.com"),
            page=PAGE,
        )


def batches(local: Local) -> int:
    found = local.control("GET", "requests")["requests"]
    return sum(one["operation"] == "business.event_track" for one in found)


def test_any_number_of_events_is_sent_a_thousand_at_a_time(local: Local) -> None:
    with TikTokBusiness(access_token=token(local), hosts=local.hosts, retry=QUICK) as ads:
        assert ads.events.track(EventSource.WEB, PIXEL, purchases(2_100)) == 2_100
        assert batches(local) == 3
        assert ads.events.track(EventSource.WEB, PIXEL, []) == 0
        with pytest.raises(InvalidRequest, match="1 to 1,000 are taken at once"):
            ads.events.track_batch(
                event_source=EventSource.WEB, event_source_id=PIXEL, data=tuple(purchases(1_001))
            )
        assert batches(local) == 3, "nothing else was sent"


def test_a_wrong_conversion_is_refused_before_it_is_sent(local: Local) -> None:
    [good] = purchases(1)
    with pytest.raises(InvalidRequest, match=r"event_time is no time in Unix seconds.*millisec"):
        BusinessEvent(event="CompletePayment", event_time=1_796_000_000_000)
    for currency in ("usd", "EURO", ""):
        with pytest.raises(InvalidRequest, match="currency"):
            EventProperties(currency=currency)
    wrong: Any
    for wrong in (-1, 1.23456, float("inf")):
        with pytest.raises(InvalidRequest, match="value"):
            EventProperties(currency="USD", value=wrong)
    misspelt: Any = {"curency": "USD"}
    with pytest.raises(InvalidRequest, match="curency is no field"):
        EventProperties(**misspelt)
    with (
        TikTokBusiness(access_token=token(local), hosts=local.hosts, retry=QUICK) as ads,
        pytest.raises(InvalidRequest, match=r"data\.1\.page is missing: web events need it"),
    ):
        ads.events.track(EventSource.WEB, PIXEL, [good, good.model_copy(update={"page": None})])
    assert batches(local) == 0


def test_subscriptions_are_made_listed_and_ended(local: Local) -> None:
    detail = NewSubscriptionDetail(access_token=token(local), advertiser_ids=(ADVERTISER_ID,))
    with TikTokBusiness(APP_ID, APP_SECRET, hosts=local.hosts, retry=QUICK) as app:
        made = [
            app.subscriptions.subscribe(
                subscribe_entity=SubscribeEntity.AD_ACCOUNT_SUSPENSION,
                callback_url=f"https://app.example.com/{number}",
                subscription_detail=detail,
            ).subscription_id
            for number in range(3)
        ]
        walked = list(app.subscriptions.all_subscriptions(page_size=2))
        assert [one.subscription_id for one in walked] == made
        assert detail.access_token not in repr(walked)
        app.subscriptions.unsubscribe(subscription_id=made[0])
        assert len(app.subscriptions.list().subscriptions) == 2
        with pytest.raises(NotFound):
            app.subscriptions.unsubscribe(subscription_id=made[0])


def test_the_same_as_coroutines(local: Local) -> None:
    async def go() -> int:
        async with AsyncTikTokBusiness(access_token=token(local), hosts=local.hosts) as ads:
            return await ads.events.track(EventSource.WEB, PIXEL, purchases(5))

    assert asyncio.run(go()) == 5
