"""Pausing and resuming publishing: nothing is lost, due posts wait."""

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
    """The reason of a pause, for callers and for /readyz."""

    PAUSED = "paused"
    """The pause was requested."""
    RESTORED = "restored"
    """The database was restored from an earlier state than its witness saw."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The pause of an organisation. `of_service`: the whole service is paused, not the organisation
    itself. `at` is in Unix seconds."""

    paused: bool
    reason: Reason | None = None
    why: str | None = None
    at: float | None = None
    by: str | None = None
    of_service: bool = False


RUNNING = Pause(False)


class Pauses:
    """The pauses of all organisations. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, holding: Holding) -> None:
        self._database = database
        self._clock = clock
        self._holding = holding

    def get(self, org: str) -> Pause:
        with self._database.read() as connection:
            return self._of(TenantConnection(connection, org))

    def pause(self, org: str, by: str, why: str | None = None) -> Pause:
        """Pause the organisation's posts. Posts that TikTok already has continue."""
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.put(tenant, paused=True, at=now, by=by, why=why)
            logger.warning("publishing is paused", extra={"org": org, "by": by})
            return self._of(tenant)

    def resume(self, org: str, by: str) -> Pause:
        """Resume; posts that became due meanwhile are published at once. This also exempts the
        organisation from the service's present pause, but not from a later one."""
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            generation = store.service(connection).generation
            store.put(tenant, paused=False, resumed_generation=generation, at=now, by=by, why=None)
            self._holding.go_on(tenant)
            logger.warning("publishing is resumed", extra={"org": org, "by": by})
            return self._of(tenant)

    def pause_all(self, why: str | None = None) -> None:
        """Pause the posts of every organisation."""
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
        """End the pause of the whole service; returns the organisations that are still paused by
        themselves."""
        with self._database.begin() as connection:
            waiting = set(organisations_with(connection, pauses, pauses.c.paused.is_(True)))
            for org in organisations_waiting(connection):
                if org not in waiting:
                    self._holding.go_on(TenantConnection(connection, org))
            # locked after the posts, because a run that begins an init locks its post before this
            # row
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

    def _of(self, tenant: TenantConnection) -> Pause:
        if not store.stops(tenant):
            return RUNNING
        row = store.own(tenant)
        if row is not None and row.paused:
            return Pause(True, Reason.PAUSED, row.why, row.at, row.by)
        return self._whole(tenant.connection)
