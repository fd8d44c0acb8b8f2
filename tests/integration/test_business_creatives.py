"""Uploads of videos and images for ads with the client, over real HTTP, sync and async."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pytest

from stagedoor import AsyncTikTokBusiness, TikTokBusiness, Url
from stagedoor.business import VideoFilter
from stagedoor.client.errors import (
    AnswerLost,
    BadRequest,
    InvalidRequest,
    MediaUnreadable,
    VideoNotReady,
    WrongState,
)
from stagedoor.client.progress import Progress, Stage
from tests.examples.business import ADVERTISER_ID, APP_ID, APP_SECRET, OTHER_ADVERTISER_ID
from tests.examples.business_creatives import md5
from tests.support import media
from tests.support.local import QUICK, Local
from tests.support.site import Site, running_site


def token(local: Local) -> str:
    return str(local.control("POST", "business/tokens", {})["access_token"])


@pytest.fixture
def ads(local: Local) -> Iterator[TikTokBusiness]:
    made = TikTokBusiness(
        APP_ID, APP_SECRET, access_token=token(local), hosts=local.hosts, retry=QUICK
    )
    with made:
        yield made.for_advertiser(ADVERTISER_ID)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "Summer “sale”.mp4"
    path.write_bytes(media.video())
    return path


def test_a_video_is_uploaded_and_waited_for(ads: TikTokBusiness, clip: Path) -> None:
    seen: list[Progress] = []
    video = ads.creatives.upload_video(clip, progress=seen.append)
    assert (video.width, video.height, video.file_name) == (360, 640, clip.name)
    assert video.signature == md5(media.video())
    assert video.is_ready
    stages = list(dict.fromkeys(one.stage for one in seen))
    assert stages == [Stage.CHECKING, Stage.UPLOADING, Stage.PROCESSING, Stage.DONE]
    sent = [one.done for one in seen if one.stage is Stage.UPLOADING]
    assert (sent[0], sent[-1]) == (0, clip.stat().st_size)
    found = ads.creatives.all_videos(filtering=VideoFilter(video_name="summer"))
    assert [one.video_id for one in found] == [video.video_id]
    covers = ads.creatives.suggest_covers(video_id=video.video_id).list
    assert covers
    with pytest.raises(BadRequest) as taken:
        ads.creatives.upload_video(clip)
    assert taken.value.code == "40911"
    ads.creatives.rename_video(video_id=video.video_id, file_name="new.mp4")
    assert ads.creatives.check_name(file_name="new.mp4").duplicate is True


def test_the_same_with_coroutines(local: Local, clip: Path) -> None:
    async def main() -> None:
        async with AsyncTikTokBusiness(access_token=token(local), hosts=local.hosts) as client:
            ads = client.for_advertiser(ADVERTISER_ID)
            video = await ads.creatives.upload_video(clip)
            assert video.is_ready
            image = await ads.creatives.upload_image(media.photo(), name="a.jpg")
            names = [one.file_name async for one in ads.creatives.all_images()]
            assert names == ["a.jpg", "pasta.png"]
            assert image.format == "jpeg"

    asyncio.run(main())


def test_bytes_streams_and_addresses_are_taken(
    local: Local, ads: TikTokBusiness, site: Site
) -> None:
    picture = media.photo()
    unnamed = ads.creatives.upload_image(picture)
    assert unnamed.file_name == f"{md5(picture)}.jpg"
    stream = io.BytesIO(b"before" + picture)
    stream.seek(6)
    named = ads.creatives.upload_image(stream, name="b.jpg", advertiser_id=OTHER_ADVERTISER_ID)
    assert (named.signature, named.size) == (md5(picture), len(picture))
    piped = ads.creatives.upload_image(
        cast(IO[bytes], Pipe(picture)), name="c.jpg", size=len(picture)
    )
    assert piped.signature == md5(picture)
    local.control("PUT", "hosts", {"media.example.com": site.url})
    site.pages["/a.mp4"] = media.video()
    video = ads.creatives.upload_video(Url("https://media.example.com/a.mp4"))
    assert (video.file_name, video.width) == ("a.mp4", 360)
    with pytest.raises(WrongState) as unreachable:
        ads.creatives.upload_video(Url("https://media.example.com/none.mp4"))
    assert unreachable.value.code == "40903"


class Pipe(io.RawIOBase):
    """A stream that can't seek."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


def test_a_large_file_is_sent_in_parts(local: Local, ads: TikTokBusiness, tmp_path: Path) -> None:
    data = media.padded_video(25_000_000)
    path = tmp_path / "long.mp4"
    path.write_bytes(data)
    seen: list[Progress] = []
    video = ads.creatives.upload_video(path, chunk_above=20_000_000, progress=seen.append)
    assert (video.size, video.signature, video.file_name) == (len(data), md5(data), "long.mp4")
    assert len(local.calls("business.file_transfer_upload")) == 3
    assert max(one.done for one in seen if one.stage is Stage.UPLOADING) == len(data)
    piped = ads.creatives.upload_video(
        cast(IO[bytes], Pipe(data)), name="piped.mp4", size=len(data), chunk_above=20_000_000
    )
    assert piped.signature == md5(data)


def test_a_part_whose_answer_is_lost_is_not_sent_twice_into_the_file(
    local: Local, ads: TikTokBusiness, tmp_path: Path
) -> None:
    data = media.padded_video(25_000_000)
    path = tmp_path / "long.mp4"
    path.write_bytes(data)
    local.fault("business.file_transfer_upload", "lost", times=1)
    video = ads.creatives.upload_video(path, chunk_above=20_000_000)
    assert video.signature == md5(data)


def test_an_upload_whose_answer_is_lost_is_not_repeated(
    local: Local, ads: TikTokBusiness, clip: Path
) -> None:
    local.fault("business.file_video_upload", "lost", times=1)
    with pytest.raises(AnswerLost):
        ads.creatives.upload_video(clip)
    assert len(local.calls("business.file_video_upload")) == 1


def test_a_video_that_takes_too_long_is_named(
    local: Local, ads: TikTokBusiness, clip: Path
) -> None:
    local.settings(processing="manual")
    with pytest.raises(VideoNotReady) as late:
        ads.creatives.upload_video(clip, wait=0)
    video_id = late.value.video_id
    assert ads.creatives.video_info(video_ids=(video_id,)).list[0].width is None
    local.control("POST", f"business/creatives/videos/{video_id}/process")
    assert ads.creatives.wait_for_video(video_id).width == 360
    quick = ads.creatives.upload_video(clip, name="b.mp4", wait=None)
    assert quick.width is None


@pytest.mark.parametrize(
    ("passed", "refused"),
    [
        ({"media": "nowhere.mp4"}, MediaUnreadable),
        ({"media": 7}, TypeError),
        ({"media": b"x", "name": "x" * 101}, InvalidRequest),
        ({"media": b"x", "chunk_above": 1_000}, InvalidRequest),
    ],
)
def test_a_wrong_upload_is_refused_before_it_is_sent(
    local: Local, ads: TikTokBusiness, passed: dict[str, Any], refused: type[Exception]
) -> None:
    with pytest.raises(refused):
        ads.creatives.upload_video(**passed)
    assert local.calls("business.file_video_upload") == []


def test_a_file_that_is_no_video_is_told_by_tiktok(ads: TikTokBusiness) -> None:
    with pytest.raises(BadRequest) as wrong:
        ads.creatives.upload_video(b"<html>", name="a.mp4")
    assert wrong.value.code == "40908"
