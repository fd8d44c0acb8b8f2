"""Notifies the organisations' admins when the service stays degraded."""

from __future__ import annotations

import logging
import threading

from sqlalchemy import select

from ..clock import Clock
from ..database import Database, TenantConnection
from ..event_types import EventType
from ..notices.service import Notices
from ..schedule.store import wait_once
from ..tenants.models import organisations
from .service import Health

WATCH_SECONDS = 30.0
TOLD = "told-degraded"
"""The kind of the due row that records a notice of the last day; its ref is the check's name."""
_TELL_AGAIN_SECONDS = 86_400.0

logger = logging.getLogger("stagedoor.health")


class HealthWatch:
    """Notifies the organisations' admins when the service stays degraded; a thread of `serve`."""

    def __init__(self, health: Health, database: Database, clock: Clock, notices: Notices) -> None:
        self._health = health
        self._database = database
        self._clock = clock
        self._notices = notices
        self._stopping = threading.Event()
        self._before: frozenset[str] = frozenset()
        self._thread = threading.Thread(target=self._run, name="stagedoor health", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            try:
                self.look()
            except Exception:
                logger.exception("admins couldn't be told of the service's health")

    def look(self) -> None:
        """Notify admins of checks that failed twice in a row, once a day over all processes."""
        failing = self._health.report().degrading
        for name, reason in failing.items():
            if name in self._before:
                self._tell(name, reason)
        self._before = frozenset(failing)

    def _tell(self, name: str, reason: str) -> None:
        with self._database.begin() as connection:
            again = self._clock.now() + _TELL_AGAIN_SECONDS
            if not wait_once(connection, TOLD, name, again):
                return
            for org in connection.scalars(select(organisations.c.id)).all():
                self._notices.tell(
                    TenantConnection(connection, org),
                    EventType.SERVICE_DEGRADED,
                    name,
                    reason,
                    {"check": name},
                )
