"""The jobs of sync, by kind: a run's ref is organisation/integration/type, that of a changed video
organisation/integration/video."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .changes import POST, SyncEffects
from .runs import Runs
from .schedule import RUN

AT_ONCE = 8
"""The number of runs in one job."""


def handlers(runs: Runs, changes: SyncEffects) -> Mapping[str, Handler | Batched]:
    def run(ref: str) -> JobResult:
        runs.run(ref)
        return JobResult.DONE

    def tell_post(ref: str) -> JobResult:
        changes.tell_post(ref)
        return JobResult.DONE

    return {RUN: Batched(run, AT_ONCE), POST: tell_post}
