"""JSON schemas of research jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Union

from fastapi import Body
from pydantic import BaseModel, Discriminator, Field, Tag, create_model

from stagedoor.platform.bounds import AtMost

from ..shapes import UNKNOWN_KIND, ForeignJson, Model, ResponseModel, ShownName, moment
from .cost import Cost
from .job import JobState, ResearchJob
from .kinds import KINDS, JobKind
from .quota import Use, left, share
from .rows import Row

MAX_REQUESTS_OF_JOB = 1_000
"""Requests that a caller may list in a job."""
MAX_ROWS = 1_000_000
ROWS = 100_000
KEEP_DAYS, MOST_DAYS = 30, 365


class _NewJob(Model):
    name: ShownName | None = None
    """A label for people."""
    max_rows: Annotated[int, Field(ge=1, le=MAX_ROWS)] = ROWS
    """The job ends with so many rows, even if TikTok has more."""
    max_requests: Annotated[int | None, Field(ge=1, le=100_000)] = None
    """The job ends after so many requests to TikTok, repeated ones included; null: after those of
    one day's quota."""
    keep_days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = KEEP_DAYS
    """The days after its end for which the job and its rows are kept."""
    dry_run: bool = False
    """Only tell what the job would cost: nothing is stored, and TikTok isn't asked."""


def _new_job(kind: JobKind) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "kind": (
            Literal[kind.name],
            Field(description=f"The kind of job. {kind.operation.summary}"),
        ),
        "requests": (
            Annotated[
                tuple[kind.request, ...],  # type: ignore[name-defined]
                Field(
                    min_length=1,
                    description="What to ask for, one request after another; each is read to its "
                    "last page.",
                ),
                AtMost(MAX_REQUESTS_OF_JOB),
            ],
            ...,
        ),
    }
    name = kind.request.__name__.removesuffix("Request")
    made: type[BaseModel] = create_model(
        f"{name}Job",
        __base__=_NewJob,
        __doc__=f"A job of the kind {kind.name}. {kind.operation.summary}.",
        __module__=__name__,
        **fields,
    )
    return made


def _kind_of(body: Any) -> Any:
    kind = body.get("kind") if isinstance(body, dict) else getattr(body, "kind", None)
    return kind if isinstance(kind, str) else None


_JOBS = tuple(Annotated[_new_job(kind), Tag(kind.name)] for kind in KINDS.values())
_BY_KIND = Discriminator(
    _kind_of,
    custom_error_type=UNKNOWN_KIND,
    custom_error_message=f"should be one of {', '.join(KINDS)}",
)
NewJob: Any = Annotated[Union[_JOBS], _BY_KIND, Body()]  # noqa: UP007
"""The body of a new job: a model for each kind."""


class ResearchProblemShown(ResponseModel):
    """A request that TikTok refused; the job went on with the next one."""

    request: int
    """The index of the request in the job."""
    code: str
    """TikTok's code, or this service's."""
    message: str
    """The reason, and what to do."""
    log_id: str | None


class ResearchErrorShown(ResponseModel):
    """Why a job failed."""

    code: str
    """TikTok's code, or this service's."""
    message: str
    """The reason, and what to do."""
    log_id: str | None


class ResearchJobShown(ResponseModel):
    """A research job."""

    id: str
    """The job's id."""
    kind: str
    """The kind of job, such as `video-query`."""
    name: str | None
    """The label that its request named."""
    state: JobState
    """How far the job is."""
    complete: bool
    """The job has everything that was asked for. False while it runs, after a problem, and where it
    ended at `maxRows` or `maxRequests`."""
    rows: int
    """The rows so far."""
    requests: int
    """The requests to TikTok so far, which counted against the daily quota."""
    max_rows: int
    """The job ends with so many rows."""
    max_requests: int
    """The job ends after so many requests."""
    problems: list[ResearchProblemShown]
    """Requests that TikTok refused, the first 100."""
    error: ResearchErrorShown | None
    """Why the job failed."""
    resumes_at: datetime | None
    """When a job that waits goes on, in UTC: the quota is used up until then, or TikTok failed."""
    created_at: datetime
    created_by: str
    """The user who began it."""
    begun_at: datetime | None
    """When its first request was made, in UTC."""
    ended_at: datetime | None
    """When it ended, in UTC."""
    expires_at: datetime
    """When the job and its rows are deleted, in UTC; moves to `keepDays` after the end."""

    @classmethod
    def of(cls, job: ResearchJob) -> ResearchJobShown:
        error = job.error
        return cls(
            id=job.id,
            kind=job.kind,
            name=job.name,
            state=job.state,
            complete=job.complete,
            rows=job.rows,
            requests=job.requests,
            max_rows=job.max_rows,
            max_requests=job.max_requests,
            problems=[ResearchProblemShown.model_validate(one) for one in job.problems],
            error=None if error is None else ResearchErrorShown.model_validate(error),
            resumes_at=moment(job.resumes),
            created_at=moment(job.created),
            created_by=job.created_by,
            begun_at=moment(job.begun),
            ended_at=moment(job.ended),
            expires_at=moment(job.expires),
        )


