"""The job of approvals: their end in time, what was approved, and their forgetting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stagedoor.connector.jobs import Handler, JobResult

from .carrying import Carrying
from .store import KIND

if TYPE_CHECKING:
    from ..services import Agents


def handlers(agents: Agents) -> Mapping[str, Handler]:
    carrying = Carrying(agents)

    def tend(ref: str) -> JobResult:
        carrying.run(ref)
        return JobResult.DONE

    return {KIND: tend}
