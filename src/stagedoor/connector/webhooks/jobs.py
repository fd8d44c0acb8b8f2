"""The job that empties the inbox. Several may run concurrently: leases keep them apart."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .dispatch import BATCH, Dispatch
from .store import DISPATCH

_PAUSE_SECONDS = 1.0

logger = logging.getLogger("stagedoor.webhooks")


def handlers(dispatch: Dispatch) -> Mapping[str, Handler]:
    def run(_: str) -> JobResult:
        try:
            full = dispatch.batch() == BATCH
        except Exception:  # deliveries that were taken are free again when their lease ends
            logger.exception("the inbox could not be emptied; it is tried again")
            time.sleep(_PAUSE_SECONDS)
            return JobResult.AGAIN
        return JobResult.AGAIN if full else JobResult.DONE

    return {DISPATCH: run}
