"""Whether an ad account has a video or an image: the one place where ads ask for their files."""

from __future__ import annotations

from ...world import World
from ..business_creatives.state import usable_image, usable_video


def known(world: World, advertiser_id: str, video_id: str) -> bool:
    """Whether the ad account may use this video in ads."""
    return usable_video(world, advertiser_id, video_id) is not None


def known_image(world: World, advertiser_id: str, image_id: str) -> bool:
    """Whether the ad account may use this image in ads."""
    return usable_image(world, advertiser_id, image_id) is not None
