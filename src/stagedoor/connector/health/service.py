"""Health checks: whether this process can serve requests, and which parts of the service are
degraded.

A check returns the reason why it fails, or None. While a `BLOCKING` check fails, this process can't
serve (503). While a `DEGRADING` one fails, the process stays in use (200) and the organisations'
admins are notified.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from ..database import Database
from ..database.migrate import current
from ..errors import ApiError, ServiceUnavailable
from ..keys import Keys
from ..media.service import MediaService
from ..media.storage import RESERVE
from ..pauses.service import Pauses, Reason
from ..schedule.models import workers
from ..vault.opening import sampled
from .readiness import Readiness

BLOCKING = ("database", "migrations", "vault")
DEGRADING = ("media", "room", "worker", "publishing")
WORKER_SECONDS = 60.0
"""The service counts as degraded this long after the last heartbeat of any worker."""
FRESH_SECONDS = 1.0
"""The shortest time between two reports; all callers share them."""

logger = logging.getLogger("stagedoor.health")

Check = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The reasons, by the name of the failing check."""

    blocking: Mapping[str, str] = field(default_factory=dict)
    degrading: Mapping[str, str] = field(default_factory=dict)

    @property
    def serves(self) -> bool:
        return not self.blocking

    def body(self) -> dict[str, object]:
        """The JSON of `/readyz`."""
        status = "failing" if self.blocking else "degraded" if self.degrading else "ok"
        failing = {**self.blocking, **self.degrading}
        checks = {name: "failing" if name in failing else "ok" for name in (*BLOCKING, *DEGRADING)}
        reasons = [{"check": name, "reason": reason} for name, reason in failing.items()]
        return {"status": status, "checks": checks, "reasons": reasons}


class Health:
    """Makes reports, each at most once a second. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        keys: Keys,
        readiness: Readiness,
        media: MediaService,
        pauses: Pauses,
    ) -> None:
        self._database = database
        self._keys = keys
        self._readiness = readiness
        self._media = media
        self._pauses = pauses
        self._lock = threading.Lock()
        self._report: HealthReport | None = None
        self._made = 0.0

    def report(self) -> HealthReport:
        with self._lock:
            if self._report is None or time.monotonic() - self._made > FRESH_SECONDS:
                self._report = self._look()
                self._made = time.monotonic()
            return self._report

    def _look(self) -> HealthReport:
        blocking = self._failing(BLOCKING)
        if "database" in blocking:
            return HealthReport(blocking)
        return HealthReport(blocking, self._failing(DEGRADING))

    def _failing(self, names: Sequence[str]) -> dict[str, str]:
        found = {name: self._reason(name, getattr(self, name)) for name in names}
        return {name: reason for name, reason in found.items() if reason is not None}

    def _reason(self, name: str, check: Check) -> str | None:
        try:
            return check()
        except ApiError as error:
            return error.message
        except Exception:
            logger.exception("the check %s broke off", name)
            return "The check itself failed; the log says how."

    # checks

    def database(self) -> str | None:
        """The database accepts a write."""
        why = self._readiness.database()
        if not why:
            return None
        return f"The database {why}: see that it runs, and that its disk has room."

    def migrations(self) -> str | None:
        """The database has the newest schema."""
        try:
            if current(self._database):
                return None
        except (ServiceUnavailable, DBAPIError):
            return "The database can't be read."
        return "The database has another version's tables: start the newest version."

    def vault(self) -> str | None:
        """The process's vault keys open the data keys in the database."""
        try:
            if sampled(self._database, self._keys):
                return None
        except (ServiceUnavailable, DBAPIError):
            return "The database can't be read."
        return (
            "The vault doesn't open with the keys of this process: see that keys.json or "
            "STAGEDOOR_VAULT_KEYS is the one that the service had before."
        )

    def media(self) -> str | None:
        """The media store accepts a write."""
        why = self._readiness.media()
        return f"The media store {why}." if why and not why.endswith(".") else why or None

    def room(self) -> str | None:
        """The media store has room for uploads."""
        if self._media.storage.free() >= RESERVE:
            return None
        return "Uploads are refused, because the media store is full: make room."

    def publishing(self) -> str | None:
        """Publishing isn't paused for the whole service."""
        pause = self._pauses.whole()
        if not pause.paused:
            return None
        why = f" ({pause.why})" if pause.why else ""
        if pause.reason is Reason.RESTORED:
            return (
                f"The database counts as restored{why}, so no post is published: look at what was "
                "made since the backup, then run `stagedoor resume`."
            )
        return f"Publishing is paused{why}: `stagedoor resume` ends it."

    def worker(self) -> str | None:
        """At least one worker is alive."""
        try:
            with self._database.read() as connection:
                newest = connection.scalar(select(func.max(workers.c.alive_until)))
        except (ServiceUnavailable, DBAPIError):
            return "The database can't be read."
        if newest is not None and newest > time.time() - WORKER_SECONDS:
            return None
        return "No worker is at work, so no post is published: start `stagedoor worker`."
