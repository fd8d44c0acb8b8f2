"""The job of copies of data; its ref is organisation/request."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .service import FOLLOW, Portability


def handlers(portability: Portability) -> Mapping[str, Handler]:
    def follow(ref: str) -> JobResult:
        portability.follow(ref)
        return JobResult.DONE

    return {FOLLOW: follow}
