"""The main job over real HTTP: what is sent is what arrives, and shows up everywhere."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import IO

import anyio
import pytest

from stagedoor import PrivacyLevel, Progress, Stage, TikTok, Url
from stagedoor.client.errors import ConfigurationError, TikTokError
from stagedoor.platform.media import SAFE_MIN_CHUNK
from tests.support import media
from tests.support.local import Local

PUBLIC = PrivacyLevel.PUBLIC_TO_EVERYONE


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_video_sent_in_chunks_arrives_byte_for_byte_and_is_listed(
    local: Local, tiktok: TikTok, film: Path
) -> None:
    post = tiktok.posts.publish_video(
        film,
        privacy_level=PUBLIC,
        title="Opening night",
        chunk_size=SAFE_MIN_CHUNK,
        wait_until_public=True,
    )
    seen = local.control("GET", f"publishes/{post.publish_id}")
    assert seen["digest"] == digest(film)
    assert len(local.calls("media.upload_chunk")) == film.stat().st_size // SAFE_MIN_CHUNK
    newest = next(iter(tiktok.videos.all()))
    assert (newest.id, newest.title) == (post.post_ids[0], "Opening night")
    assert newest.duration == 3
    assert post.url is not None
    assert newest.share_url is not None
    assert newest.share_url.startswith(post.url)


def test_one_post_is_one_init_and_one_video(local: Local, tiktok: TikTok, clip: Path) -> None:
    before = len(list(tiktok.videos.all()))
    tiktok.posts.publish_video(clip, privacy_level=PUBLIC, wait_until_public=True)
    assert len(local.calls("posting.video_init")) == 1
    assert len(list(tiktok.videos.all())) == before + 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_async_client_does_the_same(local: Local, film: Path, backend: str) -> None:
    async def run() -> None:
        async with local.async_client() as tiktok:
            post = await tiktok.posts.publish_video(
                film, privacy_level=PUBLIC, chunk_size=SAFE_MIN_CHUNK, wait_until_public=True
            )
            seen = local.control("GET", f"publishes/{post.publish_id}")
            assert seen["digest"] == digest(film)
            listed = [video.id async for video in tiktok.videos.all(limit=3)]
            assert listed[0] == post.post_ids[0]

    anyio.run(run, backend=backend)


def test_progress_counts_every_byte_and_ends_done(tiktok: TikTok, film: Path) -> None:
    told: list[Progress] = []
    tiktok.posts.publish_video(
        film, privacy_level=PUBLIC, chunk_size=SAFE_MIN_CHUNK, progress=told.append
    )
    size = film.stat().st_size
    bytes_told = [item.done for item in told if item.stage is Stage.UPLOADING]
    assert bytes_told == sorted(bytes_told)
    assert bytes_told[-1] == size
    assert len(bytes_told) > size // (1 << 20)
    assert told[0].stage is Stage.CHECKING
    assert told[-1].stage is Stage.DONE


def test_an_open_stream_is_sent_from_where_it_stands(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    stream = io.BytesIO(b"something before" + clip.read_bytes())
    stream.seek(len(b"something before"))
    post = tiktok.posts.publish_video(stream, privacy_level=PUBLIC, check=False)
    assert local.control("GET", f"publishes/{post.publish_id}")["digest"] == digest(clip)


class OneWay(io.RawIOBase):
    """A stream that can't go back, such as a pipe."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        return self._data.readinto(buffer)


def one_way(path: Path) -> IO[bytes]:
    raw: io.RawIOBase = OneWay(path.read_bytes())
    return io.BufferedReader(raw)


def test_a_pipe_with_a_known_size_is_sent_too(local: Local, tiktok: TikTok, film: Path) -> None:
    post = tiktok.posts.publish_video(
        one_way(film),
        size=film.stat().st_size,
        privacy_level=PUBLIC,
        chunk_size=SAFE_MIN_CHUNK,
    )
    assert local.control("GET", f"publishes/{post.publish_id}")["digest"] == digest(film)


def test_a_pipe_without_a_size_is_refused_with_what_to_do(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    with pytest.raises(ConfigurationError, match="pass size="):
        tiktok.posts.publish_video(one_way(clip), privacy_level=PUBLIC)
    assert local.calls("posting.video_init") == []


def test_photos_are_downloaded_and_listed(local: Local, tiktok: TikTok, photo_host: Path) -> None:
    for name in ("1.jpg", "2.jpg"):
        (photo_host / name).write_bytes(media.photo())
    post = tiktok.posts.publish_photos(
        ["https://photos.example.com/1.jpg", "https://photos.example.com/2.jpg"],
        privacy_level=PUBLIC,
        title="Backstage",
        wait_until_public=True,
    )
    newest = next(iter(tiktok.videos.all()))
    assert newest.id == post.post_ids[0]
    assert post.url is not None
    assert (newest.share_url or "").startswith(post.url)


def test_a_video_is_pulled_from_a_verified_url(
    local: Local, tiktok: TikTok, photo_host: Path
) -> None:
    (photo_host / "clip.mp4").write_bytes(media.video())
    post = tiktok.posts.publish_video(
        Url("https://photos.example.com/clip.mp4"), privacy_level=PUBLIC, wait_until_public=True
    )
    assert next(iter(tiktok.videos.all())).id == post.post_ids[0]


def test_a_draft_waits_in_the_inbox_until_the_creator_posts_it(
    local: Local, tiktok: TikTok, clip: Path
) -> None:
    post = tiktok.posts.send_to_inbox(clip)
    assert post.status == "SEND_TO_USER_INBOX"
    assert post.post_ids == ()
    local.phone("POST", f"drafts/{post.publish_id}/finish", {"title": "By hand"})
    done = tiktok.posts.wait_for(post.publish_id, until_public=True)
    newest = next(iter(tiktok.videos.all()))
    assert (newest.id, newest.title) == (done.post_ids[0], "By hand")


def test_a_deleted_video_is_gone_everywhere(local: Local, tiktok: TikTok, clip: Path) -> None:
    post = tiktok.posts.publish_video(clip, privacy_level=PUBLIC, wait_until_public=True)
    video_id = post.post_ids[0]
    assert tiktok.embeds.video(url=post.url or "").embed_product_id == video_id
    local.phone("POST", f"videos/{video_id}/delete")
    assert video_id not in [video.id for video in tiktok.videos.all()]
    assert list(tiktok.videos.by_id([video_id])) == []
    with pytest.raises(TikTokError) as caught:
        tiktok.embeds.video(url=post.url or "")
    assert caught.value.http_status == 400


def test_the_same_creator_has_another_open_id_in_each_app_and_one_union_id(local: Local) -> None:
    found = []
    for key in ("emulator-client-key", "emulator-unaudited-key"):
        with local.client(key) as tiktok:
            user = tiktok.user.info(fields=("open_id", "union_id")).user
            found.append((user.open_id, user.union_id))
    assert found[0][0] != found[1][0]
    assert found[0][1] == found[1][1]


def test_a_long_list_is_walked_page_by_page(local: Local) -> None:
    usernames = [item["username"] for item in local.control("GET", "creators")["creators"]]
    counts = {}
    for name in usernames:
        with local.client(tokens=local.tokens(creator=name)) as tiktok:
            videos = [video.id for video in tiktok.videos.all()]
            assert len(videos) == len(set(videos))
            counts[name] = len(videos)
            known = [video_id for video_id in videos if video_id]
            assert {v.id for v in tiktok.videos.by_id(known)} == set(known)
    assert max(counts.values()) > 20
