"""The operations of videos and images for ads, and the links to their files."""

from __future__ import annotations

from starlette.routing import Route

from stagedoor.platform.products import business_creatives as creatives

from ... import cdn
from ...calls import Handlers
from . import images, parted, videos
from .links import served

HANDLERS: Handlers = {
    creatives.FILE_VIDEO_UPLOAD: videos.upload,
    creatives.FILE_VIDEO_INFO: videos.info,
    creatives.FILE_VIDEO_SEARCH: videos.search,
    creatives.FILE_VIDEO_SUGGESTCOVER: videos.covers,
    creatives.FILE_VIDEO_UPDATE: videos.rename,
    creatives.FILE_IMAGE_UPLOAD: images.upload,
    creatives.FILE_IMAGE_INFO: images.info,
    creatives.FILE_IMAGE_SEARCH: images.search,
    creatives.FILE_IMAGE_UPDATE: images.rename,
    creatives.FILE_NAME_CHECK: parted.check_names,
    creatives.FILE_START_UPLOAD: parted.start,
    creatives.FILE_TRANSFER_UPLOAD: parted.transfer,
    creatives.FILE_FINISH_UPLOAD: parted.finish,
    creatives.FILE_TEMPORARILY_UPLOAD: parted.temporary,
}

ROUTES = [Route(cdn.CREATIVE + "{kind}/{name:path}", served)]
