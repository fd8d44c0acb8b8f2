"""The jobs of sync, by kind: a run's ref is organisation/integration/type, an erasure's
as `erase_ref` makes it, that of a changed video organisation/integration/video."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Batched, Handler, JobResult
from .changes import POST, Changes
from .erasure import Erasure
from .runs import Runs
from .schedule import ERASE, RUN

AT_ONCE = 8
"""The number of runs in one job."""


def handlers(runs: Runs, erasure: Erasure, changes: Changes) -> Mapping[str, Handler | Batched]:
    def run(ref: str) -> JobResult:
        runs.run(ref)
        return JobResult.DONE

    def erase(ref: str) -> JobResult:
        return JobResult.AGAIN if erasure.part(ref) else JobResult.DONE

    def tell_post(ref: str) -> JobResult:
        changes.tell_post(ref)
        return JobResult.DONE

    return {RUN: Batched(run, AT_ONCE), ERASE: erase, POST: tell_post}
