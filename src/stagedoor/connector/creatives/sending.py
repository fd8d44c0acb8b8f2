"""Uploads of files to an ad account's library at TikTok, each at most once.

TikTok refuses a second file of the same name in an ad account. The name that a file gets here ends
with its digest, so an upload whose answer was lost is found by its name, and a repetition makes no
second file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import BadRequest, TransportError, UploadError
from stagedoor.platform.products.business_creatives import (
    MAX_NAME,
    AdImage,
    AdVideo,
    VideoFilter,
)

from ..ads.creative_ids import CreativeId, CreativeKind
from .creative import CreativeState

_NAME_TAKEN = "40911"
_LOOKED_AT = 1_000
"""The newest images of an ad account that are searched for an earlier upload."""
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that TikTok has."""

    creative: CreativeId
    state: CreativeState
    facts: dict[str, Any]


def name_of(named: str, sha256: str, suffix: str) -> str:
    """The name of a file at TikTok: the caller's, the digest, and the suffix of its format."""
    mark = f" {sha256[:_DIGITS]}{suffix}"
    stem = PurePath(named.replace("\\", "/")).stem or "creative"
    visible = "".join(letter if letter.isprintable() else " " for letter in stem).strip()
    return f"{visible[: MAX_NAME - len(mark)]}{mark}".strip()


def send(
    client: TikTokBusiness, kind: CreativeKind, file: IO[bytes], name: str, md5: str, again: bool
) -> Sent:
    """Upload a file, or find it where an earlier upload came through.

    `again`: an upload was begun before. Raises the client's errors; after a `TransportError` TikTok
    may have the file, and the caller may repeat this.
    """
    if again and (found := _find(client, kind, name, md5)) is not None:
        return found
    try:
        if kind is CreativeKind.IMAGE:
            return _image(client.creatives.upload_image(file, name=name), md5)
        return video(client.creatives.upload_video(file, name=name, wait=None), md5)
    except BadRequest as error:
        if error.code != _NAME_TAKEN:
            raise
        found = _find(client, kind, name, md5)
        if found is None:
            raise
        return found
    except TransportError:
        found = _find(client, kind, name, md5)
        if found is None:
            raise
        return found


def video(found: AdVideo, md5: str | None = None) -> Sent:
    """A video as TikTok describes it. Raises `UploadError` where TikTok has other bytes."""
    _check(found.signature, md5)
    facts = _facts(found, "width", "height", "duration", "size")
    state = CreativeState.READY if found.is_ready else CreativeState.PROCESSING
    return Sent(CreativeId(CreativeKind.VIDEO, found.video_id), state, facts)


def _image(found: AdImage, md5: str) -> Sent:
    _check(found.signature, md5)
    facts = _facts(found, "width", "height", "size")
    return Sent(CreativeId(CreativeKind.IMAGE, found.image_id), CreativeState.READY, facts)


def _facts(found: AdVideo | AdImage, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(found, name)) is not None}


def _check(signature: str | None, md5: str | None) -> None:
    if signature and md5 and signature.lower() != md5:
        raise UploadError("TikTok has other bytes than were sent: the MD5 differs. Send it again.")


def _find(client: TikTokBusiness, kind: CreativeKind, name: str, md5: str) -> Sent | None:
    """The file of this name in the ad account's library."""
    if kind is CreativeKind.VIDEO:
        videos = client.creatives.search_videos(
            filtering=VideoFilter(video_name=name), page_size=100
        )
        return next((video(one, md5) for one in videos.list if one.file_name == name), None)
    images = client.creatives.search_images(page_size=_LOOKED_AT)
    return next((_image(one, md5) for one in images.list if one.file_name == name), None)
