"""Subscriptions of organisations: their webhooks, and the e-mail addresses of their admins."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import Conflict, ObjectNotFound, unfit
from ..fetching.destinations import Destinations
from ..pages import Page, identified
from ..schedule.store import wait
from ..settings import Settings
from ..vault import Vault
from . import store
from .events import DELIVER
from .subscription import Channel, DeliveryState, EventDelivery, EventSubscription

MAX_WEBHOOKS = 50
"""Of one organisation."""


class NoSubscription(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__("There is no such webhook: GET /api/webhooks lists them.")


class NoDelivery(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__("There is no such delivery: they are kept for seven days.")


def sealed_at(org: str, subscription_id: str) -> tuple[str, str, str, str]:
    """The place of a subscription's secret in the vault."""
    return f"org:{org}", "event_subscriptions", subscription_id, "secret"


class SubscriptionsService:
    """Makes and changes subscriptions. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        vault: Vault,
        clock: Clock,
        destinations: Destinations,
    ) -> None:
        self._settings = settings
        self._destinations = destinations
        self._database = database
        self._vault = vault
        self._clock = clock

    def add(
        self, org: str, by: str, subscription_id: str, url: str, events: Sequence[str]
    ) -> tuple[EventSubscription, str | None]:
        """Subscribe a URL. Returns the secret that signs its messages, None for one that exists:
        it is shown once. Raises `UrlRefused`, `Conflict`."""
        self._destinations.check_url(org, url)
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        sealed = self._vault.seal(*sealed_at(org, subscription_id), secret)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            found = store.row(tenant, subscription_id)
            if found is not None:
                return EventSubscription.of(found), None
            if len(store.listed(tenant, Channel.WEBHOOK)) >= MAX_WEBHOOKS:
                raise Conflict(f"An organisation has at most {MAX_WEBHOOKS} webhooks.")
            self._add(tenant, subscription_id, Channel.WEBHOOK, url, events, by, sealed)
            return self._find(tenant, subscription_id), secret

    def webhooks(self, org: str) -> list[EventSubscription]:
        with self._database.read() as connection:
            return store.listed(TenantConnection(connection, org), Channel.WEBHOOK)

    def get(self, org: str, subscription_id: str) -> EventSubscription:
        """Raises `NoSubscription`."""
        with self._database.read() as connection:
            return self._find(TenantConnection(connection, org), subscription_id)

    def change(
        self,
        org: str,
        subscription_id: str,
        events: Sequence[str] | None,
        enabled: bool | None,
        url: str | None = None,
    ) -> EventSubscription:
        """Change a webhook's URL and events, or switch it on or off. Waiting deliveries go to the
        new URL. Raises `NoSubscription`, `UrlRefused`."""
        if url is not None:
            self._destinations.check_url(org, url)
        elif enabled:
            self._destinations.check_url(org, self.get(org, subscription_id).target, "enabled")
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            found = self._find(tenant, subscription_id, lock=True)
            values: dict[str, Any] = {}
            if url is not None:
                values["target"] = url
            if events is not None:
                values["events"] = list(events)
            if enabled is not None and enabled != found.enabled:
                why = None if enabled else "It was switched off by hand."
                values |= {"enabled": enabled, "disabled_why": why, "failing_since": None}
                if not enabled:
                    store.give_up(tenant, subscription_id, "The webhook was switched off.")
            if values:
                store.change(tenant, subscription_id, **values)
            return self._find(tenant, subscription_id)

    def delete(self, org: str, subscription_id: str) -> None:
        """Raises `NoSubscription`."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._find(tenant, subscription_id, lock=True)
            store.remove(tenant, subscription_id)

    def deliveries(
        self,
        org: str,
        subscription_id: str,
        cursor: str | None,
        limit: int,
        state: DeliveryState | None = None,
    ) -> Page[EventDelivery]:
        """Newest first. Raises `InvalidInput`."""
        before = identified(cursor)
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            self._find(tenant, subscription_id)
            found = store.deliveries(tenant, subscription_id, before, limit + 1, state)
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)

    def replay(
        self, org: str, subscription_id: str, *, since: float = 0.0, only: str | None = None
    ) -> int:
        """Send again the deliveries that failed since then, or one delivery regardless of its
        state; return how many wait now. The messages keep their ids, by which a receiver knows a
        repetition."""
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if not self._find(tenant, subscription_id, lock=True).enabled:
                raise Conflict("The webhook is switched off: switch it on first.")
            if only is not None and not store.exists(tenant, subscription_id, only):
                raise NoDelivery
            count = store.replay(tenant, subscription_id, now, since=since, only=only)
            if count:
                wait(connection, DELIVER, org, now)
            return count

    # e-mail

    def emails(self, org: str) -> list[EventSubscription]:
        with self._database.read() as connection:
            return store.listed(TenantConnection(connection, org), Channel.EMAIL)

    def set_emails(
        self, org: str, by: str, addresses: Sequence[str], events: Sequence[str]
    ) -> list[EventSubscription]:
        """Replace the addresses that notices are sent to. Raises `Conflict` where the service sends
        no e-mail, and `UrlRefused`."""
        for number, address in enumerate(addresses):
            self._destinations.check_domain(address.rpartition("@")[2], f"emails.{number}")
        if addresses and self._settings.smtp is None:
            raise Conflict(
                "This service sends no e-mail: its operator sets STAGEDOOR_SMTP_HOST and "
                "STAGEDOOR_SMTP_FROM.",
                code="smtp_not_configured",
            )
        wanted = list(addresses)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            listed = store.listed(tenant, Channel.EMAIL)
            for own in sorted({one.id for one in listed} | {_email_id(org, one) for one in wanted}):
                store.row(tenant, own, lock=True)
            known = {one.target: one for one in store.listed(tenant, Channel.EMAIL)}
            for address, one in known.items():
                if address not in wanted:
                    store.remove(tenant, one.id)
                    continue
                again = {"enabled": True, "disabled_why": None, "failing_since": None}
                store.change(tenant, one.id, events=list(events), **again)
            for address in wanted:
                if address not in known:
                    own = _email_id(org, address)
                    self._add(tenant, own, Channel.EMAIL, address, events, by, None)
            return store.listed(tenant, Channel.EMAIL)

    def _add(
        self,
        tenant: TenantConnection,
        subscription_id: str,
        channel: Channel,
        target: str,
        events: Sequence[str],
        by: str,
        secret: str | None,
    ) -> None:
        if not events:
            raise unfit("events", "name at least one type")
        store.add_new(
            tenant,
            id=subscription_id,
            channel=channel.value,
            target=target,
            events=list(events),
            secret=secret,
            enabled=True,
            created=self._clock.now(),
            created_by=by,
        )

    def _find(
        self, tenant: TenantConnection, subscription_id: str, lock: bool = False
    ) -> EventSubscription:
        found = store.row(tenant, subscription_id, lock)
        if found is None or found.channel != Channel.WEBHOOK.value:
            raise NoSubscription
        return EventSubscription.of(found)


def _email_id(org: str, address: str) -> str:
    """The id of the subscription of an address: two requests at once make one subscription."""
    return hashlib.sha256(json.dumps(["email", org, address]).encode()).hexdigest()[:32]
