"""Incoming webhooks: receiving deliveries, and showing organisations their events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..apps.service import Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..pages import Page, numbered
from ..settings import Settings
from . import store
from .ingest import Ingest
from .secrets import Secrets
from .writer import InboxWriter


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event of one of the organisation's accounts; times in Unix seconds."""

    id: str
    event: str
    integration_id: str
    created: float
    received: float
    content: Any


class WebhooksService:
    """Webhooks, in one process."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, apps: Apps) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._apps = apps

    def ingest(self) -> Ingest:
        """A new ingest for one event loop; the caller closes it."""
        return Ingest(
            Secrets(self._live),
            InboxWriter(self._database, self._clock),
            self._clock,
            self._settings.unsigned_business_events,
        )

    def events(self, org: str, cursor: str | None, limit: int) -> Page[ReceivedEvent]:
        """The newest first; `cursor` is the last page's `next_cursor`."""
        before = numbered(cursor)
        with self._database.read() as connection:
            rows = store.events_of(TenantConnection(connection, org), before, limit + 1)
        events = [
            ReceivedEvent(
                id=str(row.id),
                event=row.event,
                integration_id=row.integration_id,
                created=row.created,
                received=row.received,
                content=row.content,
            )
            for row in rows[:limit]
        ]
        return Page(events, events[-1].id if len(rows) > limit else None)

    def _live(self, client_key: str) -> Sequence[str]:
        app = self._apps.by_key(client_key)
        return () if app is None else app.secrets
