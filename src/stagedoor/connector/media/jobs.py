"""The job that deletes media some days after the end of their posts."""

from __future__ import annotations

from collections.abc import Mapping

from ..jobs import Handler, JobResult
from .service import KIND, MediaService

NEEDS_MEDIA = frozenset({KIND})


def handlers(media: MediaService) -> Mapping[str, Handler]:
    def expire(ref: str) -> JobResult:
        org, _, media_id = ref.rpartition("/")
        media.expire(org, media_id)
        return JobResult.DONE

    return {KIND: expire}
