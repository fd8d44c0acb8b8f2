"""The job of copies of data; its ref is organisation/request."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ..errors import ServiceUnavailable
from ..jobs import Handler, JobResult
from .service import FOLLOW, PortabilityService

logger = logging.getLogger("stagedoor.portability")


def handlers(portability: PortabilityService) -> Mapping[str, Handler]:
    def follow(ref: str) -> JobResult:
        try:
            portability.follow(ref)
        except ServiceUnavailable:
            raise
        except Exception:
            logger.exception("a copy of data couldn't be followed", extra={"request": ref})
            portability.try_again(ref)
        return JobResult.DONE

    return {FOLLOW: follow}
