"""The five ways to post, as a caller goes them: each answers with the post's id."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.drills.installation import Installation
from tests.support import media

PUBLIC = "PUBLIC_TO_EVERYONE"
SEVERAL_CHUNKS = 31 << 20
"""Bytes; the service sends chunks of 10 MiB, the last one larger."""


@dataclass(frozen=True, slots=True)
class Flow:
    """`begin` makes a post that is known by `mark`, a text that no other post has."""

    name: str
    direct: bool
    pulled: bool
    begin: Callable[[Installation, str, dict[str, Any]], str]

    def __str__(self) -> str:
        return self.name


def made(publishes: Iterable[dict[str, Any]], mark: str) -> list[dict[str, Any]]:
    """The local TikTok's entries of a post: one entry for each init that it did."""
    return [one for one in publishes if mark in _marks(one)]


def _marks(publish: dict[str, Any]) -> tuple[str, ...]:
    size = publish["upload"]["size"] if publish["upload"] else 0
    return (publish["title"], f"{size} bytes")


def _begin_video(
    installation: Installation, mark: str, data: bytes | None, body: dict[str, Any]
) -> str:
    begun = installation.call("init-video-upload", {"title": mark} | body, key=f"{mark} init")
    if data is not None:
        installation.upload(begun["uploadUrl"], data)
    installation.call("publish-video", {"publishId": begun["publishId"]}, key=f"{mark} publish")
    return str(begun["publishId"])


def _direct_in_chunks(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    body = {"caption": mark, "privacyLevel": PUBLIC} | more
    return _begin_video(installation, mark, media.padded_video(SEVERAL_CHUNKS), body)


def _direct(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    body = {"caption": mark, "privacyLevel": PUBLIC} | more
    return _begin_video(installation, mark, media.video(), body)


def _draft(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    size = int(mark.partition(" ")[0])
    return _begin_video(installation, mark, media.padded_video(size), {"mode": "draft"} | more)


def _pulled(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    body = {"caption": mark, "privacyLevel": PUBLIC, "videoUrl": installation.films} | more
    return _begin_video(installation, mark, None, body)


def _photos(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    begun = installation.call("init-photo-upload", {"count": 2}, key=f"{mark} init")
    for upload in begun["uploads"]:
        installation.upload(upload["uploadUrl"], media.photo())
    ids = [upload["uploadId"] for upload in begun["uploads"]]
    body = {"uploads": ids, "title": mark} | more
    made = installation.call("publish-photos", body, key=f"{mark} publish")
    return str(made["publishId"])


def _photos_direct(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    return _photos(installation, mark, {"privacyLevel": PUBLIC} | more)


def _photos_draft(installation: Installation, mark: str, more: dict[str, Any]) -> str:
    return _photos(installation, mark, {"mode": "draft"} | more)


VIDEO = Flow("video", True, False, _direct_in_chunks)
SMALL_VIDEO = Flow("small video", True, False, _direct)
DRAFT = Flow("draft", False, False, _draft)
PULLED = Flow("pulled video", True, True, _pulled)
PHOTOS = Flow("photos", True, True, _photos_direct)
PHOTOS_DRAFT = Flow("photos draft", False, True, _photos_draft)

ALL = (VIDEO, DRAFT, PULLED, PHOTOS, PHOTOS_DRAFT)


def mark(flow: Flow, number: int) -> str:
    """The text by which the post of this number is known; a draft of a video has nothing but its
    size."""
    return f"{100_000 + number} bytes" if flow is DRAFT else f"{flow.name} {number:05d}."
