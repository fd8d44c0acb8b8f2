"""Requests and answers of subscriptions to webhooks of ads."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ...addresses import WEB
from ...bounds import MAX_LISTED, AtMost
from ...model import OPEN, Answer, AnyId, Id, Secret, StrictModel, declared, says
from ..business.common import AppRequest, PageInfo, PageNumber, rows_up_to

MAX_SUBSCRIPTIONS = 1_000


class SubscribeEntity(StrEnum):
    """The kinds of news that a subscription can be for."""

    REPORT_DATA_CHANGE = "REPORT_DATA_CHANGE"
    AD_ACCOUNT_SUSPENSION = "AD_ACCOUNT_SUSPENSION"
    LEAD = "LEAD"
    AD_GROUP = "AD_GROUP"
    """The outcome of an ad group's review."""
    AD = "AD"
    """The outcome of an ad's review."""
    TCM_VIDEOS = "TCM_VIDEOS"
    CREATIVE_FATIGUE = "CREATIVE_FATIGUE"
    API_SERVICE_STATUS = "API_SERVICE_STATUS"


class NotifyFrequency(StrEnum):
    """The shortest time between two deliveries."""

    MINUTES_5 = "5_MINUTE"
    MINUTES_15 = "15_MINUTE"
    MINUTES_30 = "30_MINUTE"
    MINUTES_60 = "60_MINUTE"


_Entity = Annotated[SubscribeEntity | str, OPEN, declared(SubscribeEntity)]
_PageSize = Annotated[int, rows_up_to(MAX_SUBSCRIPTIONS)]


class NewSubscriptionDetail(StrictModel):
    """The object of a subscription, and the token of a person who may see it."""

    access_token: Annotated[Secret, says("an advertiser's; the subscription ends with it")]
    advertiser_id: Annotated[AnyId | None, says("for AD_GROUP, AD, CREATIVE_FATIGUE and LEAD")] = (
        None
    )
    adgroup_id: Annotated[AnyId | None, says("for AD_GROUP")] = None
    ad_id: Annotated[AnyId | None, says("for AD")] = None
    advertiser_ids: Annotated[
        Annotated[tuple[AnyId, ...], AtMost(MAX_LISTED)] | None,
        says("up to 100, for AD_ACCOUNT_SUSPENSION and REPORT_DATA_CHANGE"),
    ] = None
    bc_id: Annotated[AnyId | None, says("for AD_ACCOUNT_SUSPENSION, instead")] = None
    notify_frequency: Annotated[
        Annotated[NotifyFrequency | str, OPEN, declared(NotifyFrequency)] | None,
        says("for REPORT_DATA_CHANGE; default 5_MINUTE"),
    ] = None
    lead_source: Annotated[str | None, says("INSTANT_FORM or DIRECT_MESSAGE, for LEAD")] = None
    library_id: Annotated[AnyId | None, says("for LEAD, instead of advertiser_id")] = None
    page_id: AnyId | None = None
    tto_tcm_account_id: Annotated[AnyId | None, says("for TCM_VIDEOS")] = None
    product_filters: Annotated[
        Annotated[tuple[str, ...], AtMost(MAX_LISTED)] | None, says("for API_SERVICE_STATUS")
    ] = None


class NewSubscription(AppRequest):
    """A subscription of the app to one kind of news."""

    subscribe_entity: Annotated[_Entity, says("what to tell")]
    callback_url: Annotated[str, WEB, Field(min_length=1), says("your https address")]
    subscription_detail: Annotated[NewSubscriptionDetail, says("of which object")]


class SubscriptionEnd(AppRequest):
    """The subscription to end."""

    subscription_id: Annotated[AnyId, says("what subscribe answered")]


class SubscriptionQuery(AppRequest):
    """A page of the app's subscriptions."""

    subscribe_entity: Annotated[_Entity | None, says("only this kind")] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[_PageSize | None, says("1 to 1,000; default 10")] = None


class SubscriptionMade(Answer):
    """A new subscription."""

    subscription_id: Id


class SubscriptionDetail(Answer):
    """The object of a subscription, as it was sent."""

    access_token: Annotated[str | None, Field(repr=False)] = None
    advertiser_id: Id | None = None
    adgroup_id: Id | None = None
    ad_id: Id | None = None
    advertiser_ids: tuple[Id, ...] | None = None
    bc_id: Id | None = None
    notify_frequency: Annotated[NotifyFrequency | str | None, OPEN] = None
    lead_source: str | None = None
    library_id: Id | None = None
    page_id: Id | None = None
    tto_tcm_account_id: str | None = None
    product_filters: tuple[str, ...] | None = None


class Subscription(Answer):
    """A subscription of the app."""

    app_id: Id | None = None
    subscription_id: Id
    subscribe_entity: Annotated[SubscribeEntity | str, OPEN]
    callback_url: str
    subscription_detail: SubscriptionDetail


class SubscriptionPage(Answer):
    """A page of subscriptions."""

    subscriptions: tuple[Subscription, ...] = ()
    page_info: PageInfo = PageInfo()
