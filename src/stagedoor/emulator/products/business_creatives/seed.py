"""One video and one image in each of the two ad accounts, without bytes. Their ids are fixed."""

from __future__ import annotations

from hashlib import md5

from ...world import World
from ..business.seed import ADVERTISER_IDS
from .state import AD_IMAGES, AD_VIDEOS, AdImage, AdVideo

VIDEO_IDS = tuple(f"v10033g50000seededvideo0000000000{number}" for number in (1, 2))
IMAGE_IDS = tuple(f"ad-site-i18n-sg/202001015d0d{number:024d}" for number in (1, 2))

_DAY = 86_400


def seed(world: World) -> None:
    """Add the videos and images of the ready-made ad accounts."""
    for number, advertiser_id in enumerate(ADVERTISER_IDS):
        created = world.now() - (90 + number) * _DAY
        world[AD_VIDEOS].add(
            AdVideo(
                id=VIDEO_IDS[number],
                advertiser_id=advertiser_id,
                material_id=f"74000000000000001{number:02d}",
                file_name="pasta.mp4",
                signature=_md5(VIDEO_IDS[number]),
                size=4_800_000,
                path="",
                created=created,
                modified=created,
                ready_at=created,
                container="mp4",
                width=1080,
                height=1920,
                seconds=12.5,
                fps=30,
            )
        )
        world[AD_IMAGES].add(
            AdImage(
                id=IMAGE_IDS[number],
                advertiser_id=advertiser_id,
                material_id=f"74000000000000002{number:02d}",
                file_name="pasta.png",
                signature=_md5(IMAGE_IDS[number]),
                size=310_000,
                path="",
                created=created,
                modified=created,
                ready_at=created,
                format="png",
                width=720,
                height=1280,
            )
        )


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
