"""Processing the inbox: in the order of arrival, at least once, each delivery independently."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection

from stagedoor.platform.encodable import Problem, first_problem
from stagedoor.platform.products.webhooks import Envelope

from ..apps.service import Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ServiceUnavailable
from ..event_types import EventType
from ..integrations.accounts import Holder
from ..integrations.service import Integrations
from ..notices.service import Notices
from ..subscriptions.events import EventEmitter
from . import ads_news, ads_told, effects, store
from .effects import AffectedAccount, AffectedPosts, Later
from .store import InboxDelivery, InboxEntryState

Follower = Callable[[Holder, str, Mapping[str, Any], float], object]
"""Called with each event of an organisation's account or ad account: whose it is, the event's name
and content, and when it happened. It may be called again for the same event. Where it returns
False, the organisation knows of it already: the event isn't listed for it."""
AppFollower = Callable[[str, str, Mapping[str, Any], float], None]
"""Called with each event of an app: its client key, the event's name and content, and when it
happened. It may be called again for the same event. Some events name no account."""

BATCH = 50
LEASE_SECONDS = 10.0
KEEP_SECONDS = 7 * 86_400.0
"""TikTok repeats a delivery for 72 hours: its key is kept for longer than that."""
DELAYS = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Seconds between retries when processing an event failed."""
PATIENCE = 2
"""Attempts for an event about an unknown post; the post may be another tool's."""
TIDY_SECONDS = 3600.0

logger = logging.getLogger("stagedoor.webhooks")


@dataclass
class _Results:
    posts: AffectedPosts
    over: dict[InboxEntryState, list[int]] = field(
        default_factory=lambda: {s: [] for s in InboxEntryState}
    )
    later: dict[int, float] = field(default_factory=dict)
    events: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    """By organisation."""
    parked: list[tuple[str, InboxDelivery, Problem]] = field(default_factory=list)
    """Deliveries that can't be processed, each with the organisation to notify."""
    accounts: dict[tuple[str, str, bool], AffectedAccount] = field(default_factory=dict)
    """Looked up once per batch."""


class _Posts:
    """Posts as one batch sees them. The whole batch has arrived, so an account's posts are polled
    once for all of its events."""

    def __init__(self, posts: AffectedPosts) -> None:
        self.wake, self.visible = posts.wake, posts.visible
        self._wake_account = posts.wake_account
        self._woken: set[tuple[str, str]] = set()

    def wake_account(self, client_key: str, open_id: str) -> None:
        if (client_key, open_id) not in self._woken:
            self._wake_account(client_key, open_id)
            self._woken.add((client_key, open_id))