class ResearchJobsShown(ResponseModel):
    """A page of research jobs, newest first."""

    jobs: list[ResearchJobShown]
    """The jobs."""
    next_cursor: str | None


class FromTo(ResponseModel):
    """A number that isn't known before."""

    at_least: int
    """The smallest number: each request finds one page."""
    at_most: int
    """The largest number: the job stops there."""


class QuotaShown(ResponseModel):
    """A daily quota of the app, which all organisations that use the app share."""

    pool: str
    """The quota's name: `general`, or `followers_following` for followers and followed people."""
    requests: int
    """The requests that TikTok allows the app on a UTC day."""
    records: int
    """The records that TikTok allows the app on a UTC day."""
    used_requests: int
    """The app's requests today."""
    used_records: int
    """The app's records today."""
    own_requests: int
    """This organisation's requests today."""
    organisations: int
    """The organisations that share the quota now: those with unfinished jobs, and this one."""
    share: int
    """The requests that this organisation may make on a day, as long as so many share it."""
    left_today: int
    """The requests that this organisation can still make today."""
    resets_at: datetime
    """When the day ends, in UTC; later where TikTok said so."""

    @classmethod
    def of(cls, kind: JobKind, use: Use, day_ends: float) -> QuotaShown:
        quota = kind.quota
        return cls(
            pool=quota.pool,
            requests=quota.requests,
            records=quota.records,
            used_requests=use.requests,
            used_records=use.records,
            own_requests=use.mine,
            organisations=use.organisations,
            share=share(quota, use.organisations),
            left_today=left(quota, use),
            resets_at=moment(use.closed_until or day_ends),
        )


class QuotasShown(ResponseModel):
    """The daily quotas of the organisation's app."""

    quotas: list[QuotaShown]
    """The quotas."""


class CostShown(ResponseModel):
    """The cost of a job. Requests that are repeated after a failure of TikTok count, too."""

    requests: FromTo
    """The requests to TikTok, each for one page."""
    days: FromTo
    """The UTC days on which the job makes requests, today included, as long as so many
    organisations share the quota as now."""
    parts: int
    """The requests of the job, after long ranges of days were split."""
    quota: QuotaShown
    """The daily quota that the job uses."""

    @classmethod
    def of(cls, kind: JobKind, cost: Cost, day_ends: float) -> CostShown:
        return cls(
            requests=FromTo(at_least=cost.at_least, at_most=cost.at_most),
            days=FromTo(at_least=cost.days_at_least, at_most=cost.days_at_most),
            parts=cost.parts,
            quota=QuotaShown.of(kind, cost.use, day_ends),
        )


class ResearchJobBegun(ResponseModel):
    """A new job, or the cost of one."""

    job: ResearchJobShown | None
    """The job; null for a dry run."""
    cost: CostShown
    """The cost of the job."""


class ResearchRow(ResponseModel):
    """A row of a job."""

    position: int
    """The row's place in the job, from 0."""
    request: int
    """The index of the request that found it."""
    data: ForeignJson
    """The fields that TikTok sent, with names in camelCase."""

    @classmethod
    def of(cls, row: Row) -> ResearchRow:
        return cls.model_construct(position=row.position, request=row.request, data=row.data)


class ResearchRowsShown(ResponseModel):
    """A page of a job's rows, in the order in which TikTok gave them."""

    rows: list[ResearchRow]
    """The rows."""
    next_cursor: str | None
    """Pass it as `cursor` for the next page; null: there are no more rows at present."""
    end_cursor: str
    """The place after the last of these rows: pass it as `cursor` when the job has more."""
    state: JobState
    """How far the job is: rows may be added while it is unfinished."""
