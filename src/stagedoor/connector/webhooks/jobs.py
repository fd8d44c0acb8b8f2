"""The jobs that empty the inbox (several may run concurrently: leases keep them apart) and that
repair subscriptions."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from ..errors import ServiceUnavailable
from ..integrations.consents import SUBSCRIBE
from ..jobs import Handler, JobResult
from .dispatch import BATCH, Dispatch
from .store import DISPATCH
from .subscriptions import BusinessSubscriptions

_PAUSE_SECONDS = 1.0

logger = logging.getLogger("stagedoor.webhooks")


def handlers(dispatch: Dispatch, subscriptions: BusinessSubscriptions) -> Mapping[str, Handler]:
    def run(_: str) -> JobResult:
        try:
            full = dispatch.batch() == BATCH
        except Exception:  # deliveries that were taken are free again when their lease ends
            logger.exception("the inbox could not be emptied; it is tried again")
            time.sleep(_PAUSE_SECONDS)
            return JobResult.AGAIN
        return JobResult.AGAIN if full else JobResult.DONE

    def repair(app_id: str) -> JobResult:
        try:
            subscriptions.repair(app_id)
        except ServiceUnavailable:
            time.sleep(_PAUSE_SECONDS)
            return JobResult.AGAIN
        return JobResult.DONE

    return {DISPATCH: run, SUBSCRIBE: repair}
