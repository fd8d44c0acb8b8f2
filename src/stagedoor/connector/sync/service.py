"""Synchronisation as callers see it: triggers, status, pauses."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..database import Database, TenantConnection
from ..integrations.service import Integrations
from . import store
from .errors import NoType, unknown_type
from .schedule import SyncSchedule
from .store import SyncSummary
from .sync_run import SyncType, Wanted
from .types import TYPES

ALL = "all"
_AT_ONCE = 500
_FAILURES = 50

logger = logging.getLogger("stagedoor.sync")


@dataclass(frozen=True, slots=True)
class Triggered:
    """The number of accounts whose run of a type is due now; `paused`: they run once it is
    resumed."""

    name: str
    accounts: int
    paused: bool


@dataclass(frozen=True, slots=True)
class TypeStatus:
    """The status of one type in an organisation; `paused_at` in Unix seconds."""

    name: str
    summary: SyncSummary
    paused_at: float | None
    paused_by: str | None


class SyncService:
    """The synchronisation of all organisations. Thread-safe."""

    def __init__(
        self, database: Database, clock: Clock, integrations: Integrations, schedule: SyncSchedule
    ) -> None:
        self._database = database
        self._clock = clock
        self._integrations = integrations
        self._schedule = schedule

    @property
    def types(self) -> Sequence[SyncType]:
        """The types that can be synchronised."""
        return tuple(TYPES.values())

    def trigger(
        self,
        org: str,
        names: Sequence[str],
        *,
        force: bool = False,
        since: float | None = None,
        integration: str | None = None,
    ) -> list[Triggered]:
        """Run types now, for all accounts of the organisation or for one. `names` may have "all".

        Raises `InvalidInput` for an unknown type, `NoIntegration`.
        """
        for name in names:
            if name not in TYPES and name != ALL:
                raise unknown_type("syncType", name, TYPES)
        if integration is not None:
            self._integrations.get(org, integration)
        wanted = Wanted(self._clock.now(), force, since)
        chosen = [name for name in TYPES if name in names or ALL in names]
        return [self._trigger(org, name, wanted, integration) for name in chosen]

    def _trigger(self, org: str, kind: str, wanted: Wanted, integration: str | None) -> Triggered:
        after, total = None, 0
        while True:
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, org)
                paused = store.paused(tenant, kind)
                some = store.accounts(tenant, kind, after, _AT_ONCE, integration)
                if some:
                    self._schedule.trigger(tenant, kind, some, wanted)
            total += len(some)
            if len(some) < _AT_ONCE:
                return Triggered(kind, total, paused)
            after = some[-1]

    def status(self, org: str) -> tuple[list[TypeStatus], Sequence[Any]]:
        """The status of each type, and the states of up to 50 accounts where something is wrong."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            summaries = store.summaries(tenant, self._clock.now(), time.time())
            pauses = store.pauses(tenant)
            failures = store.failures(tenant, _FAILURES)
        return [self._status(name, summaries, pauses) for name in TYPES], failures

    def pause(self, org: str, kind: str, by: str) -> TypeStatus:
        """Start no run of the type before it is resumed. Raises `NoType`."""
        self._known(kind)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.pause(tenant, kind, self._clock.now(), by)
            logger.warning("sync is paused", extra={"org": org, "type": kind, "by": by})
            return self._one(tenant, kind)

    def resume(self, org: str, kind: str, by: str) -> TypeStatus:
        """Resume the type: what became due meanwhile runs now. Raises `NoType`."""
        self._known(kind)
        with self._database.begin() as connection:
            store.resume(TenantConnection(connection, org), kind)
        after = None
        while True:
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, org)
                some = store.accounts(tenant, kind, after, _AT_ONCE, waiting=True)
                self._schedule.resume(tenant, kind, some)
                if len(some) < _AT_ONCE:
                    logger.warning("sync is resumed", extra={"org": org, "type": kind, "by": by})
                    return self._one(tenant, kind)
            after = some[-1]

    def _known(self, kind: str) -> None:
        if kind not in TYPES:
            raise NoType(TYPES)

    def _one(self, tenant: TenantConnection, kind: str) -> TypeStatus:
        summaries = store.summaries(tenant, self._clock.now(), time.time())
        return self._status(kind, summaries, store.pauses(tenant))

    def _status(
        self, name: str, summaries: dict[str, SyncSummary], pauses: dict[str, Any]
    ) -> TypeStatus:
        pause = pauses.get(name)
        return TypeStatus(
            name,
            summaries.get(name, SyncSummary()),
            None if pause is None else pause.at,
            None if pause is None else pause.by,
        )
