"""The jobs of sync, by kind: a run's ref is organisation/integration/type, an erasure's
organisation/integration."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .erasure import Erasure
from .runs import Runs
from .schedule import ERASE, RUN

AT_ONCE = 8
"""The number of runs in one job."""


def handlers(runs: Runs, erasure: Erasure) -> Mapping[str, Handler | Batched]:
    def run(ref: str) -> JobResult:
        runs.run(ref)
        return JobResult.DONE

    def erase(ref: str) -> JobResult:
        return JobResult.AGAIN if erasure.part(ref) else JobResult.DONE

    return {RUN: Batched(run, AT_ONCE), ERASE: erase}
