"""The jobs of publishing, by kind; a ref is organisation/post."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .publish_job import PublishJob
from .status_poll import StatusPoll
from .transitions import FOLLOW, PUBLISH

NEEDS_MEDIA = frozenset({PUBLISH})
AT_ONCE = 8
"""Posts whose status one job polls. A post is published by a job of its own: a worker that stops
waits for its steps, and must not wait for those of others."""


def handlers(publish_job: PublishJob, status_poll: StatusPoll) -> Mapping[str, Handler | Batched]:
    def publish(ref: str) -> JobResult:
        publish_job.run(ref)
        return JobResult.DONE

    def follow(ref: str) -> JobResult:
        status_poll.run(ref)
        return JobResult.DONE

    return {PUBLISH: publish, FOLLOW: Batched(follow, AT_ONCE)}
