"""Files that TikTok wouldn't take are refused by name and limit, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stagedoor import PrivacyLevel, TikTok
from stagedoor.client.errors import InvalidRequest, MediaRejected, MediaUnreadable, PostFailed
from tests.support import media
from tests.support.local import Local

PUBLIC = PrivacyLevel.PUBLIC_TO_EVERYONE


def text(path: Path) -> None:
    path.write_text("just words\n" * 400)


def empty_file(path: Path) -> None:
    path.write_bytes(b"")


def huge(path: Path) -> None:
    """4 GiB and a byte, without using any disk."""
    path.write_bytes(media.video())
    with path.open("r+b") as file:
        file.truncate((4 << 30) + 1)


def cut_off(path: Path) -> None:
    whole = media.video()
    path.write_bytes(whole[: len(whole) // 2])


def cut_off_webm(path: Path) -> None:
    whole = media.video(codec="libvpx", container="webm")
    path.write_bytes(whole[: len(whole) // 2])


def mpeg4(path: Path) -> None:
    path.write_bytes(media.video(codec="mpeg4"))


def slow(path: Path) -> None:
    path.write_bytes(media.video(fps=12, seconds=4))


def fast(path: Path) -> None:
    path.write_bytes(media.video(fps=90, seconds=4))


def small(path: Path) -> None:
    path.write_bytes(media.video(width=320, height=320))


def short(path: Path) -> None:
    path.write_bytes(media.video(seconds=1))


def sound_only(path: Path) -> None:
    path.write_bytes(media.sound())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (text, "can't be read as a video"),
        (empty_file, "TikTok takes 1 to"),
        (huge, "4294967296 bytes"),
        (cut_off, "is cut off"),
        (cut_off_webm, "is cut off"),
        (mpeg4, "encoded as mpeg4, TikTok takes H.264"),
        (slow, "12.00 frames per second, TikTok takes 23 to 60"),
        (fast, "90.00 frames per second, TikTok takes 23 to 60"),
        (small, "320 pixels wide, TikTok takes 360 to 4096"),
        (short, "1.0 s long, TikTok takes 3 s at least"),
        (sound_only, "has no video in it"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_file_is_named_with_the_limit_before_any_byte_leaves(
    local: Local, tiktok: TikTok, tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    path = tmp_path / ("bad.webm" if make is cut_off_webm else "bad.mp4")
    make(path)
    with pytest.raises((MediaRejected, InvalidRequest), match=says) as caught:
        tiktok.posts.publish_video(path, privacy_level=PUBLIC)
    assert "Nothing was sent" in str(caught.value)
    assert local.publishes() == []
    assert local.calls("posting.video_init") == []


def test_a_video_longer_than_the_creator_may_post_names_both(
    local: Local, tiktok: TikTok, tmp_path: Path
) -> None:
    local.phone("PATCH", "settings", {"max_video_seconds": 3})
    path = tmp_path / "long.mp4"
    path.write_bytes(media.video(seconds=5))
    with pytest.raises(InvalidRequest, match=r"5\.0 s long, @maracooks may post at most 3 s"):
        tiktok.posts.publish_video(path, privacy_level=PUBLIC)
    assert local.calls("posting.video_init") == []


def test_a_file_that_is_not_there_is_said_so(tiktok: TikTok, tmp_path: Path) -> None:
    with pytest.raises(MediaUnreadable, match="No such file"):
        tiktok.posts.publish_video(tmp_path / "nowhere.mp4", privacy_level=PUBLIC)


def test_a_photo_over_1080p_is_named_by_its_number(
    local: Local, tiktok: TikTok, photo_host: Path
) -> None:
    (photo_host / "1.jpg").write_bytes(media.photo())
    (photo_host / "2.jpg").write_bytes(media.photo(width=1440, height=2560))
    urls = [f"https://photos.example.com/{number}.jpg" for number in (1, 2)]
    with pytest.raises(MediaRejected, match=r"photo 2 \(2\.jpg\): is 1440x2560 .* 1080p"):
        tiktok.posts.publish_photos(
            urls, privacy_level=PUBLIC, copies=[photo_host / "1.jpg", photo_host / "2.jpg"]
        )
    assert local.calls("posting.content_init") == []


def test_a_png_is_refused_by_name(tiktok: TikTok, photo_host: Path) -> None:
    (photo_host / "1.png").write_bytes(media.photo(kind="png"))
    with pytest.raises(MediaRejected, match="is PNG, TikTok takes JPEG or WebP"):
        tiktok.posts.publish_photos(
            ["https://photos.example.com/1.png"],
            privacy_level=PUBLIC,
            copies=[photo_host / "1.png"],
        )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (text, "file_format_check_failed"),
        (cut_off, "file_format_check_failed"),
        (mpeg4, "file_format_check_failed"),
        (slow, "frame_rate_check_failed"),
        (small, "picture_size_check_failed"),
        (short, "duration_check_failed"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_unchecked_it_is_tiktok_that_fails_it_and_says_why(
    local: Local, tiktok: TikTok, tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "bad.mp4"
    make(path)
    before = len(list(tiktok.videos.all()))
    with pytest.raises(PostFailed) as caught:
        tiktok.posts.publish_video(path, privacy_level=PUBLIC, check=False)
    assert caught.value.reason == reason
    assert caught.value.remedy
    assert len(list(tiktok.videos.all())) == before
