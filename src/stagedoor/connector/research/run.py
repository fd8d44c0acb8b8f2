"""One run of a research job: it makes some requests, and stores every page with the place of
the next one in one transaction, so a killed run loses and doubles nothing."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from stagedoor.client import RetryPolicy, TikTok
from stagedoor.client import errors as client
from stagedoor.platform.paging import CursorStandsStill
from stagedoor.platform.products.research import PAGING_INVALID, SEARCH_ID_INVALID
from stagedoor.platform.products.research.query import read_date, write_date

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError, ServiceUnavailable
from ..integrations.service import Integrations
from ..integrations.tiktok_errors import api_error_of
from ..jobs import Shutdown
from ..limits.errors import TooFast
from ..schedule import store as due_rows
from . import quota, store
from .ending import RUN, JobEndings
from .job import JobProgress, JobState, ResearchJob, stored_values
from .kinds import KINDS, JobKind, Unit
from .quota import UsedUp
from .rows import packed

HOLD_SECONDS = 300.0
CALLS = 25
"""The largest number of requests of a run: then other jobs have their turn."""
MAX_PROBLEMS = 100
_ONCE = RetryPolicy(attempts=1)
_RATE_SECONDS = 60.0
_FIRST_SECONDS, _LONGEST_SECONDS = 5.0, 3_600.0
_ATTEMPTS = 8
"""Failures of TikTok for one request, one after another, after which the request is given up."""
_SEARCH_SECONDS, _SEARCH_ATTEMPTS = 2.0, 5
"""A new search id may be refused for some seconds; after so many attempts the search is lost."""
_UNUSABLE = (client.TokenInvalid, client.ClientRejected, client.ScopeMissing)
_OF_REQUEST = (
    client.BadRequest,
    client.InvalidRequest,
    client.NotFound,
    client.PolicyRefused,
    client.WrongState,
)


@dataclass(frozen=True, slots=True)
class _Pause:
    """The run ends, and goes on at `at`; `waits`: for the quota, because of `why`."""

    at: float
    waits: bool = False
    why: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the service that runs use."""

    database: Database
    clock: Clock
    integrations: Integrations
    ending: JobEndings
    shutdown: Shutdown


