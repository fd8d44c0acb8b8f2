"""Timeouts, cancellation and closing behave as users of the HTTP library expect."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx2
import pytest

from stagedoor import NO_RETRY, PrivacyLevel
from stagedoor.client.errors import AnswerLost
from stagedoor.platform.media import SAFE_MIN_CHUNK
from tests.support.local import Local


def test_a_timeout_ends_the_call_and_keeps_the_library_s_error_as_the_cause(local: Local) -> None:
    local.fault("display.user_info", "slow", seconds=5)
    with local.client(timeout=0.3, retry=NO_RETRY) as tiktok:
        begun = time.monotonic()
        with pytest.raises(AnswerLost) as caught:
            tiktok.user.info()
    assert time.monotonic() - begun < 3
    assert isinstance(caught.value.__cause__, httpx2.ReadTimeout)


def test_a_cancelled_task_stops_at_once_and_the_client_stays_usable(local: Local) -> None:
    local.fault("display.user_info", "slow", seconds=5)

    async def run() -> None:
        async with local.async_client() as tiktok:
            begun = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await tiktok.user.info()
            assert time.monotonic() - begun < 2
            assert (await tiktok.user.info()).user.open_id

    asyncio.run(run())


def test_a_cancelled_upload_publishes_nothing_and_closes_its_file(local: Local, film: Path) -> None:
    local.fault("media.upload_chunk", "slow", seconds=5, skip=1)

    async def run() -> None:
        async with local.async_client() as tiktok:
            sending = tiktok.posts.publish_video(
                film,
                privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE,
                chunk_size=SAFE_MIN_CHUNK,
            )
            task = asyncio.ensure_future(sending)
            # the first chunk is there, and the second one waits for its answer
            for _ in range(1_000):
                if len(local.calls("media.upload_chunk")) == 2 or task.done():
                    break
                await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert [item["status"] for item in local.publishes()] == ["PROCESSING_UPLOAD"]
    open_files = {path.resolve() for path in Path("/proc/self/fd").iterdir() if path.exists()}
    assert film.resolve() not in open_files


def test_a_closed_client_refuses_and_a_borrowed_http_client_stays_open(local: Local) -> None:
    with httpx2.Client() as http:
        with local.client(http=http) as tiktok:
            tiktok.user.info()
        assert not http.is_closed
    client = local.client()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.user.info()


def test_a_walk_that_is_left_early_asks_for_no_more_pages(local: Local) -> None:
    usernames = [item["username"] for item in local.control("GET", "creators")["creators"]]
    with local.client(tokens=local.tokens(creator=usernames[-1])) as tiktok:
        for _ in tiktok.videos.all():
            break
    assert len(local.calls("display.video_list")) == 1
