"""News of videos that TikTok sends: they reach the activity store at once, also where no post of
the service became the video. Publishing tells of its own posts' videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.products import webhooks as platform

from ..activity import readings
from ..clock import Clock
from ..database import Database, TenantConnection
from ..integrations.accounts import Holder
from ..webhooks import effects
from .schedule import SyncSchedule
from .types.metrics import METRICS
from .types.videos import VIDEOS


class VideoWebhooks:
    """Follows events of creators' videos. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, schedule: SyncSchedule) -> None:
        self._database = database
        self._clock = clock
        self._schedule = schedule

    def heard(self, holder: Holder, event: str, content: Mapping[str, Any], created: float) -> bool:
        """Follow one event. Idempotent. Always True: TikTok's event is listed as it is."""
        payload = effects.typed(event, dict(content)) if event in effects.PUBLIC else None
        if isinstance(payload, platform.PublicationChanged):
            public, now = effects.PUBLIC[event], self._clock.now()
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, holder.org)
                of = (tenant, holder.integration_id)
                known = readings.record_visibility(*of, payload.post_id, public, created, now)
                if public:
                    due = METRICS if known else VIDEOS
                    self._schedule.bring_forward(*of, due.name, now)
        return True
