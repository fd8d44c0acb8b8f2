"""The jobs of publishing, by kind; a ref is organisation/post."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .publish_job import PublishJob
from .status_poll import StatusPoll
from .transitions import FOLLOW, PUBLISH

NEEDS_MEDIA = frozenset({PUBLISH})
AT_ONCE = 8
"""The number of posts that one polling job takes. Each post is published by a job of its own: at
shutdown a worker waits for the running steps, and must not wait for those of other posts."""


def handlers(publish_job: PublishJob, status_poll: StatusPoll) -> Mapping[str, Handler | Batched]:
    def publish(ref: str) -> JobResult:
        publish_job.run(ref)
        return JobResult.DONE

    def follow(ref: str) -> JobResult:
        status_poll.run(ref)
        return JobResult.DONE

    return {PUBLISH: publish, FOLLOW: Batched(follow, AT_ONCE)}
