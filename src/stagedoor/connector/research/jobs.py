"""The jobs of research, by kind; a ref is organisation/job."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .ending import ERASE, RUN
from .runs import JobRuns
from .service import ResearchJobs

AT_ONCE = 4
"""The number of runs in one job of the engine."""


def handlers(runs: JobRuns, research: ResearchJobs) -> Mapping[str, Handler | Batched]:
    def run(ref: str) -> JobResult:
        runs.run(ref)
        return JobResult.DONE

    def erase(ref: str) -> JobResult:
        return JobResult.AGAIN if research.erase(ref) else JobResult.DONE

    return {RUN: Batched(run, AT_ONCE), ERASE: erase}
