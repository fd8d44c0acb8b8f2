"""News of ads that TikTok sends: outcomes of reviews are stored and emitted, and changed objects
are read again at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ad_metrics import store
from ..ad_metrics.news import AdNews
from ..ad_metrics.states import REVIEWS
from ..clock import Clock
from ..database import Database, TenantConnection
from ..integrations.accounts import Holder
from ..subscriptions.events import EventEmitter
from ..webhooks import ads_news
from .schedule import SyncSchedule
from .types.ads_metrics import ADS_METRICS
from .types.ads_status import ADS_STATUS

_LEVELS = {event.value: level for level, event in REVIEWS.items()}
_READ_AGAIN: Mapping[str, tuple[str, str]] = {
    ads_news.REPORT_CHANGED: (ADS_METRICS.name, "recent_at"),
    ads_news.ACCOUNT_STATUS: (ADS_STATUS.name, "states_at"),
    ads_news.READ_AGAIN: (ADS_STATUS.name, "states_at"),
}
"""By event, the type that reads the ad account again, and the column of its last reading."""


class AdsWebhooks:
    """Follows events of ad accounts. Thread-safe."""

    def __init__(
        self, database: Database, clock: Clock, schedule: SyncSchedule, events: EventEmitter
    ) -> None:
        self._database = database
        self._clock = clock
        self._schedule = schedule
        self._news = AdNews(clock, events)

    def heard(self, holder: Holder, event: str, content: Mapping[str, Any], created: float) -> bool:
        """Follow one event. Idempotent. Returns False where a list had its news before."""
        account_id = str(content.get("advertiser_id") or "")
        level, again = _LEVELS.get(event), _READ_AGAIN.get(event)
        if not account_id or (level is None and again is None):
            return True
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, holder.org)
            if level is not None:
                return self._news.heard(tenant, account_id, level, content, created)
            if again is not None:
                kind, column = again
                store.change_account(tenant, account_id, **{column: None})
                now = self._clock.now()
                self._schedule.bring_forward(tenant, holder.integration_id, kind, now)
        return True
