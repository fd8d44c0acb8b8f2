"""The kinds of data of research jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..clock import Clock
from ..data_kinds import EXPIRE_BATCH, Batch, DataKind, DataSubject, Keep, Sample, TextRows
from ..database import Database, TenantConnection
from ..schedule import store as due_rows
from . import store
from .ending import ERASE
from .job import UNFINISHED
from .models import research_jobs, research_pages
from .rows import Row, unpacked, without
from .schemas import MOST_DAYS

_PAGES = 20
"""Pages that are unpacked in one batch."""
_SAMPLES = 5
_STAY = "They stay: they are of public data, not of an account."


def kinds(database: Database, clock: Clock) -> tuple[DataKind, ...]:
    def expire(org: str, before: float) -> bool:
        now = clock.now()
        with database.begin() as connection:
            old = store.expire(TenantConnection(connection, org), before, now, EXPIRE_BATCH)
            due_rows.wait_all(connection, ERASE, [f"{org}/{one}" for one in old], now)
        return len(old) == EXPIRE_BATCH

    def find(org: str, person: DataSubject, after: str | None) -> Batch:
        with database.read() as connection:
            return _batch(TenantConnection(connection, org), person, after)

    def erase(org: str, person: DataSubject, after: str | None) -> Batch:
        with database.begin() as connection:
            return _batch(TenantConnection(connection, org), person, after, erase=True)

    jobs = research_jobs.c
    texts = (jobs.name, jobs.asked, jobs.problems, jobs.error)
    asked = TextRows(database, research_jobs, texts)
    over = (jobs.state.not_in(UNFINISHED),)
    erased = TextRows(database, research_jobs, texts, where=over, names_only=True)
    return (
        DataKind(
            name="researchRows",
            words="Rows of research jobs, from the job's end on. A job may ask for less: its own "
            "`keepDays` hold, too. The job goes with them",
            after_removal=_STAY,
            keep=Keep(MOST_DAYS, 1, MOST_DAYS),
            tables=(research_pages,),
            expire=expire,
            find=find,
            erase=erase,
            note="A row is a person's if it names the person, or if the request asked for the "
            "person. A job that still runs may find the person again: cancel it first.",
        ),
        DataKind(
            name="researchJobs",
            words="Names of research jobs, and what they ask for",
            after_removal=_STAY,
            keep=Keep(None),
            tables=(research_jobs,),
            find=asked.find,
            erase=erased.erase,
            note="They go with their rows. The names go from jobs that have ended: cancel the "
            "others, and erase again.",
        ),
    )


def _batch(
    tenant: TenantConnection, person: DataSubject, after: str | None, erase: bool = False
) -> Batch:
    """Find, or erase, the person's rows in the next pages; `after` is the last page's job/first."""
    last = None
    if after is not None:
        job_id, _, first = after.rpartition("/")
        last = job_id, int(first)
    pages = store.pages_after(tenant, last, _PAGES, lock=erase)
    asked = store.asked(tenant, sorted({page.job for page in pages}))
    count = 0
    samples: list[Sample] = []
    for page in pages:
        found = list(_of_person(page, asked.get(page.job, ()), person))
        count += len(found)
        samples += [_sample(page.job, row) for row in found[: _SAMPLES - len(samples)]]
        if erase and found:
            data = without(page, {row.position for row in found})
            store.change_page(tenant, page.job, page.first, data)
    more = len(pages) == _PAGES
    return Batch(count, tuple(samples), f"{pages[-1].job}/{pages[-1].first}" if more else None)


def _of_person(page: Any, asked: Sequence[Mapping[str, Any]], person: DataSubject) -> list[Row]:
    request = asked[page.request] if page.request < len(asked) else {}
    if person.named_in(request.get("username")):
        return list(unpacked(page))
    return [row for row in unpacked(page) if person.named_in(row.data)]


def _sample(job_id: str, row: Row) -> Sample:
    return Sample.of(f"{job_id}/{row.position}", json.dumps(row.data, ensure_ascii=False))
