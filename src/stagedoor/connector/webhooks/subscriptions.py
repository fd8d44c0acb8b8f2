"""An app's subscriptions to webhooks of TikTok API for Business, kept as they should be.

Events of accounts have one callback URL for each kind and app. News of ads have a subscription for
each object, which ends with the token that it was made with. A job compares what TikTok has with
what the app's credentials want, and creates, replaces and ends the difference. Subscriptions with
other addresses are somebody else's, and stay.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import (
    BadRequest,
    InvalidRequest,
    NotFound,
    PolicyRefused,
    ReconnectRequired,
    ScopeMissing,
    StagedoorError,
    TokenInvalid,
    WrongState,
)
from stagedoor.platform.permissions import CONSOLIDATED_REPORT, includes
from stagedoor.platform.products.business_accounts import WebhookEventType
from stagedoor.platform.products.business_events import (
    NewSubscriptionDetail,
    SubscribeEntity,
    Subscription,
)

from ..apps.service import Apps, RegisteredApp
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..integrations.accounts import AppGrant, CredentialKind
from ..integrations.clients import AppClients
from ..integrations.consents import SUBSCRIBE
from ..integrations.service import Integrations
from ..schedule import store as schedule
from ..settings import Settings
from . import watching
from .endpoint import APP, PATH

EVERY_SECONDS = 6 * 3_600.0
AGAIN_SECONDS = 600.0
_AT_ONCE = 100
"""The most ad accounts of one subscription."""
_EVENTS = (WebhookEventType.VIDEO, WebhookEventType.COMMENT)

_REFUSALS = (
    BadRequest,
    InvalidRequest,
    NotFound,
    PolicyRefused,
    ScopeMissing,
    TokenInvalid,
    WrongState,
)
"""The errors that are about the object or the token of one subscription. After all others the
repair is repeated."""

logger = logging.getLogger("stagedoor.webhooks")

_Key = tuple[str, tuple[tuple[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    entity: SubscribeEntity
    detail: dict[str, Any]
    token: str = field(repr=False)

    @property
    def key(self) -> _Key:
        return _key(self.entity, self.detail)


class BusinessSubscriptions:
    """Repairs the subscriptions of apps."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        apps: Apps,
        clients: AppClients,
        integrations: Integrations,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._apps = apps
        self._clients = clients
        self._integrations = integrations

    def repair(self, app_id: str) -> None:
        """Create, replace and end an app's subscriptions, and schedule the next time.

        The next time is scheduled first: the worker deletes the row that it took, and a change
        that is committed from now on schedules the repair again.
        """
        with self._database.begin() as connection:
            next_time = schedule.wait(
                connection, SUBSCRIBE, app_id, self._clock.now() + EVERY_SECONDS
            )
        grants = [
            one
            for one in self._integrations.usable_grants(app_id)
            if self._integrations.holders(one.id)
        ]
        try:
            self._repair(app_id, grants)
        except (StagedoorError, ApiError) as error:
            logger.warning("subscriptions couldn't be repaired: %s", error, extra={"app": app_id})
            with self._database.begin() as connection:
                schedule.move(connection, next_time, self._clock.now() + AGAIN_SECONDS)
        else:
            if not grants:
                schedule.done(self._database, [next_time])

    def _repair(self, app_id: str, grants: list[AppGrant]) -> None:
        if self._reachable():
            app = self._apps.get(app_id)
            client = self._clients.business(app)
            if any(one.kind is CredentialKind.ACCOUNT for one in grants):
                self._repair_callbacks(client)
            self._repair_news(
                client, app, [one for one in grants if one.kind is CredentialKind.ADS]
            )

    def _reachable(self) -> bool:
        """Whether TikTok takes the service's address: https, or any at a local TikTok."""
        fine = self._settings.public_url.startswith("https://") or self._settings.local
        if not fine:
            logger.warning(
                "TikTok sends webhooks to https addresses only: set STAGEDOOR_PUBLIC_URL to one"
            )
        return fine

    def _repair_callbacks(self, client: TikTokBusiness) -> None:
        for kind in _EVENTS:
            try:
                self._repair_callback(client, kind)
            except _REFUSALS as error:
                # one kind that TikTok refuses must not end the others' callbacks
                logger.warning("TikTok refused the callback URL of %s: %s", kind, error)

    def _repair_callback(self, client: TikTokBusiness, kind: WebhookEventType) -> None:
        url = f"{self._settings.public_url}{PATH}"
        found = client.accounts.webhook(event_type=kind)
        if found.callback_url == url and not found.item_list:
            return
        if found.item_list:
            # TikTok tells of these posts alone, and setting the URL again keeps the list
            client.accounts.delete_webhook(event_type=kind)
        client.accounts.set_webhook(event_type=kind, callback_url=url)
        logger.info("the callback URL of %s is set", kind)

    def _repair_news(
        self, client: TikTokBusiness, app: RegisteredApp, grants: list[AppGrant]
    ) -> None:
        url = f"{self._settings.public_url}{PATH}?{APP}={app.client_key}"
        wanted = self._wanted(grants)
        held: set[_Key] = set()
        found = [one for one in client.subscriptions.all_subscriptions() if one.callback_url == url]
        for one in found:
            key = _key_of(one)
            token = one.subscription_detail.access_token
            tokens = wanted.get(key, {})
            if key in held or not tokens or (token is not None and token not in tokens):
                client.subscriptions.unsubscribe(subscription_id=one.subscription_id)
                logger.info("a subscription to %s is ended", one.subscribe_entity)
            else:
                held.add(key)
        for key, tokens in wanted.items():
            if key not in held:
                self._subscribe(client, url, next(iter(tokens.values())))

    def _subscribe(self, client: TikTokBusiness, url: str, one: _Wanted) -> None:
        detail = NewSubscriptionDetail(access_token=one.token, **one.detail)
        try:
            client.subscriptions.subscribe(
                subscribe_entity=one.entity, callback_url=url, subscription_detail=detail
            )
        except _REFUSALS as error:
            # one object that TikTok refuses must not end the others' subscriptions
            logger.warning("TikTok refused a subscription to %s: %s", one.entity, error)
        else:
            logger.info("a subscription to %s is made", one.entity)

    def _wanted(self, grants: list[AppGrant]) -> dict[_Key, dict[str, _Wanted]]:
        """By subscription, the tokens that it may be made with."""
        wanted: dict[_Key, dict[str, _Wanted]] = {}
        for grant in grants:
            for one in self._wanted_by(grant):
                wanted.setdefault(one.key, {})[one.token] = one
        return wanted

    def _wanted_by(self, grant: AppGrant) -> Iterator[_Wanted]:
        try:
            token = self._integrations.tokens(grant.id).load().access_token
        except ReconnectRequired:
            return  # the credential ended just now
        for holder in self._integrations.holders(grant.id):
            ids = [
                one.id
                for one in self._integrations.get(holder.org, holder.integration_id).ad_accounts
            ]
            for at in range(0, len(ids), _AT_ONCE):
                detail = {"advertiser_ids": tuple(ids[at : at + _AT_ONCE])}
                yield _Wanted(SubscribeEntity.AD_ACCOUNT_SUSPENSION, detail, token)
                if includes(grant.scopes, CONSOLIDATED_REPORT):
                    yield _Wanted(SubscribeEntity.REPORT_DATA_CHANGE, detail, token)
            with self._database.read() as connection:
                tenant = TenantConnection(connection, holder.org)
                objects = watching.of_accounts(tenant, frozenset(ids))
            for one in objects:
                name = "ad_id" if one.entity is SubscribeEntity.AD else "adgroup_id"
                account = {"advertiser_id": one.account_id, name: one.object_id}
                yield _Wanted(one.entity, account, token)


def _key_of(one: Subscription) -> _Key:
    detail = one.subscription_detail.model_dump(exclude={"access_token"}, exclude_none=True)
    declared = {name: detail[name] for name in detail if name in NewSubscriptionDetail.model_fields}
    return _key(one.subscribe_entity, declared)


def _key(entity: str, detail: dict[str, Any]) -> _Key:
    """The object of a subscription; TikTok's default frequency counts as none."""
    told = {
        name: tuple(sorted(value)) if isinstance(value, tuple) else value
        for name, value in detail.items()
        if name != "notify_frequency"
    }
    return str(entity), tuple(sorted(told.items()))
