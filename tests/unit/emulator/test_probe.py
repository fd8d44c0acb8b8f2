"""Real files, whole and broken, and what the probe makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stagedoor.emulator.products.media.probe import probe_photo, probe_video
from stagedoor.platform.products.posting import FailReason
from tests.support import media

GOOD: list[dict[str, Any]] = [
    {},
    {"faststart": False},
    {"container": "mov"},
    {"codec": "libvpx", "container": "webm", "height": 360},
    {"codec": "libvpx-vp9", "container": "webm", "height": 360},
    {"fps": 24},
    {"fps": 60},
]

BAD: list[tuple[dict[str, Any], FailReason, str]] = [
    ({"container": "matroska"}, FailReason.FILE_FORMAT, "matroska"),
    ({"codec": "mpeg4"}, FailReason.FILE_FORMAT, "mpeg4"),
    ({"fps": 15}, FailReason.FRAME_RATE, "15 frames a second"),
    ({"fps": 72}, FailReason.FRAME_RATE, "72 frames a second"),
    ({"width": 320}, FailReason.PICTURE_SIZE, "320x640"),
    ({"width": 4112, "seconds": 0.2}, FailReason.PICTURE_SIZE, "4112x640"),
]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "media"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("options", GOOD, ids=str)
def test_a_good_video_passes(tmp_path: Path, options: dict[str, Any]) -> None:
    facts, fault = probe_video(written(tmp_path, media.video(**options)))
    assert fault is None
    assert facts is not None
    assert facts.seconds == pytest.approx(3.2, abs=0.1)
    assert facts.fps == pytest.approx(options.get("fps", 25), abs=0.1)
    assert (facts.width, facts.height) == (360, options.get("height", 640))


@pytest.mark.parametrize(("options", "reason", "detail"), BAD, ids=str)
def test_a_video_outside_the_limits_says_which(
    tmp_path: Path, options: dict[str, Any], reason: FailReason, detail: str
) -> None:
    _, fault = probe_video(written(tmp_path, media.video(**options)))
    assert fault is not None
    assert fault.reason is reason
    assert detail in fault.detail


def test_length_is_held_against_both_bounds(tmp_path: Path) -> None:
    path = written(tmp_path, media.video())
    for bounds, words in (((3.5, 600.0), "at least 3.5 s"), ((0.0, 3.0), "at most 3 s")):
        _, fault = probe_video(path, *bounds)
        assert fault is not None
        assert fault.reason is FailReason.DURATION
        assert words in fault.detail


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize(
    "options", [{}, {"faststart": False}, {"codec": "libvpx", "container": "webm"}], ids=str
)
def test_a_cut_off_video_fails_whatever_its_header_says(
    tmp_path: Path, options: dict[str, Any], kept: float
) -> None:
    whole = media.video(**options)
    _, fault = probe_video(written(tmp_path, whole[: int(len(whole) * kept)]))
    assert fault is not None
    assert fault.reason is FailReason.FILE_FORMAT


def test_a_video_whose_second_half_is_blank_fails(tmp_path: Path) -> None:
    whole = media.video()
    half = len(whole) // 2
    _, fault = probe_video(written(tmp_path, whole[:half] + bytes(len(whole) - half)))
    assert fault is not None
    assert fault.reason is FailReason.FILE_FORMAT


@pytest.mark.parametrize("data", [b"hello " * 500, bytes(range(256)) * 200, media.photo()])
def test_what_is_no_video_fails(tmp_path: Path, data: bytes) -> None:
    _, fault = probe_video(written(tmp_path, data))
    assert fault is not None
    assert fault.reason is FailReason.FILE_FORMAT


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
@pytest.mark.parametrize("size", [(720, 1080), (1080, 1920), (1920, 1080), (64, 64)])
def test_a_good_photo_passes(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    facts, fault = probe_photo(written(tmp_path, media.photo(*size, kind=kind)))
    assert fault is None
    assert facts is not None
    assert (facts.format, facts.width, facts.height) == (kind, *size)


@pytest.mark.parametrize("size", [(1200, 1200), (1081, 1000), (1000, 1921)])
def test_a_photo_over_1080p_fails_by_its_size(tmp_path: Path, size: tuple[int, int]) -> None:
    facts, fault = probe_photo(written(tmp_path, media.photo(*size)))
    fits = min(size) <= 1080 and max(size) <= 1920
    assert facts is not None
    assert (fault is None) is fits
    if fault is not None:
        assert fault.reason is FailReason.PICTURE_SIZE
        assert f"{size[0]}x{size[1]}" in fault.detail


def test_png_is_refused_by_name(tmp_path: Path) -> None:
    _, fault = probe_photo(written(tmp_path, media.photo(kind="png")))
    assert fault is not None
    assert fault.reason is FailReason.FILE_FORMAT
    assert "png" in fault.detail


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_cut_off_photo_fails(tmp_path: Path, kind: str, kept: float) -> None:
    whole = media.photo(kind=kind)
    _, fault = probe_photo(written(tmp_path, whole[: int(len(whole) * kept)]))
    assert fault is not None
    assert fault.reason is FailReason.FILE_FORMAT
