"""Whether this process can serve, and what of the service doesn't work as it should.

`BLOCKING` and `DEGRADING` list the checks. A check returns the reason why it fails, or None. While
one of `BLOCKING` fails, this process can't serve (503); one of `DEGRADING` leaves it in use (200)
and is told to the organisations' admins.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from .database import Scope
from .database.migrate import current
from .errors import ApiError, Unavailable
from .media.storage import RESERVE
from .pauses.service import Reason
from .tenants.models import organisations
from .vault.opening import sampled
from .waiting.models import workers
from .waiting.store import wait_once

if TYPE_CHECKING:
    from .services import Services

WORKER_SECONDS = 60.0
"""So long after the last worker's last sign of life the service is degraded."""
FRESH_SECONDS = 1.0
"""A report is made at most this often, whoever asks."""
WATCH_SECONDS = 30.0
TOLD = "told-degraded"
"""The kind of due row that stands for a notice of the last day; its ref is the check's name."""
_TELL_AGAIN_SECONDS = 86_400.0

logger = logging.getLogger("stagedoor.health")

Check = Callable[["Services"], str | None]


def database(services: Services) -> str | None:
    """The database takes a write."""
    why = services.readiness.database()
    if not why:
        return None
    return f"The database {why}: see that it runs, and that its disk has room."


def migrations(services: Services) -> str | None:
    """The database has the newest shape."""
    try:
        if current(services.database):
            return None
    except (Unavailable, DBAPIError):
        return "The database can't be read."
    return "The database has another version's tables: start the newest version."


def vault(services: Services) -> str | None:
    """The vault's keys open what the vault holds."""
    try:
        if sampled(services.database, services.keys):
            return None
    except (Unavailable, DBAPIError):
        return "The database can't be read."
    return (
        "The vault doesn't open with the keys of this process: see that keys.json or "
        "STAGEDOOR_VAULT_KEYS is the one that the service had before."
    )


def media(services: Services) -> str | None:
    """The media store takes a write."""
    why = services.readiness.media()
    return f"The media store {why}." if why and not why.endswith(".") else why or None


def room(services: Services) -> str | None:
    """Uploads have room."""
    if services.media.storage.free() >= RESERVE:
        return None
    return "Uploads are refused, because the media store is full: make room."


def publishing(services: Services) -> str | None:
    """Publishing isn't paused for everybody."""
    pause = services.pauses.whole()
    if not pause.paused:
        return None
    why = f" ({pause.why})" if pause.why else ""
    if pause.reason is Reason.RESTORED:
        return (
            f"The database counts as restored{why}, so no post is published: look at what was "
            "made since the backup, then run `stagedoor resume`."
        )
    return f"Publishing is paused{why}: `stagedoor resume` ends it."


def worker(services: Services) -> str | None:
    """Some worker lives."""
    try:
        with services.database.read() as connection:
            newest = connection.scalar(select(func.max(workers.c.alive_until)))
    except (Unavailable, DBAPIError):
        return "The database can't be read."
    if newest is not None and newest > time.time() - WORKER_SECONDS:
        return None
    return "No worker is at work, so no post is published: start `stagedoor worker`."


BLOCKING: Mapping[str, Check] = {"database": database, "migrations": migrations, "vault": vault}
DEGRADING: Mapping[str, Check] = {
    "media": media,
    "room": room,
    "worker": worker,
    "publishing": publishing,
}


@dataclass(frozen=True, slots=True)
class Report:
    """The reasons, by the name of the check that fails."""

    blocking: Mapping[str, str] = field(default_factory=dict)
    degrading: Mapping[str, str] = field(default_factory=dict)

    @property
    def serves(self) -> bool:
        return not self.blocking

    def body(self) -> dict[str, object]:
        """JSON for `/readyz`."""
        status = "failing" if self.blocking else "degraded" if self.degrading else "ok"
        failing = {**self.blocking, **self.degrading}
        checks = {name: "failing" if name in failing else "ok" for name in (*BLOCKING, *DEGRADING)}
        reasons = [{"check": name, "reason": reason} for name, reason in failing.items()]
        return {"status": status, "checks": checks, "reasons": reasons}


class Health:
    """Makes reports, each at most once a second. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._made = 0.0

    def report(self) -> Report:
        with self._lock:
            if self._report is None or time.monotonic() - self._made > FRESH_SECONDS:
                self._report = self._look()
                self._made = time.monotonic()
            return self._report

    def _look(self) -> Report:
        blocking = self._failing(BLOCKING)
        if "database" in blocking:
            return Report(blocking)
        return Report(blocking, self._failing(DEGRADING))

    def _failing(self, checks: Mapping[str, Check]) -> dict[str, str]:
        found = {name: self._reason(name, check) for name, check in checks.items()}
        return {name: reason for name, reason in found.items() if reason is not None}

    def _reason(self, name: str, check: Check) -> str | None:
        try:
            return check(self._services)
        except ApiError as error:
            return error.message
        except Exception:
            logger.exception("the check %s broke off", name)
            return "The check itself failed; the log says how."


class Watch:
    """Tells the organisations' admins when the service stays degraded; a thread of `serve`."""

    def __init__(self, services: Services, health: Health) -> None:
        self._services = services
        self._health = health
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
        """Tell of what failed twice in a row, once a day whichever process sees it first."""
        failing = self._health.report().degrading
        for name, reason in failing.items():
            if name in self._before:
                self._tell(name, reason)
        self._before = frozenset(failing)

    def _tell(self, name: str, reason: str) -> None:
        database, clock = self._services.database, self._services.clock
        with database.begin() as connection:
            again = clock.now() + _TELL_AGAIN_SECONDS
            if not wait_once(connection, TOLD, name, again):
                return
            for org in connection.scalars(select(organisations.c.id)).all():
                self._services.notices.tell(
                    Scope(connection, org), "service.degraded", name, reason, {"check": name}
                )
