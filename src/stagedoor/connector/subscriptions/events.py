"""Emitting events: a row for each subscription that wants them, in the caller's transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ..clock import Clock
from ..database import TenantConnection
from ..event_types import OF_POSTS, EventType
from ..notices.service import Notice
from ..schedule.store import wait, wait_once
from . import store
from .subscription import KEEP_SECONDS, Channel, DeliveryState, matches

DELIVER = "deliver-events"
"""Kind of due row: send the due messages of an organisation's subscriptions."""
TIDY = "tidy-events"
"""Kind of due row: delete an organisation's old deliveries."""
Data = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""The data of an event, or a function that is called only where somebody wants it."""


class EventEmitter:
    """Emits events. Every method works in the caller's transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def emit(
        self,
        tenant: TenantConnection,
        type_: EventType,
        data: Data,
        channel: Channel = Channel.WEBHOOK,
    ) -> None:
        """Have the organisation's subscriptions of this channel told. `data` holds no secret."""
        name = EventType(type_).value
        wanted = [
            one
            for one in store.enabled(tenant)
            if one.channel is channel and matches(one.events, name)
        ]
        if not wanted:
            return
        now = self._clock.now()
        body = {
            "type": name,
            "timestamp": datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z"),
            "organisation": tenant.org,
            "data": dict(data() if callable(data) else data),
        }
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        for subscription in wanted:
            store.add_delivery(
                tenant,
                id=f"msg_{int(now * 1000):013x}{secrets.token_hex(8)}",
                subscription=subscription.id,
                type=name,
                body=text,
                created=now,
                state=DeliveryState.WAITING.value,
                next_at=now,
            )
        wait(tenant.connection, DELIVER, tenant.org, now)
        wait_once(tenant.connection, TIDY, tenant.org, now + KEEP_SECONDS)

    def notice(self, tenant: TenantConnection, notice: Notice) -> None:
        """Send a notice by e-mail, and as an event of its kind."""
        data = {
            "noticeId": notice.id,
            "subject": notice.subject,
            "message": notice.message,
            "detail": notice.detail,
        }
        kind = EventType(notice.kind)
        self.emit(tenant, kind, data, Channel.EMAIL)
        if kind not in OF_POSTS:
            self.emit(tenant, kind, data)
