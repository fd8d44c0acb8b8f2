"""Requests under a daily quota that are no job's, such as those of agents: they count with those of
jobs, and are held to the organisation's share as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stagedoor.client.errors import QuotaExceeded
from stagedoor.platform.operation import Operation, Quota

from ..clock import Clock
from ..database import Database
from . import quota as quotas
from .errors import QuotaUsedUp
from .kinds import KINDS
from .quota import UsedUp


class SingleCalls:
    """Counts single requests. Thread-safe. Don't call its methods inside a transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def take(self, org: str, app_id: str, quota: Quota) -> None:
        """Count a request that is about to be sent. Raises `QuotaUsedUp`: don't send it."""
        now = self._clock.now()
        with self._database.begin() as connection:
            found = quotas.take(connection, org, app_id, quota, now)
        if isinstance(found, UsedUp):
            resets = datetime.fromtimestamp(found.resets_at, UTC)
            raise QuotaUsedUp(found.why, resets, max(1.0, found.resets_at - now))

    def answered(self, app_id: str, operation: Operation[..., Any], answer: Any) -> None:
        """Count the records of an answer."""
        kind = KINDS.get(operation.public_name)
        if operation.quota is None or kind is None:
            return
        records = 1 if kind.item is None else len(getattr(answer, kind.item) or ())
        with self._database.begin() as connection:
            quotas.received(connection, app_id, operation.quota, records, self._clock.now())

    def refused(self, app_id: str, quota: Quota, error: QuotaExceeded) -> None:
        """TikTok said that the quota is used up: nobody asks before it resets."""
        with self._database.begin() as connection:
            quotas.close(connection, app_id, quota, error, self._clock.now())
