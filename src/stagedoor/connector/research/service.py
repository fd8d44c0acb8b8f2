"""Research jobs as callers see them: begun, listed, cancelled, deleted, and their rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pydantic.alias_generators import to_camel

from stagedoor.client.errors import InvalidRequest
from stagedoor.platform.operation import next_day
from stagedoor.platform.products.research.query import write_date

from ..apps.service import Apps
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import unfit, unfit_parts
from ..pages import Page, bad_cursor, cursor_of, parse_cursor
from ..schedule import store as due_rows
from . import quota, store
from .cost import Cost, cost
from .ending import DAY, ERASE, RUN, JobEndings
from .errors import JobOver, NoJob, TooManyJobs
from .job import JobProgress, JobState, ResearchJob
from .kinds import KINDS, LAST_DAY, JobKind
from .quota import Use
from .rows import Row, unpacked

MAX_UNFINISHED = 50
MAX_PARTS = 10_000
"""Requests of a job, after its ranges of days were split."""
_PAGES = 50
_ERASED = 200

logger = logging.getLogger("stagedoor.research")


@dataclass(frozen=True, slots=True)
class BegunJob:
    """A job that was begun, or None for a dry run, with its cost. `day_ends` in Unix seconds."""

    kind: JobKind
    cost: Cost
    job: ResearchJob | None
    day_ends: float


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows of a job; `end` is the position after the last one."""

    rows: Sequence[Row]
    end: int
    more: bool
    state: JobState


