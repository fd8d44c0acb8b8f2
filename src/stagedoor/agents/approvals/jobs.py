"""The job of approvals: expiry, execution of approved calls, and deletion."""

from __future__ import annotations

from collections.abc import Mapping

from stagedoor.connector.jobs import Handler, JobResult

from .execute import ApprovalExecutor
from .store import KIND

NEEDS_MEDIA = frozenset({KIND})


def handlers(executor: ApprovalExecutor) -> Mapping[str, Handler]:
    def tend(ref: str) -> JobResult:
        executor.run(ref)
        return JobResult.DONE

    return {KIND: tend}
