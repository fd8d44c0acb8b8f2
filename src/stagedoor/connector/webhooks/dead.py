"""Deliveries that failed every time: an organisation sees those of its accounts, and has them
processed again."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, update

from stagedoor.platform.products.webhooks import Envelope

from ..apps.models import apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ObjectNotFound
from ..integrations.accounts import CredentialKind
from ..integrations.models import ad_accounts, credentials, grants
from ..pages import Page, numbered
from ..schedule import store as schedule
from . import ads_news
from .models import inbox
from .service import ReceivedEvent
from .store import ARRIVED, DISPATCH, InboxEntryState

REPLAYED_AT_ONCE = 500
_DEAD = inbox.c.state == InboxEntryState.FAILED.value
_COLUMNS = (inbox.c.id, inbox.c.event, inbox.c.created, inbox.c.received, inbox.c.body)


class NoDeadEvent(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such dead event: GET /api/webhooks/received?state=dead lists them. One "
            "that was processed is never processed again."
        )


class DeadEvents:
    """Reads and replays dead deliveries. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(self, org: str, cursor: str | None, limit: int) -> Page[ReceivedEvent]:
        """The newest first. Raises `InvalidInput`."""
        before = numbered(cursor)
        with self._database.read() as connection:
            rows = _rows(TenantConnection(connection, org), before, None, limit + 1)
        listed = [_shown(row) for row in rows[:limit]]
        return Page(listed, listed[-1].id if len(rows) > limit else None)

    def replay(self, org: str, event_id: str | None = None) -> int:
        """Have one dead delivery, or up to `REPLAYED_AT_ONCE`, processed again; returns how many.
        Only dead ones are: a processed event never acts twice. Raises `NoDeadEvent`."""
        only = None if event_id is None else _number(event_id)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            ids = [row.id for row in _rows(tenant, None, only, REPLAYED_AT_ONCE)]
            if only is not None and not ids:
                raise NoDeadEvent
            again = update(inbox).where(inbox.c.id.in_(ids), _DEAD)
            values = {"state": InboxEntryState.WAITING.value, "attempts": 0, "leased_until": None}
            count = connection.execute(again.values(**values)).rowcount if ids else 0
            if count:
                schedule.wait(connection, DISPATCH, ARRIVED, self._clock.now())
        return count


def _rows(tenant: TenantConnection, before: int | None, only: int | None, limit: int) -> list[Any]:
    """Dead deliveries of the organisation's accounts and ad accounts, each once, newest first."""
    of_ads = inbox.c.event.startswith(ads_news.PREFIX, autoescape=True)
    accounts = (
        tenant.select(credentials, *_COLUMNS, credentials.c.integration_id)
        .join(grants, grants.c.id == credentials.c.grant_id)
        .join(apps, apps.c.id == grants.c.app_id)
        .join(
            inbox,
            (inbox.c.client_key == apps.c.client_key) & (inbox.c.open_id == grants.c.open_id),
        )
        .where(~of_ads)
    )
    reached = (
        tenant.select(ad_accounts, *_COLUMNS, ad_accounts.c.integration_id)
        .join(
            credentials,
            (credentials.c.integration_id == ad_accounts.c.integration_id)
            & (credentials.c.kind == CredentialKind.ADS.value),
        )
        .join(grants, grants.c.id == credentials.c.grant_id)
        .join(apps, apps.c.id == grants.c.app_id)
        .join(
            inbox,
            (inbox.c.client_key == apps.c.client_key)
            & (inbox.c.open_id == ad_accounts.c.account_id),
        )
        .where(of_ads)
    )
    found: dict[int, Any] = {}
    for query in (accounts, reached):
        for row in tenant.all(_within(query, before, only, limit)):
            found.setdefault(row.id, row)
    return sorted(found.values(), key=lambda row: -int(row.id))[:limit]


def _within(query: Select[Any], before: int | None, only: int | None, limit: int) -> Select[Any]:
    query = query.where(_DEAD)
    if before is not None:
        query = query.where(inbox.c.id < before)
    if only is not None:
        query = query.where(inbox.c.id == only)
    return query.order_by(inbox.c.id.desc()).limit(limit)


def _number(event_id: str) -> int:
    if not (event_id.isascii() and event_id.isdigit() and len(event_id) < 19):
        raise NoDeadEvent
    return int(event_id)


def _shown(row: Any) -> ReceivedEvent:
    try:
        content = json.loads(Envelope.model_validate_json(row.body).content or "{}")
    except ValueError:
        content = {}
    return ReceivedEvent(
        id=str(row.id),
        event=row.event,
        integration_id=row.integration_id,
        created=row.created,
        received=row.received,
        content=content if isinstance(content, dict) else {},
    )
