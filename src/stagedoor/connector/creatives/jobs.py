"""The job that looks whether TikTok has processed a video; its ref is organisation/creative."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .service import PROCESS, CreativesService


def handlers(creatives: CreativesService) -> Mapping[str, Handler]:
    def look(ref: str) -> JobResult:
        creatives.look(ref)
        return JobResult.DONE

    return {PROCESS: look}
