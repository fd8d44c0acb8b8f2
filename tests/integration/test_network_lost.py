"""The network fails at every point of a post: one video at most, and nothing claimed too early."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import anyio
import pytest

from stagedoor import Hosts, PrivacyLevel, TikTok, Url
from stagedoor.client.errors import (
    AnswerLost,
    NotSent,
    OutcomeUnknown,
    ServerError,
    StillProcessing,
    UnexpectedAnswer,
    UploadError,
    UploadExpired,
)
from stagedoor.platform.media import SAFE_MIN_CHUNK
from tests.support.local import QUICK, Local

from .test_publish import one_way

PUBLIC = PrivacyLevel.PUBLIC_TO_EVERYONE
CHUNKS = 3


def publish(tiktok: TikTok, film: Path, **more: Any) -> Any:
    return tiktok.posts.publish_video(
        film,
        privacy_level=PUBLIC,
        chunk_size=SAFE_MIN_CHUNK,
        **({"wait_until_public": True} | more),
    )


def new_videos(local: Local) -> int:
    """Videos on the creator's profile that came from a post."""
    return sum(len(item["video_ids"]) for item in local.publishes())


BROKEN = [
    {"kind": "cut"},
    {"kind": "lost"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
]
BROKEN_CHUNK = [
    *BROKEN,
    {"kind": "cut", "after_bytes": 1},
    {"kind": "cut", "after_bytes": 3_000_000},
]


@pytest.mark.parametrize("fault", BROKEN, ids=str)
@pytest.mark.parametrize("operation", ["posting.creator_info", "posting.status"])
def test_a_read_that_breaks_is_read_again(
    local: Local, tiktok: TikTok, film: Path, operation: str, fault: dict[str, Any]
) -> None:
    local.fault(operation, **fault)
    publish(tiktok, film)
    assert new_videos(local) == 1
    assert len(local.calls("posting.video_init")) == 1


@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"kind": "lost"}], ids=str)
def test_an_upload_init_without_answer_is_repeated_once_since_it_publishes_nothing(
    local: Local, tiktok: TikTok, film: Path, fault: dict[str, Any]
) -> None:
    local.fault("posting.video_init", **fault)
    publish(tiktok, film)
    assert new_videos(local) == 1


def test_an_upload_init_that_stays_without_answer_is_told(
    local: Local, tiktok: TikTok, film: Path
) -> None:
    local.fault("posting.video_init", "lost", times=10)
    with pytest.raises(AnswerLost):
        publish(tiktok, film)
    assert new_videos(local) == 0


def test_an_init_that_tiktok_fails_is_not_repeated(
    local: Local, tiktok: TikTok, film: Path
) -> None:
    local.fault("posting.video_init", "status", status=500)
    with pytest.raises(ServerError):
        publish(tiktok, film)
    assert len(local.calls("posting.video_init")) == 1
    assert new_videos(local) == 0


@pytest.mark.parametrize("fault", BROKEN_CHUNK, ids=str)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_chunk_that_breaks_is_resumed_and_every_byte_arrives_once(
    local: Local, tiktok: TikTok, film: Path, chunk: int, fault: dict[str, Any]
) -> None:
    local.fault("media.upload_chunk", skip=chunk, **fault)
    post = publish(tiktok, film)
    seen = local.control("GET", f"publishes/{post.publish_id}")
    assert seen["digest"] == hashlib.sha256(film.read_bytes()).hexdigest()
    assert new_videos(local) == 1


def test_the_async_client_resumes_too(local: Local, film: Path) -> None:
    local.fault("media.upload_chunk", "cut", after_bytes=2_000_000, skip=1)

    async def run() -> None:
        async with local.async_client() as tiktok:
            await tiktok.posts.publish_video(
                film, privacy_level=PUBLIC, chunk_size=SAFE_MIN_CHUNK, wait_until_public=True
            )

    anyio.run(run)
    assert new_videos(local) == 1


def test_an_upload_that_stays_broken_publishes_nothing(
    local: Local, tiktok: TikTok, film: Path
) -> None:
    local.fault("media.upload_chunk", "cut", after_bytes=100, skip=1, times=50)
    with pytest.raises(AnswerLost):
        publish(tiktok, film)
    assert new_videos(local) == 0


