"""Receiving a delivery: verified, then stored, and only then acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time

from stagedoor.client import WebhookEvent, verify_webhook
from stagedoor.client.errors import WebhookInvalid
from stagedoor.client.webhooks import verify_signature
from stagedoor.platform.encodable import first_problem

from ..clock import Clock
from ..errors import ServiceUnavailable
from .ads_news import AdNewsDelivery, parse
from .errors import NotKeepable, NotVerified
from .secrets import Secrets
from .store import InboxEntry
from .writer import InboxWriter

ACK_SECONDS = 10.0
"""How long a delivery may wait for its commit; after that TikTok delivers it again."""
_QUIET_SECONDS = 10.0
_NAMES_APP = re.compile(rb'"client_key"\s*:\s*"([^"\\]{1,200})"')

logger = logging.getLogger("stagedoor.webhooks")


class Ingest:
    """Receives deliveries, in one process."""

    def __init__(
        self, secrets: Secrets, writer: InboxWriter, clock: Clock, unsigned: bool = False
    ) -> None:
        """`unsigned`: accept news of ads without a signature, as hints to read again."""
        self._secrets = secrets
        self._writer = writer
        self._clock = clock
        self._unsigned = unsigned
        self._refused = 0
        self._told = float("-inf")

    async def take(self, body: bytes, header: str | None, app_id: str | None = None) -> None:
        """Return once the event is durable. Raises `NotVerified`, `NotKeepable` or
        `ServiceUnavailable`.

        `app_id`: the address that was asked is that of this app's subscriptions to news of ads.
        """
        now = self._clock.now()
        if app_id is not None:
            await self._take_news(body, header, app_id, now)
            return
        event = await self._verified(body, header, now)
        _check_keepable(event)
        entry = InboxEntry(
            key=event.key,
            client_key=event.client_key,
            open_id=event.open_id,
            event=event.name,
            created=float(event.created),
            received=now,
            body=body.decode(),
        )
        await self._keep([entry])

    async def _take_news(self, body: bytes, header: str | None, app_id: str, now: float) -> None:
        signed = header is not None
        if signed:
            await self._check(body, header, app_id, now)
        elif not self._unsigned or not await self._secrets.knows(app_id):
            self._count()
            raise NotVerified
        try:
            found = parse(body, app_id, now)
            _check_finite(found)
        except WebhookInvalid:
            self._count()
            raise NotVerified from None
        for one in found:
            problem = first_problem({"event": one.event, "advertiser_id": one.advertiser_id})
            if problem is not None:
                raise NotKeepable(*problem)
        news = found if signed else [one.unbelieved(app_id, now) for one in found]
        await self._keep([entry_of(one, app_id, now) for one in news])

    async def _check(self, body: bytes, header: str | None, app_id: str, now: float) -> None:
        for again in (False, True):
            if again and not await self._secrets.renewed(app_id):
                break
            try:
                verify_signature(body, header, await self._secrets.of(app_id), now=now)
            except WebhookInvalid:
                continue
            return
        self._count()
        raise NotVerified

    async def _keep(self, entries: list[InboxEntry]) -> None:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await asyncio.gather(*(self._writer.keep(entry) for entry in entries))
        except TimeoutError:
            raise ServiceUnavailable("The delivery could not be kept in time. Try again.") from None

    def close(self) -> None:
        self._writer.close()

    async def _verified(self, body: bytes, header: str | None, now: float) -> WebhookEvent:
        # Unverified, so only a hint at whose secrets to try; the signature must match afterwards.
        named = _NAMES_APP.search(body)
        client_key = named[1].decode(errors="replace") if named else ""
        secrets = await self._secrets.of(client_key)
        event = _proven(body, header, secrets, now, client_key)
        if event is None and await self._secrets.renewed(client_key):
            secrets = await self._secrets.of(client_key)
            event = _proven(body, header, secrets, now, client_key)
        if event is None:
            self._count()
            raise NotVerified
        return event

    def _count(self) -> None:
        """Count a forgery: a flood of them must not become a flood of log lines."""
        self._refused += 1
        if time.monotonic() - self._told > _QUIET_SECONDS:
            logger.warning("%d deliveries were refused: not TikTok's", self._refused)
            self._refused, self._told = 0, time.monotonic()


def entry_of(news: AdNewsDelivery, app_id: str, now: float) -> InboxEntry:
    """The inbox's row of an event of an ad account, in the form that events of accounts have."""
    envelope = {
        "client_key": app_id,
        "event": news.event,
        "create_time": int(news.created),
        "user_openid": news.advertiser_id,
        "content": json.dumps(news.content),
    }
    return InboxEntry(
        key=news.key,
        client_key=app_id,
        open_id=news.advertiser_id,
        event=news.event,
        created=news.created,
        received=now,
        body=json.dumps(envelope),
    )


def _check_finite(found: list[AdNewsDelivery]) -> None:
    """Raise `WebhookInvalid` for numbers like NaN and 1e999, which no database keeps as JSON."""
    try:
        for one in found:
            json.dumps(one.content, allow_nan=False)
    except ValueError:
        raise WebhookInvalid("the body holds a number that isn't finite") from None


def _proven(
    body: bytes, header: str | None, secrets: list[str], now: float, client_key: str
) -> WebhookEvent | None:
    try:
        event = verify_webhook(body, header, secrets, now=now)
    except WebhookInvalid:
        return None
    return event if event.client_key == client_key else None


def _check_keepable(event: WebhookEvent) -> None:
    """Raise `NotKeepable` for a verified event that no row of the inbox can hold."""
    problem = first_problem({"event": event.name, "user_openid": event.open_id})
    if problem is None and not 0 <= event.created < 1 << 53:
        problem = "create_time", "is no time in Unix seconds"
    if problem is not None:
        logger.warning("a delivery of TikTok's can't be kept: %s %s", *problem)
        raise NotKeepable(*problem)
