"""The end of a research job, and the wake-up of jobs that wait for its share of the quota."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ..clock import Clock
from ..database import TenantConnection
from ..event_types import EventType
from ..leases import RELEASED
from ..schedule import store as due_rows
from ..subscriptions.events import EventEmitter
from . import store
from .job import JobState, ResearchJob
from .schemas import ResearchJobShown

RUN = "research"
"""Kind of due row: go on with a job; its ref is organisation/job."""
ERASE = "research-erase"
"""Kind of due row: delete a job with its rows."""
DAY = 86_400.0
_WOKEN = 200
_TOLD = {
    JobState.WAITING: EventType.RESEARCH_WAITING,
    JobState.COMPLETED: EventType.RESEARCH_COMPLETED,
    JobState.FAILED: EventType.RESEARCH_FAILED,
    JobState.CANCELLED: EventType.RESEARCH_CANCELLED,
}


class JobEndings:
    """Ends jobs, and tells of it. Every method works in the caller's transaction."""

    def __init__(self, clock: Clock, events: EventEmitter) -> None:
        self._clock = clock
        self._events = events

    def end(
        self,
        tenant: TenantConnection,
        job: ResearchJob,
        state: JobState,
        error: Mapping[str, Any] | None = None,
        complete: bool = False,
    ) -> ResearchJob:
        """End a job, which the caller has locked: its rows stay for the time that its request
        named. Jobs that wait for their share of the same quota go on."""
        now = self._clock.now()
        values: dict[str, Any] = {
            "error": error,
            "complete": complete,
            "resumes": None,
            "ended": now,
            "expires": now + job.keep_days * DAY,
            **RELEASED,
        }
        store.change(tenant, job.id, state=state.value, **values)
        ref = f"{tenant.org}/{job.id}"
        due_rows.forget(tenant.connection, RUN, ref)
        due_rows.wait(tenant.connection, ERASE, ref, values["expires"])
        self.wake(tenant.connection, job.app_id, job.pool)
        ended = replace(job, state=state, **values)
        self._emit(tenant, ended)
        return ended

    def wake(self, connection: Connection, app_id: str, pool: str) -> None:
        """Try again the jobs that wait for a quota: a share has become free."""
        now = self._clock.now()
        for org in store.organisations_waiting(connection, app_id, pool):
            waiting = store.waiting(TenantConnection(connection, org), app_id, pool, _WOKEN)
            due_rows.wait_all(connection, RUN, [f"{org}/{one}" for one in waiting], now)

    def tell(self, tenant: TenantConnection, job: ResearchJob, why: str | None) -> None:
        """Tell that a job waits for the quota."""
        self._emit(tenant, job, reason=why)

    def _emit(self, tenant: TenantConnection, job: ResearchJob, **more: Any) -> None:
        def data() -> Mapping[str, Any]:
            return ResearchJobShown.of(job).model_dump(mode="json", by_alias=True) | more

        self._events.emit(tenant, _TOLD[job.state], data)
