"""PULL_FROM_URL: downloads media over HTTP (`media.yaml`).

TikTok follows no redirect and times out after an hour.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from stagedoor.platform.media import PHOTO, VIDEO
from stagedoor.platform.products.posting import FailReason, PublishStatus

from ...world import World
from ...world.clock import Handlers
from ..posting import processing
from ..posting.processing import DOWNLOAD
from ..posting.state import PUBLISHES, Publish
from . import fetch

EXPIRE = "pull.expire"

_PATIENCE = 2.0


def handlers(world: World) -> Handlers:
    """Timer handlers: a download times out; a download is restarted."""

    async def expire(publish_id: str) -> None:
        _expire(world, world[PUBLISHES][publish_id])

    async def begin(publish_id: str) -> None:
        start(world, world[PUBLISHES][publish_id])

    return {EXPIRE: expire, DOWNLOAD: begin}


def resume(world: World) -> None:
    """Restart the downloads that were in progress when the world was saved."""
    for publish in world[PUBLISHES].values():
        if downloading(publish):
            for kind, due in ((EXPIRE, _deadline(world, publish)), (DOWNLOAD, world.now())):
                world.clock.drop(kind, publish.id)
                world.clock.at(due, kind, publish.id)


def downloading(publish: Publish) -> bool:
    """Whether the post's media is still being downloaded; only then can the post be cancelled."""
    return publish.status is PublishStatus.PROCESSING_DOWNLOAD and publish.arrived is None


def begin(world: World, publish: Publish) -> None:
    """Start the download of the post's media in the background, with its timeout."""
    world.clock.at(_deadline(world, publish), EXPIRE, publish.id)
    start(world, publish)


def start(world: World, publish: Publish) -> None:
    publish.downloaded_bytes = 0
    publish.media.clear()
    publish.digests.clear()
    world.clock.start(DOWNLOAD, publish.id, _download(world, publish), _PATIENCE)


def cancel(world: World, publish: Publish) -> None:
    """Stop the download; the post ends as FAILED (`posting.yaml` publish_cancel)."""
    _stop(world, publish)
    processing.fail(world, publish, FailReason.CANCELLED, "cancelled by the app")


def _deadline(world: World, publish: Publish) -> float:
    return publish.created + world.settings.pull_seconds


def _expire(world: World, publish: Publish) -> None:
    if downloading(publish):
        _stop(world, publish)
        detail = f"the download took longer than {world.settings.pull_seconds} s"
        processing.fail(world, publish, _reason(publish), detail)


def _stop(world: World, publish: Publish) -> None:
    world.clock.stop(DOWNLOAD, publish.id)
    world.clock.drop(EXPIRE, publish.id)


def _reason(publish: Publish) -> FailReason:
    return FailReason.PHOTO_PULL if publish.flow.photo else FailReason.VIDEO_PULL


class _Failed(Exception):
    """The download failed, so the post fails; the text is the reason."""

    def __init__(self, reason: FailReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


async def _download(world: World, publish: Publish) -> None:
    count = len(publish.urls)
    for number, url in enumerate(publish.urls, 1):
        path = world.media / f"pull-{publish.id.rpartition('.')[2]}-{number}"
        try:
            digest = await _fetch(world, publish, url, path)
        except _Failed as failure:
            place = f"photo {number} of {count}: " if publish.flow.photo else ""
            world.clock.drop(EXPIRE, publish.id)
            processing.fail(world, publish, failure.reason, f"{place}{failure}")
            return
        publish.media.append(str(path))
        publish.digests.append(digest)
    world.clock.drop(EXPIRE, publish.id)
    if not publish.flow.photo:
        publish.digest = publish.digests[0]
    processing.media_arrived(world, publish)


async def _fetch(world: World, publish: Publish, url: str, path: Path) -> str:
    """Download the file to `path`; returns its SHA-256."""
    found, reason = hashlib.sha256(), _reason(publish)
    most = PHOTO.max_bytes if publish.flow.photo else VIDEO.max_bytes
    try:
        with path.open("wb") as file:
            async for block in fetch.blocks(world, url, most):
                found.update(block)
                file.write(block)
                publish.downloaded_bytes = (publish.downloaded_bytes or 0) + len(block)
    except fetch.FileTooLarge as error:
        too_large = FailReason.PICTURE_SIZE if publish.flow.photo else reason
        raise _Failed(too_large, str(error)) from None
    except (fetch.DownloadFailed, OSError) as error:
        raise _Failed(reason, str(error)) from None
    return found.hexdigest()