def test_a_pipe_can_not_go_back_and_says_so(local: Local, tiktok: TikTok, film: Path) -> None:
    local.fault("media.upload_chunk", "cut", after_bytes=100, skip=1)
    with pytest.raises(UploadError, match=r"can't go back.*Nothing was published"):
        publish(tiktok, one_way(film), size=film.stat().st_size)  # type: ignore[arg-type]
    assert new_videos(local) == 0


def test_an_upload_url_that_expired_is_told_and_nothing_is_published(
    local: Local, tiktok: TikTok, film: Path
) -> None:
    moved = False

    def an_hour_passes(progress: Any) -> None:
        nonlocal moved
        if progress.done > SAFE_MIN_CHUNK and not moved:
            moved = True
            local.advance(3700)

    with pytest.raises(UploadExpired, match="Nothing was published"):
        publish(tiktok, film, progress=an_hour_passes)
    assert new_videos(local) == 0


def test_a_status_that_can_not_be_read_leaves_the_outcome_unknown(
    local: Local, tiktok: TikTok, film: Path
) -> None:
    local.fault("posting.status", "cut", times=50)
    with pytest.raises(OutcomeUnknown, match="don't post it again") as caught:
        publish(tiktok, film)
    local.control("DELETE", "faults")
    assert caught.value.publish_id is not None
    post = tiktok.posts.wait_for(caught.value.publish_id, until_public=True)
    assert post.post_ids
    assert new_videos(local) == 1


@pytest.mark.parametrize("kind", ["cut", "lost"])
def test_a_pull_init_without_answer_is_never_repeated(
    local: Local, tiktok: TikTok, photo_host: Path, kind: str
) -> None:
    local.fault("posting.video_init", kind)
    with pytest.raises(OutcomeUnknown, match="Look at the creator's profile"):
        tiktok.posts.publish_video(Url("https://photos.example.com/a.mp4"), privacy_level=PUBLIC)
    assert len(local.publishes()) == (1 if kind == "lost" else 0)


def test_processing_that_takes_longer_is_not_called_done(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    local.settings(processing="manual")
    with pytest.raises(StillProcessing, match="PROCESSING_UPLOAD") as caught:
        tiktok.posts.publish_video(clip, privacy_level=PUBLIC, wait=0.3)
    publish_id = caught.value.publish_id
    assert publish_id is not None
    while not local.control("GET", f"publishes/{publish_id}")["video_ids"]:
        local.control("POST", f"publishes/{publish_id}/advance")
    assert tiktok.posts.wait_for(publish_id).status == "PUBLISH_COMPLETE"


def test_a_new_publish_id_may_be_unknown_for_a_moment(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    local.settings(fresh_id_race_seconds=1.0)
    tiktok.posts.publish_video(clip, privacy_level=PUBLIC)
    local.settings(unknown_id_as_param=True)
    tiktok.posts.publish_video(clip, privacy_level=PUBLIC)


def test_a_tiktok_that_is_not_there_was_sent_nothing(local: Local, film: Path) -> None:
    with (
        TikTok(access_token="act.x", hosts=Hosts.at("http://127.0.0.1:9"), retry=QUICK) as tiktok,
        pytest.raises(NotSent, match="Nothing was sent"),
    ):
        publish(tiktok, film)


def test_a_stranger_at_the_address_is_not_taken_for_tiktok(photo_host: Path, local: Local) -> None:
    stranger = local.control("GET", "hosts")["photos.example.com"]
    with (
        TikTok(access_token="act.x", hosts=Hosts.at(stranger)) as tiktok,
        pytest.raises(UnexpectedAnswer, match="not an answer of TikTok's"),
    ):
        tiktok.user.info()


def test_a_limit_is_waited_for_and_then_the_call_goes_through(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    local.fault("display.video_list", "rate_limit", times=2)
    assert tiktok.videos.list(max_count=1).videos
    assert [call["status"] for call in local.calls("display.video_list")] == [429, 429, 200]
