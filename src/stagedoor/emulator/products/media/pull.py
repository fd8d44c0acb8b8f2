"""PULL_FROM_URL: downloads media over HTTP (`media.yaml`).

Hosts in the world's host map are fetched from loopback; others only if the setting
`pull_from_internet` is on. TikTok follows no redirect and times out after an hour.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from stagedoor.platform.media import PHOTO, VIDEO
from stagedoor.platform.products.posting import FailReason, PublishStatus

from ...hosts import reached_at
from ...world import World
from ...world.clock import Handlers
from ..posting import processing
from ..posting.processing import DOWNLOAD
from ..posting.state import PUBLISHES, Publish

EXPIRE = "pull.expire"

_PATIENCE = 2.0
_CONNECT_SECONDS = 10.0
_OK = 200


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
    import httpx2

    found, reason = hashlib.sha256(), _reason(publish)
    # The query may be signed, so it isn't shown.
    shown = url.partition("?")[0]
    try:
        with path.open("wb") as file:
            async for block in _blocks(world, publish, url):
                found.update(block)
                file.write(block)
                publish.downloaded_bytes = (publish.downloaded_bytes or 0) + len(block)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ImportError, ValueError) as error:
        # ImportError, ValueError: an unusable proxy in the environment
        detail = f"{shown} can't be downloaded: {str(error) or type(error).__name__}"
        raise _Failed(reason, detail) from None
    return found.hexdigest()


async def _blocks(world: World, publish: Publish, url: str) -> AsyncIterator[bytes]:
    """The bytes at `url`, streamed."""
    import httpx2

    mapped, reason = reached_at(world, url), _reason(publish)
    parts = urlsplit(url)
    shown = url.partition("?")[0]
    if mapped is None and not world.settings.pull_from_internet:
        raise _Failed(
            reason,
            f"{parts.hostname} isn't in the emulator's host map (PUT /_emulator/hosts), "
            "and pull_from_internet is off",
        )
    most, size = PHOTO.max_bytes if publish.flow.photo else VIDEO.max_bytes, 0
    headers = {"Accept-Encoding": "identity", "Host": parts.netloc}
    async with (
        httpx2.AsyncClient(
            verify=mapped is None,
            trust_env=mapped is None,
            # The total time is limited by a timer on the world's clock.
            timeout=httpx2.Timeout(None, connect=_CONNECT_SECONDS),
        ) as client,
        client.stream("GET", mapped or url, headers=headers) as response,
    ):
        if response.is_redirect:
            detail = f"{shown} answered {response.status_code}; TikTok follows no redirect"
            raise _Failed(reason, detail)
        if response.status_code != _OK:
            raise _Failed(reason, f"{shown} answered {response.status_code}; TikTok needs 200")
        async for block in response.aiter_raw():
            size += len(block)
            if size > most:
                too_large = FailReason.PICTURE_SIZE if publish.flow.photo else reason
                raise _Failed(too_large, f"{shown} is larger than {most} bytes, the most allowed")
            yield block
