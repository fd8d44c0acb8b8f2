"""Subscriptions of apps to webhooks of ads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from stagedoor.platform.permissions import includes
from stagedoor.platform.products import business_events as declared
from stagedoor.platform.products.business_events import (
    NewSubscription,
    NewSubscriptionDetail,
    SubscribeEntity,
    SubscriptionEnd,
    SubscriptionMade,
    SubscriptionPage,
    SubscriptionQuery,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ..business.access import forbidden, role_on
from ..business.paging import page_of
from ..business.state import AD_ACCOUNTS, ADVERTISER_TOKENS, AdvertiserToken
from ..business_ads.state import AD_GROUPS, ADS
from ..business_creators.accounts import reached
from .state import SUBSCRIPTIONS, SUBSCRIPTIONS_OF_APP, SUBSCRIPTIONS_OF_KIND, Subscription

_MARKETPLACE = "13000000"
"""The permission for the creator marketplace."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_NEEDED = {
    SubscribeEntity.AD_GROUP: ("advertiser_id", "adgroup_id"),
    SubscribeEntity.AD: ("advertiser_id", "ad_id"),
    SubscribeEntity.CREATIVE_FATIGUE: ("advertiser_id",),
    SubscribeEntity.REPORT_DATA_CHANGE: ("advertiser_ids",),
    SubscribeEntity.TCM_VIDEOS: ("tto_tcm_account_id",),
}
_EITHER = {
    SubscribeEntity.AD_ACCOUNT_SUSPENSION: ("advertiser_ids", "bc_id"),
    SubscribeEntity.LEAD: ("advertiser_id", "library_id"),
}


def subscribe(call: AdmittedCall) -> SubscriptionMade:
    """Add a subscription, after a check of its token and objects."""
    request: NewSubscription = call.request
    detail = request.subscription_detail
    if request.subscribe_entity not in set(SubscribeEntity):
        why = f"Not a valid choice: {request.subscribe_entity}."
        raise Refusal("40002", f"subscribe_entity: {why}")
    entity = SubscribeEntity(request.subscribe_entity)
    address = urlsplit(request.callback_url)
    if address.scheme != "https" and address.hostname not in _LOOPBACK:
        raise Refusal("40002", "callback_url: Not a valid URL, https is needed.")
    for name in _NEEDED.get(entity, ()):
        if not getattr(detail, name):
            raise _missing(name)
    either = _EITHER.get(entity, ())
    if either and not any(getattr(detail, name) for name in either):
        raise _missing(either[0])
    token = call.world[ADVERTISER_TOKENS].get(detail.access_token)
    if token is None or token.revoked or token.app_id != call.authorized_app.client_key:
        raise Refusal("40105")
    made = Subscription(
        id=call.world.ids.number(call.now),
        app_id=call.authorized_app.client_key,
        entity=entity.value,
        callback_url=request.callback_url,
        token=token.value,
        objects=tuple(_objects(call, entity, detail, token)),
        detail=detail.model_dump(mode="json", exclude_none=True),
    )
    call.world[SUBSCRIPTIONS].add(made)
    return SubscriptionMade(subscription_id=made.id)


def _missing(name: str) -> Refusal:
    return Refusal("40002", f"subscription_detail.{name}: Missing data for required field.")


def _objects(
    call: AdmittedCall,
    entity: SubscribeEntity,
    detail: NewSubscriptionDetail,
    token: AdvertiserToken,
) -> Iterable[str]:
    """The ids of the objects that the subscription reports on; the token's person has a role on
    each."""
    accounts = [*(detail.advertiser_ids or ())]
    if detail.advertiser_id:
        accounts.append(detail.advertiser_id)
    if detail.bc_id:
        owned = [call.world[AD_ACCOUNTS][one] for one in token.advertiser_ids]
        accounts += [one.id for one in owned if one.business_center_id == detail.bc_id]
    for account in accounts:
        if role_on(call.world, token, account) is None:
            raise forbidden(account)
    if entity is SubscribeEntity.TCM_VIDEOS and detail.tto_tcm_account_id:
        if not includes(token.permissions, _MARKETPLACE):
            raise Refusal("40001", f"The app lacks the permission {_MARKETPLACE}.")
        return [reached(call.world, token, detail.tto_tcm_account_id).id]
    if entity is SubscribeEntity.AD and detail.ad_id:
        ad = call.world[ADS].get(detail.ad_id)
        if ad is None or ad.advertiser_id != detail.advertiser_id:
            raise Refusal("40002", f"subscription_detail.ad_id: No ad {detail.ad_id}.")
        return [ad.id]
    if entity is SubscribeEntity.AD_GROUP and detail.adgroup_id:
        group = call.world[AD_GROUPS].get(detail.adgroup_id)
        if group is None or group.advertiser_id != detail.advertiser_id:
            why = f"No ad group {detail.adgroup_id}."
            raise Refusal("40002", f"subscription_detail.adgroup_id: {why}")
        return [group.id]
    return dict.fromkeys(accounts)


def unsubscribe(call: AdmittedCall) -> dict[str, Any]:
    request: SubscriptionEnd = call.request
    found = call.world[SUBSCRIPTIONS].get(request.subscription_id)
    if found is None or found.app_id != call.authorized_app.client_key:
        raise Refusal("40007", f"The subscription {request.subscription_id} does not exist.")
    del call.world[SUBSCRIPTIONS][found.id]
    return {}


def listed(call: AdmittedCall) -> SubscriptionPage:
    request: SubscriptionQuery = call.request
    app_id, table = call.authorized_app.client_key, call.world[SUBSCRIPTIONS]
    found = table.by(SUBSCRIPTIONS_OF_APP, app_id)
    if request.subscribe_entity is not None:
        found = table.by(SUBSCRIPTIONS_OF_KIND, (app_id, str(request.subscribe_entity)))
    rows, info = page_of(found, request.page, request.page_size)
    shown = [
        {
            "app_id": one.app_id,
            "subscription_id": one.id,
            "subscribe_entity": one.entity,
            "callback_url": one.callback_url,
            "subscription_detail": one.detail,
        }
        for one in rows
    ]
    return SubscriptionPage.model_validate({"subscriptions": shown, "page_info": info})


HANDLERS: Handlers = {
    declared.SUBSCRIPTION_SUBSCRIBE: subscribe,
    declared.SUBSCRIPTION_UNSUBSCRIBE: unsubscribe,
    declared.SUBSCRIPTION_GET: listed,
}