class Dispatch:
    """Processes the inbox, in one worker."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        apps: Apps,
        integrations: Integrations,
        notices: Notices,
        posts: AffectedPosts,
        events: EventEmitter,
        own: Sequence[Follower] = (),
        followers: Sequence[Follower] = (),
        app_followers: Sequence[AppFollower] = (),
        real: Callable[[], float] = time.time,
    ) -> None:
        """`own` are the connector's followers, `followers` those of a higher layer."""
        self._database = database
        self._clock = clock
        self._apps = apps
        self._integrations = integrations
        self._notices = notices
        self._posts = posts
        self._events = events
        self._own = own
        self._followers = followers
        self._app_followers = app_followers
        self._real = real
        self._tidied = float("-inf")

    def batch(self) -> int:
        """Take a batch and process it; returns the number of deliveries."""
        deliveries = store.take(
            self._database, self._clock.now(), self._real(), LEASE_SECONDS, BATCH
        )
        try:
            self._process(deliveries)
        except ServiceUnavailable:
            raise
        except Exception:
            # a delivery that the database refuses must not hold up the others
            logger.exception("webhooks couldn't be settled together; each is settled alone")
            for delivery in deliveries:
                self._alone(delivery)
        self._tidy()
        return len(deliveries)

    def _process(self, deliveries: Sequence[InboxDelivery]) -> None:
        results = _Results(_Posts(self._posts))
        for delivery in deliveries:
            self._one(delivery, results)
        if deliveries:
            self._finish(results)

    def _alone(self, delivery: InboxDelivery) -> None:
        try:
            self._process([delivery])
        except ServiceUnavailable:
            raise
        except Exception:
            results = _Results(_Posts(self._posts))
            self._failed(delivery, results)
            self._finish(results)

    def _failed(self, delivery: InboxDelivery, results: _Results) -> None:
        """Postpone a delivery after an exception, or lay it aside after the last attempt."""
        told = {"webhook": delivery.event, "delivery": delivery.id}
        if delivery.attempts > len(DELAYS):
            logger.exception("a webhook failed every time and is laid aside", extra=told)
            results.over[InboxEntryState.FAILED].append(delivery.id)
        else:
            logger.exception("a webhook could not be acted on; it waits", extra=told)
            results.later[delivery.id] = DELAYS[delivery.attempts - 1]

    def _one(self, delivery: InboxDelivery, results: _Results) -> None:
        told = {"webhook": delivery.event, "delivery": delivery.id}
        try:
            content = json.loads(Envelope.model_validate_json(delivery.body).content or "{}")
            payload = effects.typed(delivery.event, content)
            account = self._account(delivery, results)
            if (problem := _unkeepable(payload)) is not None:
                logger.error("a webhook can't be acted on and is laid aside", extra=told)
                results.over[InboxEntryState.FAILED].append(delivery.id)
                results.parked += [(one.org, delivery, problem) for one in account.holders]
                return
            outcome = effects.act(
                delivery.event,
                payload,
                delivery.created,
                account,
                self._integrations,
                results.posts,
            )
            holders = [one for one in account.holders if self._is_news(one, delivery, content)]
            for app_follower in self._app_followers:
                app_follower(delivery.client_key, delivery.event, content, delivery.created)
        except Exception:
            self._failed(delivery, results)
            return
        if isinstance(outcome, Later) and delivery.attempts <= PATIENCE:
            results.later[delivery.id] = DELAYS[delivery.attempts - 1]
            return
        logger.info("a webhook was acted on", extra=told)
        results.over[InboxEntryState.DONE].append(delivery.id)
        for holder in holders:
            results.events.setdefault(holder.org, []).append(_event(delivery, holder, content))

    def _is_news(self, holder: Holder, delivery: InboxDelivery, content: Mapping[str, Any]) -> bool:
        """Call the followers; whether the organisation didn't know of the event."""
        followers = (*self._own, *self._followers)
        if delivery.event.startswith(ads_news.PREFIX):
            content = {**content, "advertiser_id": delivery.open_id}
        answers = [one(holder, delivery.event, content, delivery.created) for one in followers]
        return False not in answers

    def _account(self, delivery: InboxDelivery, results: _Results) -> AffectedAccount:
        of_ads = delivery.event.startswith(ads_news.PREFIX)
        key = delivery.client_key, delivery.open_id, of_ads
        if key not in results.accounts:
            results.accounts[key] = self._found(*key)
        return results.accounts[key]

    def _found(self, client_key: str, open_id: str, of_ads: bool) -> AffectedAccount:
        """The account of an event; without grants and holders when no organisation uses it (any
        more)."""
        app = self._apps.by_key(client_key)
        found = []
        if app is not None and of_ads:
            holders = self._integrations.holders_of_ad_account(app.id, open_id)
            return AffectedAccount(
                client_key=client_key, open_id=open_id, grants=(), holders=holders
            )
        if app is not None and open_id:
            found = self._integrations.grants_of(app.id, open_id)
        return AffectedAccount(
            client_key=client_key,
            open_id=open_id,
            grants=[grant.id for grant in found],
            holders=[one for grant in found for one in self._integrations.holders(grant.id)],
        )

    def _finish(self, results: _Results) -> None:
        now, real = self._clock.now(), self._real()
        with self._database.begin() as connection:
            self._tell(connection, results.events)
            for org, delivery, (path, reason) in results.parked:
                self._notices.tell(
                    TenantConnection(connection, org),
                    EventType.WEBHOOK_UNPROCESSABLE,
                    f"webhook {delivery.id}",
                    f"TikTok sent the event {delivery.event}, whose {path} {reason}: it was kept, "
                    "and nothing was done by it. Look at the post at TikTok.",
                )
            for state, ids in results.over.items():
                store.settle(connection, ids, state)
            for delivery_id, delay in results.later.items():
                store.postpone(connection, delivery_id, real + delay)
            if results.later:
                store.look_again(connection, now, real)

    def _tell(
        self, connection: Connection, found: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> None:
        """Record events, and tell subscribers of those of ads, in one transaction: each once."""
        plain: dict[str, list[Mapping[str, Any]]] = {}
        for org in sorted(found):
            tenant = TenantConnection(connection, org)
            of_ads: dict[str, list[Mapping[str, Any]]] = {}
            for row in found[org]:
                told = ads_told.is_told(row["event"])
                kept = of_ads.setdefault(row["key"], []) if told else plain.setdefault(org, [])
                kept.append(row)
            for rows in of_ads.values():
                if store.add_event(tenant, rows):
                    event, content = EventType(rows[0]["event"]), rows[0]["content"]
                    self._events.emit(tenant, event, ads_told.data_of(event, content))
        store.add_events(connection, plain)

    def _tidy(self) -> None:
        if self._real() - self._tidied > TIDY_SECONDS:
            self._tidied = self._real()
            with self._database.begin() as connection:
                store.forget(connection, self._clock.now() - KEEP_SECONDS)


def _unkeepable(payload: BaseModel | None) -> Problem | None:
    """The problem of a text that no query could look for, among the fields of the payload."""
    if payload is None:
        return None
    return first_problem({name: getattr(payload, name) for name in type(payload).model_fields})


def _event(delivery: InboxDelivery, holder: Holder, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "integration_id": holder.integration_id,
        "key": delivery.key,
        "event": delivery.event,
        "created": delivery.created,
        "received": delivery.received,
        "content": content,
    }
