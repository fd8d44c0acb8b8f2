"""Requests for videos and images of ads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, ValidationInfo, model_validator

from ...bounds import AtMost
from ...files import FileField
from ...model import AT_TIKTOK, AnyId, Request, in_context, says
from ...reasons import formed
from ..business.common import AdvertiserRequest, Ids, Md5, PageNumber
from .choices import (
    MAX_COVERS,
    MAX_NAME,
    MAX_PAGE,
    MIN_CHUNKED,
    FileKind,
    FileType,
    TemporaryUploadType,
    UploadType,
    VideoSort,
)

FileName = Annotated[str, Field(min_length=1, max_length=MAX_NAME), says("at most 100 characters")]
NewName = Annotated[
    FileName | None, says("unique in the ad account; default: the name of the file or address")
]
MaterialId = Annotated[str, Field(min_length=1, max_length=200)]
"""The id of a video or an image: not a number."""
_HTTP = formed("^[Hh][Tt][Tt][Pp][Ss]?://[^/]", "should be an address: https:// or http://, a host")
Address = Annotated[str, Field(pattern=_HTTP, max_length=2_048)]
FileId = Annotated[str, Field(min_length=1, max_length=200)]


def _needs(request: Request, how: str, names: tuple[str, ...], info: ValidationInfo) -> None:
    for name in names:
        if getattr(request, name) in (None, "", b""):
            if in_context(AT_TIKTOK, info):
                raise ValueError(f"{name}: Missing data for required field.")
            raise ValueError(f"{name} is missing: {how} needs it")


class _Upload(AdvertiserRequest):
    """Base of uploads: `upload_type` decides which other fields are required."""

    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @model_validator(mode="after")
    def _complete(self, info: ValidationInfo) -> Self:
        kind = getattr(self, "upload_type", None) or UploadType.FILE
        _needs(self, str(kind), self.NEEDS.get(kind, ()), info)
        return self


class VideoUpload(_Upload):
    """A video for ads: from a file, an address, a `file_id`, or another ad account's video."""

    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        UploadType.FILE: ("video_file", "video_signature"),
        UploadType.URL: ("video_url",),
        UploadType.FILE_ID: ("file_id",),
        UploadType.VIDEO_ID: ("video_id",),
    }

    upload_type: Annotated[
        UploadType | None, says("how the file is handed over; default UPLOAD_BY_FILE")
    ] = None
    file_name: NewName = None
    video_file: Annotated[
        FileField | None, says("at most 500 MB of mp4, mov, mpeg, avi or 3gp")
    ] = None
    video_signature: Annotated[Md5 | None, says("the MD5 of the file")] = None
    video_url: Annotated[Address | None, says("where TikTok downloads the video")] = None
    file_id: Annotated[FileId | None, says("a file that was uploaded before")] = None
    video_id: Annotated[MaterialId | None, says("a video of another ad account")] = None
    is_third_party: Annotated[bool | None, says("the video is a third party's")] = None
    flaw_detect: Annotated[bool | None, says("look for flaws")] = None
    auto_fix_enabled: Annotated[bool | None, says("fix them; needs `flaw_detect`")] = None
    auto_bind_enabled: Annotated[
        bool | None, says("keep the fixed video; needs `auto_fix_enabled`")
    ] = None

    @model_validator(mode="after")
    def _fixes(self) -> Self:
        if self.auto_fix_enabled and not self.flaw_detect:
            raise ValueError("auto_fix_enabled needs flaw_detect")
        if self.auto_bind_enabled and not self.auto_fix_enabled:
            raise ValueError("auto_bind_enabled needs flaw_detect and auto_fix_enabled")
        return self


class ImageUpload(_Upload):
    """An image for ads: from a file, an address or a `file_id`."""

    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        UploadType.FILE: ("image_file", "image_signature"),
        UploadType.URL: ("image_url",),
        UploadType.FILE_ID: ("file_id",),
    }

    upload_type: Annotated[
        UploadType | None, says("how the file is handed over; default UPLOAD_BY_FILE")
    ] = None
    file_name: NewName = None
    image_file: Annotated[
        FileField | None, says("less than 50 MB of JPEG or PNG, at most 3,686,400 pixels")
    ] = None
    image_signature: Annotated[Md5 | None, says("the MD5 of the file")] = None
    image_url: Annotated[Address | None, says("where TikTok downloads the image")] = None
    file_id: Annotated[FileId | None, says("a file that was uploaded before")] = None

    @model_validator(mode="after")
    def _no_video(self) -> Self:
        if self.upload_type is UploadType.VIDEO_ID:
            raise ValueError("upload_type has no UPLOAD_BY_VIDEO_ID for images")
        return self


class VideoQuery(AdvertiserRequest):
    """The videos to read."""

    video_ids: Annotated[
        tuple[MaterialId, ...], AtMost(60), Field(min_length=1), says("at most 60")
    ]


class ImageQuery(AdvertiserRequest):
    """The images to read."""

    image_ids: Annotated[
        tuple[MaterialId, ...], AtMost(100), Field(min_length=1), says("at most 100")
    ]


