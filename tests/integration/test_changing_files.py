"""A file that changes or shrinks while it is sent never becomes a post."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from stagedoor import PrivacyLevel, Progress, Stage, TikTok
from stagedoor.client.errors import MediaChanged
from stagedoor.platform.media import SAFE_MIN_CHUNK
from tests.support.local import Local

from .test_network_lost import new_videos


@pytest.fixture
def copy(film: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(film, tmp_path / "copy.mp4"))


def shrink(path: Path) -> None:
    os.truncate(path, SAFE_MIN_CHUNK + 1000)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-1000, os.SEEK_END)
        file.write(b"x" * 1000)


@pytest.mark.parametrize("at", [SAFE_MIN_CHUNK // 2, 2 * SAFE_MIN_CHUNK])
@pytest.mark.parametrize("change", [shrink, grow, rewrite])
def test_a_file_that_changes_is_noticed_and_nothing_is_published(
    local: Local, tiktok: TikTok, copy: Path, change: Callable[[Path], None], at: int
) -> None:
    changed = False

    def meddle(progress: Progress) -> None:
        nonlocal changed
        if progress.stage is Stage.UPLOADING and progress.done > at and not changed:
            changed = True
            change(copy)

    with pytest.raises(MediaChanged, match="Nothing was published"):
        tiktok.posts.publish_video(
            copy,
            privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
            chunk_size=SAFE_MIN_CHUNK,
            progress=meddle,
        )
    assert changed
    assert new_videos(local) == 0
    [publish] = local.publishes()
    assert publish["status"] == "PROCESSING_UPLOAD"


def test_the_async_client_notices_too(local: Local, copy: Path) -> None:
    changed = False

    def meddle(progress: Progress) -> None:
        nonlocal changed
        if progress.stage is Stage.UPLOADING and progress.done > SAFE_MIN_CHUNK and not changed:
            changed = True
            shrink(copy)

    async def run() -> None:
        async with local.async_client() as tiktok:
            await tiktok.posts.publish_video(
                copy,
                privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
                chunk_size=SAFE_MIN_CHUNK,
                progress=meddle,
            )

    with pytest.raises(MediaChanged):
        anyio.run(run)
    assert new_videos(local) == 0