class ResearchJobs:
    """The research jobs of all organisations. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, apps: Apps, ending: JobEndings) -> None:
        self._database = database
        self._clock = clock
        self._apps = apps
        self._ending = ending

    def begin(self, org: str, user: str, job_id: str, body: Any) -> BegunJob:
        """Begin a job, or only tell its cost. A job that exists under this id is given again.

        Raises `InvalidInput`, `NoApp`, `TooManyJobs`.
        """
        kind = KINDS[body.kind]
        asked = [_stored(kind, index, one) for index, one in enumerate(body.requests)]
        parts = sum(1 for _ in islice(kind.units(asked), MAX_PARTS + 1))
        if parts > MAX_PARTS:
            raise unfit("requests", f"are more than {MAX_PARTS} after ranges of days were split")
        app_id = self._apps.of_org(org).id
        most = body.max_requests or kind.quota.requests
        now = self._clock.now()
        _check_days(asked, now)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            used = quota.use(connection, org, app_id, kind.quota, now)
            told = cost(kind, parts, body.max_rows, most, used)
            if body.dry_run:
                return BegunJob(kind, told, None, float(next_day(now)))
            row = store.job(tenant, job_id)
            if row is None:
                if store.unfinished(tenant) >= MAX_UNFINISHED:
                    raise TooManyJobs(MAX_UNFINISHED)
                store.add(
                    tenant,
                    id=job_id,
                    kind=kind.name,
                    name=body.name,
                    app_id=app_id,
                    pool=kind.quota.pool,
                    asked=asked,
                    max_rows=body.max_rows,
                    max_requests=most,
                    keep_days=body.keep_days,
                    state=JobState.QUEUED.value,
                    progress=JobProgress().stored(),
                    requests=0,
                    rows=0,
                    problems=[],
                    attempts=0,
                    complete=False,
                    created=now,
                    created_by=user,
                    expires=now + body.keep_days * DAY,
                )
                due_rows.wait(connection, RUN, f"{org}/{job_id}", now)
                row = store.job(tenant, job_id)
        return BegunJob(kind, told, ResearchJob.of(row), float(next_day(now)))

    def quotas(self, org: str) -> tuple[list[tuple[JobKind, Use]], float]:
        """A kind of job for each quota with the quota's use, and the end of the day (Unix seconds).
        Raises `NoApp`."""
        app_id = self._apps.of_org(org).id
        kinds = {kind.quota.pool: kind for kind in KINDS.values()}
        now = self._clock.now()
        with self._database.read() as connection:
            used = [
                (kind, quota.use(connection, org, app_id, kind.quota, now))
                for kind in kinds.values()
            ]
        return used, float(next_day(now))

    def page(
        self, org: str, cursor: str | None, limit: int, state: JobState | None = None
    ) -> Page[ResearchJob]:
        """Newest first. Raises `InvalidInput`."""
        before = None
        if cursor is not None:
            at, (job_id,) = parse_cursor(cursor)
            before = at, job_id
        with self._database.read() as connection:
            found = store.page(TenantConnection(connection, org), before, limit + 1, state)
        jobs = [ResearchJob.of(row) for row in found[:limit]]
        more = len(found) > limit
        return Page(jobs, cursor_of(jobs[-1].created, jobs[-1].id) if more else None)

    def get(self, org: str, job_id: str) -> ResearchJob:
        """Raises `NoJob`, also for another organisation's job."""
        with self._database.read() as connection:
            row = store.job(TenantConnection(connection, org), job_id)
        if row is None:
            raise NoJob
        return ResearchJob.of(row)

    def cancel(self, org: str, job_id: str) -> ResearchJob:
        """End a job; its rows stay. Raises `NoJob`, `JobOver`."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.lock(tenant, job_id)
            if row is None:
                raise NoJob
            job = ResearchJob.of(row)
            if job.state is JobState.CANCELLED:
                return job
            if job.over:
                raise JobOver(job.state.value)
            return self._ending.end(tenant, job, JobState.CANCELLED)

    def delete(self, org: str, job_id: str) -> None:
        """Delete a job with its rows; one that runs ends. Raises `NoJob`."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.lock(tenant, job_id)
            if row is None:
                raise NoJob
            store.remove(tenant, job_id)
            ref = f"{org}/{job_id}"
            due_rows.forget(connection, RUN, ref)
            due_rows.wait(connection, ERASE, ref, self._clock.now())
            self._ending.wake(connection, row.app_id, row.pool)

    def erase(self, ref: str) -> bool:
        """Delete a part of a job that expired or was deleted, by its ref; returns whether there is
        more."""
        org, job_id = ref.rsplit("/", 1)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            row = store.lock(tenant, job_id)
            if row is not None:
                if row.expires > self._clock.now():
                    due_rows.wait(connection, ERASE, ref, row.expires)
                    return False
                store.remove(tenant, job_id)
            return store.remove_pages(tenant, job_id, _ERASED) == _ERASED

    # rows

    def rows(self, org: str, job_id: str, cursor: str | None, limit: int) -> RowsPage:
        """A page of rows. Raises `NoJob`, `InvalidInput`."""
        start = 0 if cursor is None else _position(cursor)
        job = self.get(org, job_id)
        found = list(islice(self._from(job, start), limit + 1))
        rows = found[:limit]
        end = rows[-1].position + 1 if rows else start
        return RowsPage(rows, end, len(found) > limit, job.state)

    def all_rows(self, org: str, job_id: str) -> tuple[ResearchJob, Iterator[Row]]:
        """Every row of a job; some pages at a time are in memory, and no transaction is open in
        between. Raises `NoJob`."""
        job = self.get(org, job_id)
        return job, self._from(job, 0)

    def _from(self, job: ResearchJob, position: int) -> Iterator[Row]:
        while True:
            with self._database.read() as connection:
                pages = store.pages(TenantConnection(connection, job.org), job.id, position, _PAGES)
            for page in pages:
                for row in unpacked(page):
                    if row.position >= position:
                        yield row
                position = max(position, page.first + page.count)
            if len(pages) < _PAGES:
                return


def _stored(kind: JobKind, index: int, asked: Any) -> dict[str, Any]:
    try:
        return kind.stored(asked)
    except InvalidRequest as error:
        problems = [(_path(index, path), reason) for path, reason in error.problems]
        raise unfit_parts(problems) from None


def _check_days(asked: Sequence[dict[str, Any]], now: float) -> None:
    """Refuse days that haven't begun: a job reads what is there, and ends."""
    day = datetime.fromtimestamp(now, UTC).date()
    today = write_date(day)
    for index, one in enumerate(asked):
        if one.get(LAST_DAY, today) > today:
            why = f"is after today ({day} in UTC): a job reads only days that have begun"
            raise unfit(_path(index, LAST_DAY), why)


def _path(index: int, path: str) -> str:
    parts = [to_camel(part) for part in path.split(".") if part]
    return ".".join(["requests", str(index), *parts])


def _position(cursor: str) -> int:
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 15:
        raise bad_cursor()
    return int(cursor)
