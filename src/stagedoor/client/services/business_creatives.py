"""Videos and images for ads."""

from __future__ import annotations

from stagedoor.platform.products import business_creatives
from stagedoor.platform.products.business_creatives import (
    AdImage,
    AdVideo,
    ImageSearch,
    VideoSearch,
)

from .. import creatives
from ..service import Call, M, Service, Steps, Walk
from ..walks import Walked

_PARTS = (
    business_creatives.FILE_START_UPLOAD,
    business_creatives.FILE_TRANSFER_UPLOAD,
    business_creatives.FILE_FINISH_UPLOAD,
)


class AllVideos(Walked[AdVideo], VideoSearch):
    """All matching videos, the newest first; pages are fetched on demand."""


class AllImages(Walked[AdImage], ImageSearch):
    """All matching images, the newest first; pages are fetched on demand."""


class Creatives(Service[M]):
    """Videos and images of an ad account.

    `upload_video` and `upload_image` do all the steps; the other methods are TikTok's single calls.
    """

    upload_video = Steps(
        creatives.upload_video,
        business_creatives.FILE_VIDEO_UPLOAD,
        business_creatives.FILE_VIDEO_INFO,
        *_PARTS,
    )
    upload_image = Steps(creatives.upload_image, business_creatives.FILE_IMAGE_UPLOAD, *_PARTS)
    wait_for_video = Steps(creatives.wait_for_video, business_creatives.FILE_VIDEO_INFO)
    all_videos = Walk(business_creatives.FILE_VIDEO_SEARCH, AllVideos)
    all_images = Walk(business_creatives.FILE_IMAGE_SEARCH, AllImages)

    add_video = Call(business_creatives.FILE_VIDEO_UPLOAD)
    video_info = Call(business_creatives.FILE_VIDEO_INFO)
    search_videos = Call(business_creatives.FILE_VIDEO_SEARCH)
    suggest_covers = Call(business_creatives.FILE_VIDEO_SUGGESTCOVER)
    rename_video = Call(business_creatives.FILE_VIDEO_UPDATE)
    add_image = Call(business_creatives.FILE_IMAGE_UPLOAD)
    image_info = Call(business_creatives.FILE_IMAGE_INFO)
    search_images = Call(business_creatives.FILE_IMAGE_SEARCH)
    rename_image = Call(business_creatives.FILE_IMAGE_UPDATE)
    check_name = Call(business_creatives.FILE_NAME_CHECK)
    start_upload = Call(business_creatives.FILE_START_UPLOAD)
    transfer_part = Call(business_creatives.FILE_TRANSFER_UPLOAD)
    finish_upload = Call(business_creatives.FILE_FINISH_UPLOAD)
    add_file = Call(business_creatives.FILE_TEMPORARILY_UPLOAD)
