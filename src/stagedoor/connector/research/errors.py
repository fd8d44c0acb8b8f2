"""Errors of research jobs."""

from __future__ import annotations

from datetime import datetime

from ..errors import ApiError, Conflict, ObjectNotFound


class NoJob(ObjectNotFound):
    """The organisation has no such research job."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such research job. GET /api/research/jobs lists the organisation's."
        )


class TooManyJobs(Conflict):
    """The organisation has as many unfinished research jobs as it may have."""

    code = "too_many_jobs"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} research jobs aren't finished, which is the most: wait for one, or cancel it."
        )


class JobOver(Conflict):
    """The job has ended already."""

    code = "job_over"

    def __init__(self, state: str) -> None:
        super().__init__(f"The job is {state} already: there is nothing to cancel.")


class QuotaUsedUp(ApiError):
    """The app's daily quota is used up, or the organisation's share of it. Nothing was sent."""

    code, http, retryable = "quota_used_up", 429, True

    def __init__(self, why: str, resets_at: datetime, seconds: float) -> None:
        super().__init__(
            f"{why} Nothing was sent: ask again after {resets_at:%Y-%m-%dT%H:%M:%SZ}.",
            retry_after=seconds,
        )
