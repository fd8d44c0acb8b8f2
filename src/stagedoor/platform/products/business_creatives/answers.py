"""Answers about videos and images for ads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic import model_validator as checked_model

from ...model import Answer, Id, says
from ..business.answers import PageInfo

_ISO = "%Y-%m-%dT%H:%M:%SZ"
_PLAIN = "%Y-%m-%d %H:%M:%S"


def _read(value: Any) -> Any:
    for form in (_ISO, _PLAIN):
        try:
            return datetime.strptime(value, form).replace(tzinfo=UTC)
        except (TypeError, ValueError):
            continue
    return value


def _iso(value: str | datetime) -> str:
    return value.astimezone(UTC).strftime(_ISO) if isinstance(value, datetime) else value


def _plain(value: str | datetime) -> str:
    return value.astimezone(UTC).strftime(_PLAIN) if isinstance(value, datetime) else value


IsoTime = Annotated[
    str | datetime,
    BeforeValidator(_read),
    PlainSerializer(_iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string"}),
]
"""A time that TikTok writes as 2026-11-30T09:00:00Z; other text stays text."""
PlainTime = Annotated[
    str | datetime,
    BeforeValidator(_read),
    PlainSerializer(_plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string"}),
]
"""A time that TikTok writes as 2026-11-30 09:00:00, in UTC; other text stays text."""


class AdVideo(Answer):
    """A video of an ad account. Right after the upload, most fields but the ids are None."""

    video_id: Id
    material_id: Annotated[Id | None, says("shared by videos with the same content")] = None
    file_name: str | None = None
    format: Annotated[str | None, says("the container, such as mp4")] = None
    width: int | None = None
    height: int | None = None
    duration: Annotated[float | None, says("seconds")] = None
    bit_rate: Annotated[int | None, says("bits a second")] = None
    size: Annotated[int | None, says("bytes")] = None
    fps: int | None = None
    definition: Annotated[str | None, says("such as 720p")] = None
    signature: Annotated[str | None, says("the MD5 of the file, in hexadecimal")] = None
    video_cover_url: Annotated[str | None, says("valid for six hours")] = None
    preview_url: Annotated[str | None, says("valid for six hours")] = None
    preview_url_expire_time: PlainTime | None = None
    displayable: Annotated[bool | None, says("whether TikTok has processed the video")] = None
    allow_download: bool | None = None
    allowed_placements: tuple[str, ...] | None = None
    create_time: IsoTime | None = None
    modify_time: IsoTime | None = None
    fix_task_id: Annotated[Id | None, says("of the automatic fix, if it was asked for")] = None
    flaw_types: Annotated[tuple[str, ...] | None, says("only if flaws were looked for")] = None

    @property
    def is_ready(self) -> bool:
        """Whether TikTok has processed the video, so that ads can use it."""
        return bool(self.width and self.height and self.duration)


class UploadedVideos(Answer):
    """The uploaded video, in a list of one: TikTok answers with an array."""

    list: tuple[AdVideo, ...] = ()

    @checked_model(mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return {"list": value} if isinstance(value, list | tuple) else value


class AdVideos(Answer):
    """Videos of an ad account."""

    list: tuple[AdVideo, ...] = ()


class AdVideoPage(AdVideos):
    """A page of videos of an ad account."""

    page_info: PageInfo = PageInfo()


class VideoCover(Answer):
    """A cover that TikTok suggests: an image that ads can use by its id."""

    id: Id
    url: Annotated[str | None, says("valid for an hour")] = None
    width: int | None = None
    height: int | None = None


class VideoCovers(Answer):
    """The suggested covers of a video."""

    list: tuple[VideoCover, ...] = ()


class AdImage(Answer):
    """An image of an ad account."""

    image_id: Id
    material_id: Annotated[Id | None, says("shared by images with the same content")] = None
    file_name: str | None = None
    format: Annotated[str | None, says("jpeg or png")] = None
    width: int | None = None
    height: int | None = None
    size: Annotated[int | None, says("bytes")] = None
    signature: Annotated[str | None, says("the MD5 of the file, in hexadecimal")] = None
    image_url: Annotated[str | None, says("valid for an hour")] = None
    displayable: bool | None = None
    is_carousel_usable: Annotated[bool | None, says("missing for some seconds at first")] = None
    create_time: Annotated[IsoTime | None, says("missing for some seconds at first")] = None
    modify_time: Annotated[IsoTime | None, says("missing for some seconds at first")] = None


class AdImages(Answer):
    """Images of an ad account."""

    list: tuple[AdImage, ...] = ()


class AdImagePage(AdImages):
    """A page of images of an ad account."""

    page_info: PageInfo = PageInfo()


class NameResult(Answer):
    """Whether a name is taken in an ad account."""

    file_name: str | None = None
    duplicate: bool | None = None
    duplicate_material_id: Annotated[Id | None, says("the material that has the name")] = None
    duplicate_template_id: Annotated[Id | None, says("its name in older answers")] = None


class NameCheck(NameResult):
    """The result for one name, or `batch_results` for several."""

    batch_results: tuple[NameResult, ...] | None = None


class UploadPart(Answer):
    """The part of a file that TikTok expects next."""

    start_offset: Annotated[int, says("the first byte")] = 0
    end_offset: Annotated[int, says("after the last byte; equal to `start_offset` at the end")] = 0


class StartedUpload(UploadPart):
    """An upload in parts, and the first part that TikTok expects."""

    upload_id: Id
    file_name: str | None = None


class UploadedFile(Answer):
    """A file that uploads by UPLOAD_BY_FILE_ID can name, for 24 hours."""

    file_id: Id
    file_name: str | None = None
    signature: Annotated[str | None, says("the MD5 of the file, in hexadecimal")] = None
    size: Annotated[int | None, says("bytes")] = None
    file_size: Annotated[int | None, says("the name of `size` in some answers")] = None
    create_time: PlainTime | None = None
