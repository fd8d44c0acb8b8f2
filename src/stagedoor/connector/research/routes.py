"""Research jobs: long queries of TikTok's Research API, told in advance what they cost."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from ..actions import stops
from ..api import CallerIs, NewId, needs, router
from ..apps.errors import NoApp, SecretLost
from ..bodies import takes
from ..documented import raises
from ..provided import provided
from ..queries import Cursor
from ..tenants.roles import Role
from .errors import JobOver, NoJob, TooManyJobs
from .job import JobState
from .kinds import KINDS
from .rows import FileFormat
from .schemas import (
    CostShown,
    NewJob,
    QuotaShown,
    QuotasShown,
    ResearchJobBegun,
    ResearchJobShown,
    ResearchJobsShown,
    ResearchRow,
    ResearchRowsShown,
)
from .service import ResearchJobs

ROUTER: APIRouter = router("/api/research", tags=["research"])

JobsAre = Annotated[ResearchJobs, provided(ResearchJobs)]
_READS = [needs(Role.VIEWER)]
_WRITES = [needs(Role.MEMBER)]


@ROUTER.post("/jobs", dependencies=_WRITES)
@takes(256 << 10, densest=8)
@raises(NoApp, SecretLost, TooManyJobs)
def begin_research_job(
    caller: CallerIs, jobs: JobsAre, new_id: NewId, body: NewJob
) -> ResearchJobBegun:
    """Begin a research job, or tell what it would cost.

    A job reads all pages of each of its requests. It waits while the app's daily quota, or the
    organisation's share of it, is used up, and goes on where it stopped.
    """
    begun = jobs.begin(caller.org, caller.user, new_id, body)
    return ResearchJobBegun(
        job=None if begun.job is None else ResearchJobShown.of(begun.job),
        cost=CostShown.of(begun.kind, begun.cost, begun.day_ends),
    )


@ROUTER.get("/jobs", dependencies=_READS)
def list_research_jobs(
    caller: CallerIs,
    jobs: JobsAre,
    state: Annotated[JobState | None, Query(description="Jobs in this state alone")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ResearchJobsShown:
    """List the organisation's research jobs, newest first."""
    page = jobs.page(caller.org, cursor, limit, state)
    return ResearchJobsShown(
        jobs=[ResearchJobShown.of(one) for one in page.items], next_cursor=page.next_cursor
    )


@ROUTER.get("/quota", dependencies=_READS)
@raises(NoApp, SecretLost)
def show_research_quota(caller: CallerIs, jobs: JobsAre) -> QuotasShown:
    """Show the daily quotas of the organisation's app, and what is left of them."""
    used, day_ends = jobs.quotas(caller.org)
    return QuotasShown(quotas=[QuotaShown.of(kind, use, day_ends) for kind, use in used])


@ROUTER.get("/jobs/{job_id}", dependencies=_READS)
@raises(NoJob)
def show_research_job(job_id: str, caller: CallerIs, jobs: JobsAre) -> ResearchJobShown:
    """Show a research job."""
    return ResearchJobShown.of(jobs.get(caller.org, job_id))


_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page of rows; or the file, which begins before all of it is read",
        "content": {
            one.media_type: {"schema": {"type": "string"}}
            for one in (FileFormat.CSV, FileFormat.JSONL)
        },
    }
}


@ROUTER.get(
    "/jobs/{job_id}/data",
    dependencies=_READS,
    response_model=ResearchRowsShown,
    responses=_FILE,
)
@raises(NoJob)
def read_research_data(
    job_id: str,
    caller: CallerIs,
    jobs: JobsAre,
    form: Annotated[
        FileFormat, Query(alias="format", description="A page as JSON, or all rows as a file")
    ] = FileFormat.JSON,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> ResearchRowsShown | Response:
    """Read the rows of a research job by page, or download all of them.

    Rows can be read while the job runs. TikTok's terms limit what the data may be used for.
    """
    if form is not FileFormat.JSON:
        job, rows = jobs.all_rows(caller.org, job_id)
        headers = {"content-disposition": f'attachment; filename="research-{job.id}.{form.value}"'}
        parts = form.parts(rows, KINDS[job.kind].fields_of(job.asked))
        return StreamingResponse(parts, media_type=form.media_type, headers=headers)
    page = jobs.rows(caller.org, job_id, cursor, limit)
    return ResearchRowsShown.model_construct(
        rows=[ResearchRow.of(row) for row in page.rows],
        next_cursor=str(page.end) if page.more else None,
        end_cursor=str(page.end),
        state=page.state,
    )


@ROUTER.post("/jobs/{job_id}/cancel", dependencies=_WRITES)
@stops
@raises(NoJob, JobOver)
def cancel_research_job(job_id: str, caller: CallerIs, jobs: JobsAre) -> ResearchJobShown:
    """Cancel a research job; its rows so far stay. Idempotent."""
    return ResearchJobShown.of(jobs.cancel(caller.org, job_id))


@ROUTER.delete("/jobs/{job_id}", dependencies=_WRITES, status_code=204)
@raises(NoJob)
def delete_research_job(job_id: str, caller: CallerIs, jobs: JobsAre) -> None:
    """Delete a research job with its rows; a job that runs is cancelled."""
    jobs.delete(caller.org, job_id)
