"""Videos and images as answers show them."""

from __future__ import annotations

from datetime import UTC, datetime

from stagedoor.platform.durations import COVER_URL_SECONDS
from stagedoor.platform.products import business_creatives as creatives

from ... import cdn
from ...calls import AdmittedCall
from .state import AdImage, AdVideo, is_ready

_IMAGE_URL_SECONDS = 3_600
_PLACEMENTS = ("PLACEMENT_TIKTOK", "PLACEMENT_PANGLE", "PLACEMENT_GLOBAL_APP_BUNDLE")


def moment(seconds: float) -> datetime:
    """Unix seconds as a time of an answer."""
    return datetime.fromtimestamp(int(seconds), UTC)


def video(call: AdmittedCall, found: AdVideo) -> creatives.AdVideo:
    """The video; until it is processed, without its metadata."""
    if not is_ready(call.world, found):
        return creatives.AdVideo(
            video_id=found.id,
            material_id=found.material_id,
            file_name=found.file_name,
            size=found.size,
            signature=found.signature,
            displayable=False,
        )
    preview = cdn.creative_url(call.world, call.base_url, f"video/{found.id}", COVER_URL_SECONDS)
    cover = cdn.creative_url(call.world, call.base_url, f"cover/{found.id}", COVER_URL_SECONDS)
    return creatives.AdVideo(
        video_id=found.id,
        material_id=found.material_id,
        file_name=found.file_name,
        format=found.container,
        width=found.width,
        height=found.height,
        duration=found.seconds,
        bit_rate=round(found.size * 8 / found.seconds) if found.seconds else 0,
        size=found.size,
        fps=round(found.fps),
        definition=f"{min(found.width, found.height)}p",
        signature=found.signature,
        video_cover_url=cover,
        preview_url=preview,
        preview_url_expire_time=moment(call.now + COVER_URL_SECONDS),
        displayable=True,
        allow_download=True,
        allowed_placements=_PLACEMENTS,
        create_time=moment(found.created),
        modify_time=moment(found.modified),
        fix_task_id=found.fix_task_id or None,
        flaw_types=found.flaws,
    )


def image_url(call: AdmittedCall, found: AdImage) -> str:
    """The link to an image, valid for an hour."""
    return cdn.creative_url(call.world, call.base_url, f"image/{found.id}", _IMAGE_URL_SECONDS)


def image(call: AdmittedCall, found: AdImage) -> creatives.AdImage:
    """The image; its times and use in carousels come some seconds late."""
    ready = is_ready(call.world, found)
    return creatives.AdImage(
        image_id=found.id,
        material_id=found.material_id,
        file_name=found.file_name,
        format=found.format,
        width=found.width,
        height=found.height,
        size=found.size,
        signature=found.signature,
        image_url=image_url(call, found),
        displayable=True,
        is_carousel_usable=True if ready else None,
        create_time=moment(found.created) if ready else None,
        modify_time=moment(found.modified) if ready else None,
    )
