"""Webhooks of subscriptions: reviews and suspensions by themselves, other news on request.

A pause or a launch sends nothing, as at TikTok.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stagedoor.platform.products.business import AdvertiserStatus
from stagedoor.platform.products.business_events import SUBSCRIPTION_EVENTS, SubscribeEntity

from ...world import World
from ..business.state import AD_ACCOUNTS, ADVERTISER_TOKENS, AdAccount
from ..business.times import written
from ..business_ads.review import REVIEWED, STATUSES, Reviewed
from ..business_ads.state import AD_GROUPS, CAMPAIGNS, Ad
from ..webhooks.events import send
from .state import SUBSCRIPTIONS, SUBSCRIPTIONS_TO, Subscription

ACCOUNT = "subscription.account"
_TOLD = (AdvertiserStatus.ENABLE, AdvertiserStatus.LIMIT)


def reviewed(world: World, found: Reviewed) -> None:
    """Tell the subscribers of an ad or ad group the outcome of its review."""
    is_ad = isinstance(found, Ad)
    entity = SubscribeEntity.AD if is_ad else SubscribeEntity.AD_GROUP
    subscriptions = list(world[SUBSCRIPTIONS].by(SUBSCRIPTIONS_TO, (entity.value, found.id)))
    if not subscriptions or found.review.state not in STATUSES:
        return
    group = world[AD_GROUPS][found.adgroup_id] if isinstance(found, Ad) else found
    campaign = world[CAMPAIGNS][found.campaign_id]
    outcome = found.review.outcome
    told: dict[str, Any] = {
        "log_id": world.ids.log_id(world.now()),
        # TikTok sends this one as a bare number of 64 bits
        "adv_id": int(found.advertiser_id),
        "campaign_id": campaign.id,
        "campaign_name": campaign.name,
        "adgroup_id": group.id,
        "adgroup_name": group.name,
    }
    if is_ad:
        told |= {"ad_id": found.id, "ad_name": found.name}
    told |= {
        "review_status": STATUSES[found.review.state].value,
        "reject_reason": "" if found.review.state == "approved" else " ".join(outcome.reasons),
    }
    for subscription in subscriptions:
        notify(world, subscription, told)


def watch_account(world: World, key: str, account: AdAccount | None) -> None:
    """Look at an ad account once its change is made: this is called before it."""
    if account is None:
        return
    entity = SubscribeEntity.AD_ACCOUNT_SUSPENSION.value
    if world[SUBSCRIPTIONS].by(SUBSCRIPTIONS_TO, (entity, account.id)):
        reference = f"{account.id}:{account.status.value}"
        world.clock.drop(ACCOUNT, reference)
        world.clock.at(world.now(), ACCOUNT, reference)


def account_changed(world: World, reference: str) -> None:
    """Tell the subscribers of an ad account if its status is another than before."""
    account_id, _, before = reference.partition(":")
    account = world[AD_ACCOUNTS].get(account_id)
    if account is None or account.status == before or account.status not in _TOLD:
        return
    entity = SubscribeEntity.AD_ACCOUNT_SUSPENSION.value
    for subscription in world[SUBSCRIPTIONS].by(SUBSCRIPTIONS_TO, (entity, account.id)):
        # flat, without object and entry
        body = {
            "subscription_id": subscription.id,
            "advertiser_id": account.id,
            "advertiser_name": account.name,
            "owner_bc_id": account.business_center_id,
            "status": account.status.value,
            "status_change_time": written(world.now()),
            "suspension_reason": account.rejection_reason,
        }
        _deliver(world, subscription, body)


def notify(world: World, subscription: Subscription, entry: Mapping[str, Any]) -> None:
    """Send one change of the subscription's object."""
    body = {
        "request_id": world.ids.log_id(world.now()),
        "object": SUBSCRIPTION_EVENTS[SubscribeEntity(subscription.entity)].number,
        "time": int(world.now()),
        "entry": [dict(entry)],
    }
    _deliver(world, subscription, body)


def _deliver(world: World, subscription: Subscription, body: Mapping[str, Any]) -> None:
    token = world[ADVERTISER_TOKENS].get(subscription.token)
    if token is None or token.revoked:
        return  # the subscription ends with its token
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    event = SUBSCRIPTION_EVENTS[SubscribeEntity(subscription.entity)]
    send(world, subscription.app_id, event.name, subscription.callback_url, text)


# this module is loaded with the first call for a subscription, and with a saved world
REVIEWED.append(reviewed)
AD_ACCOUNTS.listeners.append(watch_account)
