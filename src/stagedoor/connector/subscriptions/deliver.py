"""The delivery of events: an organisation's due messages, at least once each, side by side."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
from sqlalchemy import Row

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..fetching.guard import GuardedTransport
from ..jobs import JobResult
from ..notices.service import Notices
from ..schedule.store import forget, wait
from ..settings import Settings
from ..vault import Vault
from . import senders, store
from .events import DELIVER, TIDY
from .service import sealed_at
from .subscription import (
    DELAYS,
    DISABLE_SECONDS,
    KEEP_SECONDS,
    AttemptOutcome,
    Channel,
    DeliveryState,
    EventDelivery,
    EventSubscription,
)

BATCH = 20
AT_ONCE = 8
"""Organisations that one process sends for at once: slow receivers mustn't take all threads."""
TAKEN_SECONDS = 180.0
"""Of real time: longer than a batch takes."""
MAIL_SECONDS = 120.0
"""Of real time, for all mails of a batch."""
_BUSY_SECONDS = 2.0

logger = logging.getLogger("stagedoor.subscriptions")


class Deliver:
    """Sends due messages. Thread-safe."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        vault: Vault,
        clock: Clock,
        notices: Notices,
        make_guard: Callable[[bool], GuardedTransport] = GuardedTransport,
        real: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._database = database
        self._vault = vault
        self._clock = clock
        self._notices = notices
        self._make_guard = make_guard
        self._real = real
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def run(self, org: str) -> JobResult:
        """Send a batch of the organisation's due messages."""
        if not self._slots.acquire(blocking=False):
            with self._database.begin() as connection:
                wait(connection, DELIVER, org, self._clock.now() + _BUSY_SECONDS)
            return JobResult.DONE
        try:
            return self._batch(org)
        finally:
            self._slots.release()

    def _batch(self, org: str) -> JobResult:
        now, real = self._clock.now(), self._real()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            # if this process dies, the next one looks when its messages are free again
            wait(connection, DELIVER, org, now + TAKEN_SECONDS)
            taken = store.take(tenant, now, real, TAKEN_SECONDS, BATCH)
            rows = {one.subscription: store.row(tenant, one.subscription) for one in taken}
        receivers = {
            name: EventSubscription.of(row) for name, row in rows.items() if row is not None
        }
        secrets = {
            name: self._secret(org, name, row.secret)
            for name, row in rows.items()
            if row is not None and row.secret is not None
        }
        outcomes = asyncio.run(self._send(taken, receivers, secrets)) if taken else []
        self._settle(org, real + TAKEN_SECONDS, taken, outcomes)
        return JobResult.AGAIN if len(taken) == BATCH else JobResult.DONE

    def _secret(self, org: str, subscription_id: str, sealed: str) -> str | AttemptOutcome:
        try:
            return self._vault.open(*sealed_at(org, subscription_id), sealed)
        except ApiError:
            return AttemptOutcome(False, error="Its secret can't be read: make the webhook anew.")

    async def _send(
        self,
        taken: Sequence[EventDelivery],
        receivers: dict[str, EventSubscription],
        secrets: dict[str, str | AttemptOutcome],
    ) -> list[AttemptOutcome]:
        guard = self._make_guard(self._settings.fetch_private)
        mailed_by = time.monotonic() + MAIL_SECONDS

        async def one(http: httpx2.AsyncClient, delivery: EventDelivery) -> AttemptOutcome:
            receiver = receivers.get(delivery.subscription)
            now = self._clock.now()
            if receiver is None:
                return AttemptOutcome(False, error="The subscription was deleted.")
            if receiver.channel is Channel.EMAIL:
                if self._settings.smtp is None:
                    return AttemptOutcome(False, error="This service sends no e-mail any more.")
                return await asyncio.to_thread(
                    senders.mail, self._settings.smtp, receiver, delivery, now, mailed_by
                )
            secret = secrets[delivery.subscription]
            if isinstance(secret, AttemptOutcome):
                return secret
            return await senders.post(http, receiver, delivery, secret, now)

        async def noted(http: httpx2.AsyncClient, delivery: EventDelivery) -> AttemptOutcome:
            try:
                return await one(http, delivery)
            except Exception as error:
                logger.exception("a delivery broke off", extra={"delivery": delivery.id})
                return AttemptOutcome(False, error=f"Sending broke off ({type(error).__name__}).")

        async with senders.guarded_client(guard) as http:
            return list(await asyncio.gather(*(noted(http, delivery) for delivery in taken)))

    def _settle(
        self,
        org: str,
        lease: float,
        taken: Sequence[EventDelivery],
        outcomes: Sequence[AttemptOutcome],
    ) -> None:
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            # subscriptions before their deliveries: the lock order of requests that change or
            # delete one
            names = sorted({one.subscription for one in taken})
            receivers = {name: store.row(tenant, name, lock=True) for name in names}
            for delivery, outcome in zip(taken, outcomes, strict=True):
                store.settle(tenant, delivery.id, lease, **_settled(delivery, outcome, now))
            for name, row in receivers.items():
                results = [
                    outcome
                    for one, outcome in zip(taken, outcomes, strict=True)
                    if one.subscription == name
                ]
                self._judge(tenant, name, row, results, now)
            # the due row is locked first: an event that is emitted meanwhile is seen below
            wait(connection, DELIVER, org, now + TAKEN_SECONDS)
            due = store.next_due(tenant)
            if due is None:
                forget(connection, DELIVER, org)
            else:
                # messages that are due already were emitted just now, or another process sends them
                wait(connection, DELIVER, org, max(due, now + _BUSY_SECONDS))

    def _judge(
        self,
        tenant: TenantConnection,
        name: str,
        row: Row[Any] | None,
        results: Sequence[AttemptOutcome],
        now: float,
    ) -> None:
        """Note since when a receiver fails, and switch off one that fails for too long."""
        if row is None or not row.enabled:
            return
        if any(one.delivered for one in results):
            if row.failing_since is not None:
                store.change(tenant, name, failing_since=None)
            return
        since = row.failing_since or now
        gone = any(one.gone for one in results)
        if not gone and now - since < DISABLE_SECONDS:
            if row.failing_since is None:
                store.change(tenant, name, failing_since=now)
            return
        why = results[-1].error or "It failed."
        what = "said that it is gone" if gone else "failed for five days"
        store.change(tenant, name, enabled=False, disabled_why=f"It {what}: {why}")
        store.give_up(tenant, name, "The subscription was switched off.")
        kind = "Webhook" if row.channel == Channel.WEBHOOK.value else "E-mail address"
        remedy = "Mend it, switch it on again, and replay what it missed."
        if row.channel == Channel.EMAIL.value:
            remedy = "Mend it, and PUT /api/settings/notices to send mails there again."
        self._notices.tell(
            tenant,
            EventType.WEBHOOK_DISABLED,
            name,
            f"{kind} {_host(row)} {what} and is switched off ({why}). {remedy}",
            {"channel": row.channel},
        )

    def tidy(self, org: str) -> JobResult:
        """Delete deliveries that are older than a week."""
        now = self._clock.now()
        with self._database.begin() as connection:
            oldest = store.forget(TenantConnection(connection, org), now - KEEP_SECONDS)
            if oldest is not None:
                due = max(now + 3_600.0, oldest + KEEP_SECONDS)
                wait(connection, TIDY, org, due)
        return JobResult.DONE


def _settled(delivery: EventDelivery, outcome: AttemptOutcome, now: float) -> dict[str, Any]:
    attempts = delivery.attempts + 1
    values: dict[str, Any] = {
        "attempts": attempts,
        "attempted_at": now,
        "status": outcome.status,
        "error": outcome.error,
    }
    if outcome.delivered:
        return values | {"state": DeliveryState.DELIVERED.value}
    if attempts > len(DELAYS):
        return values | {"state": DeliveryState.FAILED.value}
    return values | {"next_at": now + max(DELAYS[attempts - 1], outcome.retry_after or 0.0)}


def _host(row: Any) -> str:
    """The receiver as a notice may name it: a URL's path may be a secret."""
    if row.channel == Channel.EMAIL.value:
        return str(row.target)
    return str(row.target).partition("://")[2].partition("/")[0]
