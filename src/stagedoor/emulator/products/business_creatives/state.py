"""Videos and images of ad accounts, uploads in parts, and files that later uploads name.

Ads look a video or an image up by its id (`usable_video`, `usable_image`).
"""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.records import record

from ...world import World
from ...world.collection import Entity, EntityCollection, Index


@record
class AdVideo(Entity):
    """A video of an ad account. Its metadata appears at `ready_at`."""

    id: str
    advertiser_id: str
    material_id: str
    """Shared by the videos of the ad account with the same content."""
    file_name: str
    signature: str
    size: int
    path: str
    """Where the bytes are; empty for seeded videos."""
    created: float
    modified: float
    ready_at: float | None
    """None: once the control route is called."""
    container: str
    width: int
    height: int
    seconds: float
    fps: float
    flaws: tuple[str, ...] | None = None
    """None if nobody asked for flaws."""
    fix_task_id: str = ""


@record
class AdImage(Entity):
    """An image of an ad account, or a suggested cover of one of its videos."""

    id: str
    advertiser_id: str
    material_id: str
    file_name: str
    signature: str
    size: int
    path: str
    created: float
    modified: float
    ready_at: float | None
    format: str
    width: int
    height: int
    cover_of: str = ""
    """The id of the video whose cover it is; such an image is in no search."""
    moment: float = 0.0
    """The cover's place in the video, in seconds."""


@record
class PartedUpload(Entity):
    """An upload in parts."""

    id: str
    advertiser_id: str
    name: str
    kind: str
    size: int
    path: str
    stored: int = 0
    file_id: str = ""
    """The finished file; empty until then."""


@record
class StoredFile(Entity):
    """A file that uploads by UPLOAD_BY_FILE_ID can name, for 24 hours."""

    id: str
    advertiser_id: str
    name: str
    kind: str
    size: int
    signature: str
    path: str
    created: float


AD_VIDEOS = EntityCollection("ad_videos", AdVideo)
AD_IMAGES = EntityCollection("ad_images", AdImage)
PARTED_UPLOADS = EntityCollection("ad_parted_uploads", PartedUpload)
STORED_FILES = EntityCollection("ad_stored_files", StoredFile)


def _no_cover(advertiser_id: str, *rest: str) -> Iterable[str | tuple[str, ...]]:
    """The key of an image that is no cover; the last of `rest` is `cover_of`."""
    *names, cover_of = rest
    if cover_of:
        return ()
    return ((advertiser_id, *names) if names else advertiser_id,)


VIDEOS_OF_ADVERTISER = Index[AdVideo](on=("advertiser_id",), by=("created",))
VIDEOS_BY_CHANGE = Index[AdVideo](on=("advertiser_id",), by=("modified",))
VIDEOS_BY_NAME = Index[AdVideo](on=("advertiser_id", "file_name"))
VIDEOS_BY_CONTENT = Index[AdVideo](on=("advertiser_id", "signature"))
VIDEOS_OF_MATERIAL = Index[AdVideo](on=("advertiser_id", "material_id"), by=("created",))
IMAGES_OF_ADVERTISER = Index[AdImage](
    on=("advertiser_id", "cover_of"), keys=_no_cover, by=("created",)
)
IMAGES_BY_NAME = Index[AdImage](on=("advertiser_id", "file_name", "cover_of"), keys=_no_cover)
IMAGES_BY_CONTENT = Index[AdImage](on=("advertiser_id", "signature", "cover_of"), keys=_no_cover)
IMAGES_OF_MATERIAL = Index[AdImage](
    on=("advertiser_id", "material_id", "cover_of"), keys=_no_cover, by=("created",)
)
COVERS = Index[AdImage](on=("cover_of",), by=("moment",))


def is_ready(world: World, file: AdVideo | AdImage) -> bool:
    """Whether TikTok has processed the file."""
    return file.ready_at is not None and file.ready_at <= world.now()


def usable_video(world: World, advertiser_id: str, video_id: str) -> AdVideo | None:
    """The video, if it is the ad account's and processed; else None."""
    found = world[AD_VIDEOS].get(video_id)
    if found is None or found.advertiser_id != advertiser_id or not is_ready(world, found):
        return None
    return found


def usable_image(world: World, advertiser_id: str, image_id: str) -> AdImage | None:
    """The image or cover, if it is the ad account's; else None."""
    found = world[AD_IMAGES].get(image_id)
    return found if found is not None and found.advertiser_id == advertiser_id else None
