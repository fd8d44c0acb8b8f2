"""Runs of research jobs: taken from their due rows, one run a job."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..integrations.service import Integrations
from ..jobs import Shutdown
from ..schedule import store as due_rows
from . import store
from .ending import RUN, JobEndings
from .job import JobState, ResearchJob
from .run import HOLD_SECONDS, Parts, ResearchRun

AT_ONCE, AT_ONCE_OF_ORG = 6, 2
"""Runs at once in a process, and of one organisation: the worker's threads are for posts, too."""
_NO_PLACE_SECONDS = 2.0

logger = logging.getLogger("stagedoor.research")


class JobRuns:
    """Runs research jobs, in one process. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        integrations: Integrations,
        ending: JobEndings,
        shutdown: Shutdown,
    ) -> None:
        self._parts = Parts(database, clock, integrations, ending, shutdown)
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        """The number of runs by organisation."""
        self._broken: dict[str, str] = {}
        """By ref, the holds of runs of this process that the database broke off."""

    def run(self, ref: str) -> None:
        """Run once, by the ref of a due row: organisation/job. Idempotent."""
        org, job_id = ref.rsplit("/", 1)
        if not self._takes_slot(org):
            with self._database.begin() as connection:
                due_rows.wait(connection, RUN, ref, self._clock.now() + _NO_PLACE_SECONDS)
            return
        try:
            self._run(ref, org, job_id)
        finally:
            with self._lock:
                self._running[org] -= 1
                self._running += Counter()  # removes zero counts

    def _takes_slot(self, org: str) -> bool:
        with self._lock:
            if self._running[org] >= AT_ONCE_OF_ORG or self._running.total() >= AT_ONCE:
                return False
            self._running[org] += 1
            return True

    def _run(self, ref: str, org: str, job_id: str) -> None:
        held = leases.hold(HOLD_SECONDS)
        try:
            job = self._take(org, job_id, held, self._broken.get(ref))
            self._broken.pop(ref, None)
            if job is not None:
                self._go_on(job, held["held_by"])
        except leases.HoldLost:
            about = {"org": org, "job": job_id}
            logger.info("a research job was taken over, or has ended", extra=about)
        except ServiceUnavailable:
            self._broken[ref] = held["held_by"]
            raise

    def _go_on(self, job: ResearchJob, held_by: str) -> None:
        run = ResearchRun(self._parts, job, held_by)
        try:
            run.go_on()
        except (leases.HoldLost, ServiceUnavailable):
            raise
        except Exception:
            logger.exception("a research job broke off", extra={"org": job.org, "job": job.id})
            run.fail(ApiError("Something went wrong here; it was logged."))

    def _take(
        self, org: str, job_id: str, held: Mapping[str, Any], broken: str | None
    ) -> ResearchJob | None:
        """The job, held by this run now; None: there is nothing to do at present. The hold
        `broken` counts as released."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.lock(tenant, job_id)
            if row is None or ResearchJob.of(row).over:
                return None
            now = self._clock.now()
            if not leases.is_free(row) and row.held_by != broken:
                rest = leases.seconds_left(row)
                due_rows.wait(connection, RUN, f"{org}/{job_id}", now + rest)
                return None
            begun = now if row.begun is None else row.begun
            store.change(
                tenant,
                job_id,
                state=JobState.RUNNING.value,
                resumes=None,
                begun=begun,
                **held,
            )
            return ResearchJob.of(row)
