"""Whether an ad account has a video or an image: the one place where ads ask for their files."""

from __future__ import annotations

from ...world import World


def known(world: World, advertiser_id: str, video_id: str) -> bool:
    """Whether the ad account may use this video in ads."""
    return bool(video_id)


def known_image(world: World, advertiser_id: str, image_id: str) -> bool:
    """Whether the ad account may use this image in ads."""
    return bool(image_id)
