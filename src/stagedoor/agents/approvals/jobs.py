"""The job of approvals: their end in time, what was approved, and their forgetting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stagedoor.connector.jobs import Handler, Turn

from .carrying import Carrying
from .store import KIND

if TYPE_CHECKING:
    from ..services import Agents


def handlers(agents: Agents) -> Mapping[str, Handler]:
    carrying = Carrying(agents)

    def tend(ref: str) -> Turn:
        carrying.run(ref)
        return Turn.DONE

    return {KIND: tend}