class ResearchRun:
    """One run of a job."""

    def __init__(self, parts: Parts, job: ResearchJob, held_by: str) -> None:
        """`held_by` is the hold that the run took."""
        self._database = parts.database
        self._clock = parts.clock
        self._integrations = parts.integrations
        self._ending = parts.ending
        self._shutdown = parts.shutdown
        self._job = job
        self._held_by = held_by
        self._kind: JobKind = KINDS[job.kind]
        self._waited = job.state is JobState.WAITING
        """The job waited when this run began, and has made no request since."""
        self._stored: set[int] | None = None
        """The ids of rows of a unit whose search was lost."""

    def go_on(self) -> None:
        """Make requests until the job ends, has to wait, or other jobs have their turn."""
        try:
            app_id, tiktok = self._integrations.for_app(self._job.org, _ONCE)
        except ServiceUnavailable:
            raise
        except ApiError as error:
            self.fail(error)
            return
        for number in range(CALLS):
            if number and self._shutdown.begun:
                break
            unit = self._unit()
            if unit is None or self._at_a_limit():
                self._complete()
                return
            pause = self._step(app_id, tiktok, unit)
            if pause is not None:
                self._pause(pause)
                return
            if self._job.over:
                return
        self._pause(_Pause(self._clock.now()))

    # one request

    def _step(self, app_id: str, tiktok: TikTok, unit: Unit) -> _Pause | None:
        paused = self._count_request(app_id)
        if paused is not None:
            return paused
        values = self._values(unit)
        try:
            answer = tiktok.call(self._kind.operation, **values)
        except client.QuotaExceeded as error:
            return self._closed(app_id, error)
        except (client.RateLimited, TooFast) as error:
            return _Pause(self._clock.now() + (error.retry_after or _RATE_SECONDS))
        except _UNUSABLE as error:
            self.fail(api_error_of(error))
            return None
        except client.BadRequest as error:
            if self._job.progress.place is not None and _is_lost(error, self._kind):
                return self._lost_search()
            self._give_up(unit, api_error_of(error))
            return None
        except _OF_REQUEST as error:
            self._give_up(unit, api_error_of(error))
            return None
        except client.StagedoorError as error:
            if self._job.attempts + 1 >= _ATTEMPTS:
                self._give_up(unit, api_error_of(error))
                return None
            wait = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0**self._job.attempts)
            return _Pause(self._clock.now() + wait, failed=True)
        self._keep(app_id, unit, values, answer)
        return None

    def _count_request(self, app_id: str) -> _Pause | None:
        now = self._clock.now()
        with self._write() as write:
            tenant = write.tenant
            found = quota.take(tenant.connection, tenant.org, app_id, self._kind.quota, now)
            if isinstance(found, UsedUp):
                return _Pause(found.resets_at, waits=True, why=found.why)
            write.change(app_id=app_id, requests=self._job.requests + 1)
            self._waited = False
        return None

    def _closed(self, app_id: str, error: client.QuotaExceeded) -> _Pause:
        with self._database.begin() as connection:
            until = quota.close(connection, app_id, self._kind.quota, error, self._clock.now())
        return _Pause(until, waits=True, why="TikTok says that the app's daily quota is used up.")

    def _values(self, unit: Unit) -> dict[str, Any]:
        """The fields of the next request."""
        progress, paging = self._job.progress, self._kind.paging
        if progress.last_day is not None:
            unit = Unit(unit.request, unit.first_day, progress.last_day)
        values = self._kind.asks_for(self._job.asked[unit.request], unit)
        if paging is None:
            return values
        size = paging.fitting(paging.max_size, self._job.max_rows - self._job.rows)
        values |= paging.first(paging.max_size)
        values |= progress.place or {}
        return values | {paging.size: size}

    def _keep(self, app_id: str, unit: Unit, values: dict[str, Any], answer: Any) -> None:
        """Store the rows of an answer, and the place of the next request."""
        job, kind = self._job, self._kind
        rows = kind.rows(answer, job.asked[unit.request])
        received, ids = len(rows), None
        if kind.searches:
            new = self._new(answer)
            ids = array("Q", (one for one, is_new in new if is_new))
            rows = [row for row, (_, is_new) in zip(rows, new, strict=True) if is_new]
        fitting = job.max_rows - job.rows
        cut = len(rows) > fitting
        rows, ids = rows[:fitting], None if ids is None else ids[:fitting]
        problems = list(job.problems)
        progress = job.progress if cut else self._after(unit, values, answer, problems)
        with self._write() as write:
            if rows:
                store.add_page(
                    write.tenant,
                    job.id,
                    job.rows,
                    len(rows),
                    job.progress.unit,
                    unit.request,
                    packed(rows),
                    None if ids is None else ids.tobytes(),
                )
            write.change(
                rows=job.rows + len(rows),
                progress=progress,
                problems=problems,
                attempts=0,
            )
            quota.received(write.tenant.connection, app_id, kind.quota, received, self._clock.now())

    def _after(
        self, unit: Unit, values: dict[str, Any], answer: Any, problems: list[Any]
    ) -> JobProgress:
        """The place after an answer."""
        progress, paging = self._job.progress, self._kind.paging
        if paging is None:
            return progress.next_unit()
        try:
            further = paging.after(values, answer)
        except CursorStandsStill:
            said = "TikTok says that there is more, but not where: the rest can't be reached."
            _add_problem(problems, unit, "paging_broken", said)
            return progress.next_unit()
        if further is None:
            return progress.next_unit()
        posted = self._kind.last_posted(answer) if self._kind.searches else None
        return progress.at(further, posted)

    # a search that is lost

    def _lost_search(self) -> _Pause | None:
        """Wait for a search id that may not be ready yet; later repeat the search from the day of
        the last row on, and leave out the rows that are stored."""
        if self._job.attempts + 1 < _SEARCH_ATTEMPTS:
            wait = _SEARCH_SECONDS * 2.0**self._job.attempts
            return _Pause(self._clock.now() + wait, failed=True)
        before = self._job.progress
        last_day = before.last_day
        unit = self._unit()
        if before.posted is not None and unit is not None and unit.last_day is not None:
            # a day later: ids, by which pages are ordered, may differ from times by a little
            day = datetime.fromtimestamp(before.posted, UTC).date() + timedelta(days=1)
            last_day = write_date(min(day, read_date(last_day or unit.last_day)))
        progress = JobProgress(before.unit, None, last_day, again=True, posted=before.posted)
        with self._write() as write:
            write.change(progress=progress, attempts=0)
        self._stored = None
        return None

    def _new(self, answer: Any) -> list[tuple[int, bool]]:
        """The id of each item of an answer, and whether its row isn't stored yet."""
        ids = self._kind.ids(answer)
        if not self._job.progress.again:
            return [(one, True) for one in ids]
        if self._stored is None:
            self._stored = set()
            with self._database.read() as connection:
                tenant = TenantConnection(connection, self._job.org)
                for data in store.ids_of(tenant, self._job.id, self._job.progress.unit):
                    self._stored.update(array("Q", data))
        known = self._stored
        found = [(one, not one or one not in known) for one in ids]
        known.update(ids)
        return found

    # ends

    def _unit(self) -> Unit | None:
        units = self._kind.units(self._job.asked)
        return next(islice(units, self._job.progress.unit, None), None)

    def _at_a_limit(self) -> bool:
        return self._job.rows >= self._job.max_rows or self._job.requests >= self._job.max_requests

    def _give_up(self, unit: Unit, error: ApiError) -> None:
        """TikTok refuses a request: the job goes on with the next one."""
        problems = list(self._job.problems)
        _add_problem(problems, unit, error.code, error.message, error.log_id)
        with self._write() as write:
            progress = self._job.progress.next_unit()
            write.change(progress=progress, problems=problems, attempts=0)

    def _complete(self) -> None:
        job = self._job
        if job.problems and not job.rows:
            self._end(JobState.FAILED, error=job.problems[0], complete=False)
            return
        complete = not job.problems and self._unit() is None
        self._end(JobState.COMPLETED, error=None, complete=complete)

    def fail(self, error: ApiError) -> None:
        """End the job: it can't go on."""
        said = {"code": error.code, "message": error.message, "logId": error.log_id}
        self._end(JobState.FAILED, error=said, complete=False)

    def _end(self, state: JobState, error: Mapping[str, Any] | None, complete: bool) -> None:
        with self._write() as write:
            self._ending.end(write.tenant, self._job, state, error, complete)
        self._job = replace(self._job, state=state)

    def _pause(self, pause: _Pause) -> None:
        job = self._job
        values: dict[str, Any] = dict(leases.RELEASED) | {"resumes": pause.at}
        if pause.failed:
            values["attempts"] = job.attempts + 1
        if pause.waits:
            values["state"] = JobState.WAITING
        with self._write() as write:
            due_rows.wait(write.tenant.connection, RUN, f"{job.org}/{job.id}", pause.at)
            write.change(**values)
            if pause.waits and not self._waited:
                self._ending.tell(write.tenant, replace(job, **values), pause.why)

    @contextmanager
    def _write(self) -> Iterator[_Write]:
        """A transaction that holds the job's row. Raises `HoldLost` if this run doesn't hold the
        job any more; otherwise the hold is extended."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, self._job.org)
            row = store.lock(tenant, self._job.id)
            if row is None or row.held_by != self._held_by:
                raise leases.HoldLost
            write = _Write(tenant)
            yield write
            if write.values:
                given = leases.renewal(HOLD_SECONDS) | stored_values(write.values)
                store.change(tenant, self._job.id, **given)
        self._job = replace(self._job, **write.values)


@dataclass
class _Write:
    """A transaction of a run, and the values of the job that it changes."""

    tenant: TenantConnection
    values: dict[str, Any] = field(default_factory=dict)

    def change(self, **values: Any) -> None:
        self.values |= values


def _is_lost(error: client.BadRequest, kind: JobKind) -> bool:
    said = (SEARCH_ID_INVALID, PAGING_INVALID)
    return kind.searches and any(one in error.message for one in said)


def _add_problem(
    problems: list[Any], unit: Unit, code: str, message: str, log_id: str | None = None
) -> None:
    if len(problems) < MAX_PROBLEMS:
        problems.append(
            {"request": unit.request, "code": code, "message": message, "logId": log_id}
        )
