"""How long data is kept: an organisation's setting, and the deletion of older data."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ..clock import Clock
from ..data_kinds import DataKind
from ..database import Database, TenantConnection
from ..errors import unfit
from ..schedule import store as due_rows
from ..tenants.store import RETAIN, RETAIN_SECONDS
from .registry import DataRegistry
from .settings import DAYS_AFTER_REMOVAL, Retention

_DAY = 86_400.0
_BATCHES = 20
"""Batches of one kind in one call of the job."""

logger = logging.getLogger("stagedoor.data")


class RetentionRules:
    """Shows and sets how long data is kept, and deletes older data. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, registry: DataRegistry) -> None:
        self._database = database
        self._clock = clock
        self._registry = registry

    @property
    def kinds(self) -> tuple[DataKind, ...]:
        return self._registry.kinds

    def get(self, org: str) -> Retention:
        with self._database.read() as connection:
            return Retention.read(TenantConnection(connection, org))

    def set(self, org: str, days: Mapping[str, int | None], after_removal: int) -> Retention:
        """Replace the setting; the next run, which is scheduled now, deletes data that is older
        than it allows. Raises `InvalidInput` by path."""
        if not 0 <= after_removal <= DAYS_AFTER_REMOVAL:
            raise unfit("daysAfterRemoval", f"must be 0 to {DAYS_AFTER_REMOVAL}")
        for name, wanted in days.items():
            self._check(name, wanted)
        chosen = Retention(dict(days), after_removal)
        with self._database.begin() as connection:
            chosen.write(TenantConnection(connection, org))
            due_rows.wait(connection, RETAIN, org, self._clock.now())
        return chosen

    def _check(self, name: str, days: int | None) -> None:
        kind = self._registry.find(name)
        if kind is None:
            settable = ", ".join(one.name for one in self.kinds if not one.keep.fixed)
            raise unfit(f"days.{name}", f"isn't a kind of data that can be set: {settable} are")
        keep = kind.keep
        if keep.allows(days):
            return
        if keep.fixed:
            raise unfit(f"days.{name}", "can't be set: it is the same for every organisation")
        without_end = ", or null for without end" if keep.unlimited else ""
        raise unfit(f"days.{name}", f"must be {keep.least} to {keep.most}{without_end}")

    def run(self, org: str) -> bool:
        """Delete a batch of the data that is older than the setting allows, and schedule the next
        day's run; return whether more may be left."""
        now = self._clock.now()
        with self._database.begin() as connection:
            # first: the worker deletes the row that it took, never one that was moved since
            due_rows.wait(connection, RETAIN, org, now + RETAIN_SECONDS)
        chosen, left = self.get(org), False
        for kind in self.kinds:
            days = chosen.of(kind)
            if days is None or kind.expire is None:
                continue
            try:
                for _ in range(_BATCHES):
                    if not kind.expire(org, now - days * _DAY):
                        break
                else:
                    left = True
            except Exception:  # one kind's failure leaves the others; it is tried again next day
                logger.exception("%s of %s couldn't be deleted", kind.name, org)
        return left
