"""Pausing and resuming: nothing is lost, what is due waits."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from ..clock import Clock
from ..database import Database, TenantConnection, organisations_with
from ..installation import store as installation
from ..publishing.holding import Holding, organisations_waiting
from . import store
from .models import pauses

logger = logging.getLogger("stagedoor.pauses")


class Reason(StrEnum):
    """Why publishing waits, for callers and for /readyz."""

    PAUSED = "paused"
    """Somebody asked for it."""
    RESTORED = "restored"
    """The database is an earlier one than its witness saw."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How an organisation's publishing stands. `of_service`: it waits because of the whole
    service, and not by its own word. `at` is in Unix seconds."""

    paused: bool
    reason: Reason | None = None
    why: str | None = None
    at: float | None = None
    by: str | None = None
    of_service: bool = False


RUNNING = Pause(False)


class Pauses:
    """Of all organisations; safe to share between threads."""

    def __init__(self, database: Database, clock: Clock, holding: Holding) -> None:
        self._database = database
        self._clock = clock
        self._holding = holding

    def get(self, org: str) -> Pause:
        with self._database.read() as connection:
            return self._of(TenantConnection(connection, org))

    def pause(self, org: str, by: str, why: str | None = None) -> Pause:
        """Let the organisation's posts wait. What TikTok has already goes on."""
        now = self._clock.now()
        with self._database.begin() as connection:
            scope = TenantConnection(connection, org)
            store.put(scope, paused=True, at=now, by=by, why=why)
            logger.warning("publishing is paused", extra={"org": org, "by": by})
            return self._of(scope)

    def resume(self, org: str, by: str) -> Pause:
        """Publish again, what was due meanwhile at once. Ends the service's pause for the
        organisation, too, but no later one."""
        now = self._clock.now()
        with self._database.begin() as connection:
            scope = TenantConnection(connection, org)
            generation = store.service(connection).generation
            store.put(scope, paused=False, resumed_generation=generation, at=now, by=by, why=None)
            self._holding.go_on(scope)
            logger.warning("publishing is resumed", extra={"org": org, "by": by})
            return self._of(scope)

    def pause_all(self, why: str | None = None) -> None:
        """Let the posts of every organisation wait."""
        with self._database.begin() as connection:
            values = {
                "paused": True,
                "paused_at": self._clock.now(),
                "paused_reason": Reason.PAUSED.value,
                "paused_why": why,
            }
            row = installation.row(connection)
            installation.change(connection, generation=row.generation + 1, **values)
            logger.warning("publishing is paused for every organisation")

    def resume_all(self) -> list[str]:
        """End the pause of the whole service; gives the organisations that wait by their own
        word still."""
        with self._database.begin() as connection:
            waiting = set(organisations_with(connection, pauses, pauses.c.paused.is_(True)))
            for org in organisations_waiting(connection):
                if org not in waiting:
                    self._holding.go_on(TenantConnection(connection, org))
            # after the posts, because a run that begins an init locks its post before this row
            installation.change(
                connection, paused=False, paused_at=None, paused_reason=None, paused_why=None
            )
            logger.warning("publishing is resumed for every organisation")
            return sorted(waiting)

    def whole(self) -> Pause:
        """The pause of the whole service."""
        with self._database.read() as connection:
            return self._whole(connection)

    def _whole(self, connection: Connection) -> Pause:
        row = store.service(connection)
        if not row.paused:
            return RUNNING
        return Pause(
            True, Reason(row.paused_reason), row.paused_why, row.paused_at, None, of_service=True
        )

    def _of(self, scope: TenantConnection) -> Pause:
        if not store.stops(scope):
            return RUNNING
        row = store.own(scope)
        if row is not None and row.paused:
            return Pause(True, Reason.PAUSED, row.why, row.at, row.by)
        return self._whole(scope.connection)
