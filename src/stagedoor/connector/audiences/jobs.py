"""The job that sends an audience's changes; its ref is organisation/audience."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .runs import AudienceRuns
from .service import SEND

_AT_ONCE = 4


def handlers(runs: AudienceRuns) -> Mapping[str, Handler | Batched]:
    def run(ref: str) -> JobResult:
        runs.run(ref)
        return JobResult.DONE

    return {SEND: Batched(run, _AT_ONCE)}
