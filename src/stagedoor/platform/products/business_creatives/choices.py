"""Choices and limits of files for ads. Sizes are bytes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from ...media import PhotoLimits, VideoLimits

MAX_NAME: Final = 100
MAX_VIDEO: Final = 500 << 20
MAX_IMAGE: Final = 50 << 20
MAX_IMAGE_PIXELS: Final = 3_686_400
MAX_TEMPORARY: Final = 100 << 20
MIN_CHUNKED: Final = 20_000_000
"""The smallest file that is taken in parts; TikTok says 20 MB, of either kind."""
MAX_FORM: Final = 1 << 20
"""Bytes of an upload's other fields."""
FILE_SECONDS: Final = 86_400
"""The time for which a `file_id` is valid."""
MAX_PAGE: Final = 1_000
MAX_COVERS: Final = 10


class UploadType(StrEnum):
    """How a video or an image is handed over."""

    FILE = "UPLOAD_BY_FILE"
    URL = "UPLOAD_BY_URL"
    FILE_ID = "UPLOAD_BY_FILE_ID"
    VIDEO_ID = "UPLOAD_BY_VIDEO_ID"


class TemporaryUploadType(StrEnum):
    """How a file is handed over for a `file_id`."""

    FILE = "FILE"
    URL = "URL"


class FileType(StrEnum):
    """The kinds of files that have names of their own in an ad account."""

    VIDEO = "VIDEO"
    IMAGE = "IMAGE"


class FileKind(StrEnum):
    """The kinds of files that are taken for a `file_id`."""

    IMAGE = "image"
    MUSIC = "music"
    VIDEO = "video"
    PLAYABLE = "playable"


class VideoSort(StrEnum):
    """The order of found videos, the newest first."""

    CREATE_TIME = "CREATE_TIME"
    MODIFY_TIME = "MODIFY_TIME"


AD_VIDEO: Final = VideoLimits(
    containers=("mp4", "mov", "mpeg", "mpegvideo", "avi", "3gp"),
    codecs=("h264", "hevc", "mpeg4", "mpeg1video", "mpeg2video", "h263", "mjpeg"),
    min_fps=1,
    max_fps=240,
    min_side=1,
    max_bytes=MAX_VIDEO,
)
"""Only the containers and the size are published; the other limits keep out what is no video."""
AD_IMAGE: Final = PhotoLimits(
    formats=("jpeg", "png"), max_bytes=MAX_IMAGE, max_pixels=MAX_IMAGE_PIXELS
)
