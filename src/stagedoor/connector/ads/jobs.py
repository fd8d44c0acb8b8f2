"""The jobs of ads: settling a write (its ref is organisation/id), and watching the spend of an
organisation (its ref is the organisation)."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .journal import SETTLE
from .settling import Settling
from .spend_guard import WATCH
from .spend_watch import SpendWatch


def handlers(settling: Settling, watch: SpendWatch) -> Mapping[str, Handler]:
    def settle(ref: str) -> JobResult:
        settling.run(ref)
        return JobResult.DONE

    def look(ref: str) -> JobResult:
        watch.run(ref)
        return JobResult.DONE

    return {SETTLE: settle, WATCH: look}
