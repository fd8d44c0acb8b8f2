"""The jobs that delete media some days after the end of their posts, and convert files."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .conversions import CONVERT, Conversions
from .service import KIND, MediaService

NEEDS_MEDIA = frozenset({KIND, CONVERT})


def handlers(media: MediaService, conversions: Conversions) -> Mapping[str, Handler]:
    def expire(ref: str) -> JobResult:
        org, _, media_id = ref.rpartition("/")
        media.expire(org, media_id)
        return JobResult.DONE

    def convert(ref: str) -> JobResult:
        conversions.run(ref)
        return JobResult.DONE

    return {KIND: expire, CONVERT: convert}