Ratios = Annotated[
    tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...],
    AtMost(100),
]
Materials = Annotated[tuple[MaterialId, ...], AtMost(100)]
ManyIds = Annotated[tuple[AnyId, ...], AtMost(1_000)]
Sources = Annotated[tuple[str, ...], AtMost(100)]
Pixels = Annotated[int, Field(ge=0, le=2**31)]


class VideoFilter(Request):
    """Conditions for videos; all of them must hold."""

    video_ids: Annotated[Materials | None, says("at most 100")] = None
    material_ids: Annotated[Ids | None, says("at most 100")] = None
    width: Annotated[Pixels | None, says("pixels")] = None
    height: Annotated[Pixels | None, says("pixels")] = None
    ratio: Annotated[Ratios | None, says("widths divided by heights; each matches within 0.05")] = (
        None
    )
    displayable: Annotated[bool | None, says("whether TikTok has processed it")] = None
    video_name: Annotated[str | None, says("a part of the name")] = None
    video_material_source: Annotated[
        Sources | None, says("where videos come from, such as UPLOADED_TO_TIKTOK_ADS_MANAGER")
    ] = None


class ImageFilter(Request):
    """Conditions for images; all of them must hold."""

    image_ids: Annotated[Materials | None, says("at most 100")] = None
    material_ids: Annotated[ManyIds | None, says("at most 1,000")] = None
    width: Annotated[Pixels | None, says("pixels")] = None
    height: Annotated[Pixels | None, says("pixels")] = None
    ratio: Annotated[Ratios | None, says("widths divided by heights; each matches within 0.05")] = (
        None
    )
    displayable: Annotated[bool | None, says("True: only displayable images")] = None


PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE)]


class VideoSearch(AdvertiserRequest):
    """A search for videos, the newest first."""

    filtering: Annotated[VideoFilter | None, says("conditions, all of which must hold")] = None
    sort_field: Annotated[VideoSort | None, says("default CREATE_TIME")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("rows of a page, at most 1,000; default 20")] = None


class ImageSearch(AdvertiserRequest):
    """A search for images, the newest first."""

    filtering: Annotated[ImageFilter | None, says("conditions, all of which must hold")] = None
    page: Annotated[PageNumber | None, says("the page, from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("rows of a page, at most 1,000; default 20")] = None


class CoverQuery(AdvertiserRequest):
    """A video whose covers TikTok suggests."""

    video_id: Annotated[MaterialId, says("the video")]
    poster_number: Annotated[
        int | None, Field(ge=1, le=MAX_COVERS), says("how many covers, at most 10; default 10")
    ] = None


class VideoRename(AdvertiserRequest):
    """A new name of a video."""

    video_id: Annotated[MaterialId, says("the video")]
    file_name: Annotated[FileName, says("a name in use gets a stamp of milliseconds")]


class ImageRename(AdvertiserRequest):
    """A new name of an image."""

    image_id: Annotated[MaterialId, says("the image")]
    file_name: Annotated[FileName, says("a name in use gets a stamp of milliseconds")]


class NamedFile(Request):
    """A name to check."""

    file_name: Annotated[FileName, says("the name, at most 100 characters")]
    file_type: Annotated[FileType | None, says("default VIDEO")] = None


NamedFiles = Annotated[tuple[NamedFile, ...], AtMost(20), Field(min_length=1)]


class NameQuery(AdvertiserRequest):
    """One name to check, or several as `files`."""

    file_name: Annotated[FileName | None, says("one name, at most 100 characters")] = None
    file_type: Annotated[FileType | None, says("default VIDEO")] = None
    files: Annotated[NamedFiles | None, says("at most 20")] = None

    @model_validator(mode="after")
    def _one_form(self, info: ValidationInfo) -> Self:
        if self.files is None:
            _needs(self, "a query without files", ("file_name",), info)
        return self


class UploadStart(AdvertiserRequest):
    """The start of an upload in parts."""

    size: Annotated[int, Field(ge=MIN_CHUNKED, le=2**53), says("bytes, at least 20 MB")]
    content_type: Annotated[FileKind, says("what the file is")]
    name: Annotated[FileName | None, says("at most 100 characters")] = None


class UploadTransfer(AdvertiserRequest):
    """One part of a file."""

    upload_id: Annotated[FileId, says("the upload")]
    start_offset: Annotated[int, Field(ge=0, le=2**53), says("the part's first byte")]
    file: Annotated[FileField, says("exactly the bytes of the expected part")]
    signature: Annotated[Md5, says("the MD5 of the part")]


class UploadFinish(AdvertiserRequest):
    """The end of an upload in parts."""

    upload_id: Annotated[FileId, says("the upload")]


class TemporaryUpload(_Upload):
    """A file for a `file_id`: from a file or an address."""

    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        TemporaryUploadType.FILE: ("file", "signature"),
        TemporaryUploadType.URL: ("url",),
    }

    upload_type: Annotated[TemporaryUploadType, says("how the file is handed over")]
    content_type: Annotated[FileKind, says("what the file is")]
    file: Annotated[FileField | None, says("at most 100 MB")] = None
    url: Annotated[Address | None, says("where TikTok downloads the file")] = None
    signature: Annotated[Md5 | None, says("the MD5 of the file")] = None
    name: Annotated[FileName | None, says("at most 100 characters")] = None
