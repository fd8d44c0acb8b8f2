"""A research job as a value, and its states. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    """The job hasn't made a request yet."""
    RUNNING = "running"
    """The job makes requests."""
    WAITING = "waiting"
    """The quota is used up, or the organisation's share of it: the job goes on at `resumesAt`."""
    COMPLETED = "completed"
    """The job ended; `complete` tells whether it has everything that was asked for."""
    FAILED = "failed"
    """TikTok refused all of it; `error` tells why."""
    CANCELLED = "cancelled"
    """A person ended it; the rows so far stay."""


UNFINISHED = (JobState.QUEUED.value, JobState.RUNNING.value, JobState.WAITING.value)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """The place of a job's next request."""

    unit: int = 0
    place: Mapping[str, Any] | None = None
    """The members of the request that say which page; None: the first page of the unit."""
    last_day: str | None = None
    """The end of the unit's days after its search was lost; None: the unit's own."""
    again: bool = False
    """The unit's search was repeated: rows that are stored are left out."""
    posted: int | None = None
    """When the unit's last row was posted, in Unix seconds."""

    def next_unit(self) -> JobProgress:
        return JobProgress(self.unit + 1)

    def at(self, place: Mapping[str, Any], posted: int | None) -> JobProgress:
        """The next page of the same unit."""
        return replace(self, place=place, posted=posted or self.posted)

    def stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ResearchJob:
    """A job; times in Unix seconds."""

    id: str
    org: str
    kind: str
    name: str | None
    app_id: str
    pool: str
    asked: Sequence[Mapping[str, Any]]
    """TikTok's requests; none in a list of jobs."""
    max_rows: int
    max_requests: int
    keep_days: int
    state: JobState
    progress: JobProgress
    requests: int
    rows: int
    problems: Sequence[Mapping[str, Any]]
    attempts: int
    error: Mapping[str, Any] | None
    complete: bool
    resumes: float | None
    created: float
    created_by: str
    begun: float | None
    ended: float | None
    expires: float
    held_by: str | None = field(repr=False)
    held_until: float | None = field(repr=False)

    @classmethod
    def of(cls, row: Any) -> ResearchJob:
        names = [one.name for one in fields(cls)]
        values = {name: getattr(row, name) for name in names if name != "asked"}
        values["asked"] = getattr(row, "asked", ())
        values["state"] = JobState(row.state)
        values["progress"] = JobProgress(**row.progress)
        return cls(**values)

    @property
    def over(self) -> bool:
        return self.state.value not in UNFINISHED


def stored_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a job as the columns of its row hold them."""
    return {name: _stored(value) for name, value in values.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, JobProgress):
        return value.stored()
    return value.value if isinstance(value, JobState) else value
