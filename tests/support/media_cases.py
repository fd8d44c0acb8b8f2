"""Media that client, service and emulator must judge alike, and why each is or isn't taken."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from stagedoor.platform.products.posting import FailReason

from . import media

FORMAT, RATE, SIZE, LENGTH = (
    FailReason.FILE_FORMAT,
    FailReason.FRAME_RATE,
    FailReason.PICTURE_SIZE,
    FailReason.DURATION,
)


@dataclass(frozen=True)
class Case:
    """`reason` None: it is taken, with `shown` as its width and height."""

    name: str
    make: Callable[[], bytes]
    reason: FailReason | None = None
    says: str = ""
    """A part of what the client says of it."""
    shown: tuple[int, int] | None = None

    def __str__(self) -> str:
        return self.name


def number(box: bytes, offset: int, change: Callable[[int], int]) -> bytes:
    """A video with one 32-bit number changed, `offset` bytes behind the first name of `box`."""
    data = media.video()
    at = data.index(box) + 4 + offset
    (old,) = struct.unpack_from(">I", data, at)
    return data[:at] + struct.pack(">I", change(old)) + data[at + 4 :]


def without_length() -> bytes:
    """A WebM as browsers record it: its header says no length."""
    data = media.video(codec="libvpx", container="webm", height=360)
    at = data.index(b"\x44\x89\x88")
    return data[:at] + b"\xec\x89" + bytes(9) + data[at + 11 :]


def webm_that_says(seconds: float) -> bytes:
    data = media.video(codec="libvpx", container="webm", height=360)
    at = data.index(b"\x44\x89\x88") + 3
    return data[:at] + struct.pack(">d", seconds * 1000) + data[at + 8 :]


def constant_samples(count: int, each: int = 1) -> bytes:
    data = media.video()
    at = data.index(b"stsz") + 8
    return data[:at] + struct.pack(">II", each, count) + data[at + 8 :]


def fragmented(claimed: int | None = None) -> bytes:
    """An MP4 in fragments; the first one claims so many samples without saying more of them."""
    data = media.video(movflags="frag_keyframe+empty_moov")
    if claimed is None:
        return data
    at = data.index(b"trun") + 4
    return data[:at] + struct.pack(">II", 0, claimed) + data[at + 8 :]


def half_blank() -> bytes:
    data = media.video()
    half = len(data) // 2
    return data[:half] + bytes(len(data) - half)


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def motion_photo() -> bytes:
    """A photo with the film of its moment behind it, as phones make it."""
    return media.photo() + media.video()


def marked_behind() -> bytes:
    """A photo with bytes behind it that look like the start of a scan."""
    return media.photo() + b"\x00\xff\xda\x00\x08" + bytes(500)


def two_pictures() -> bytes:
    return media.photo() + media.photo(width=2000, height=3000)


def turned_photo() -> bytes:
    """A photo that was taken with the phone on its side: EXIF orientation 6."""
    data = media.photo(width=1080, height=720)
    tag = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + tag + bytes(4)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


VIDEOS = [
    Case("plain", media.video, shown=(360, 640)),
    Case("index at the end", lambda: media.video(faststart=False), shown=(360, 640)),
    Case("mov", lambda: media.video(container="mov"), shown=(360, 640)),
    Case("fragmented", fragmented, shown=(360, 640)),
    Case(
        "15 million samples in a fragment",
        lambda: fragmented(15_000_000),
        FORMAT,
        "samples in its tables",
    ),
    Case(
        "webm",
        lambda: media.video(codec="libvpx", container="webm", height=360),
        shown=(360, 360),
    ),
    Case("webm without a length", without_length, shown=(360, 360)),
    Case("60.02 a second", lambda: media.video(fps=Fraction(6002, 100)), shown=(360, 640)),
    Case("61 a second", lambda: media.video(fps=61), RATE, "61.00 frames per second"),
    Case("turned by 90", lambda: media.video(turned=90), shown=(640, 360)),
    Case("turned by 180", lambda: media.video(turned=180), shown=(360, 640)),
    Case("wide pixels", lambda: media.video(aspect=Fraction(2)), shown=(720, 640)),
    Case(
        "wide pixels, too wide",
        lambda: media.video(width=2400, height=360, aspect=Fraction(2), seconds=3.04),
        SIZE,
        "4800 pixels wide",
    ),
    Case("too small", lambda: media.video(width=320), SIZE, "320 pixels wide"),
    Case("too short", lambda: media.video(seconds=2), LENGTH, "at least"),
    Case("short by a frame", lambda: media.video(seconds=2.96), shown=(360, 640)),
    Case("matroska", lambda: media.video(container="matroska"), FORMAT, "matroska container"),
    Case(
        "matroska with VP8",
        lambda: media.video(codec="libvpx", container="matroska"),
        FORMAT,
        "matroska container",
    ),
    Case("3gp", lambda: media.video(container="3gp"), FORMAT, "3gp container"),
    Case("mpeg4", lambda: media.video(codec="mpeg4"), FORMAT, "encoded as mpeg4"),
    Case(
        "track's time scale too large",
        lambda: number(b"mdhd", 12, lambda scale: scale * 10),
        FORMAT,
        "header says 3.2 s, its frames last 0.3 s",
    ),
    Case("track's time scale is 0", lambda: number(b"mdhd", 12, lambda _: 0), FORMAT, "scale of 0"),
    Case(
        "movie's time scale too small",
        lambda: number(b"mvhd", 12, lambda scale: scale // 10),
        FORMAT,
        "header says 32.0 s, its frames last 3.2 s",
    ),
    Case(
        "track's length too large",
        lambda: number(b"mdhd", 16, lambda length: length * 10),
        FORMAT,
        "header says 32.0 s",
    ),
    Case(
        "frames' length too small",
        lambda: number(b"stts", 12, lambda length: length // 10),
        FORMAT,
        "its frames last 0.3 s",
    ),
    Case("webm's length too large", lambda: webm_that_says(32), FORMAT, "is cut off"),
    Case("webm's length too small", lambda: webm_that_says(0.3), FORMAT, "header says 0.3 s"),
    Case(
        "15 million samples of one byte",
        lambda: constant_samples(15_000_000),
        FORMAT,
        "15,000,000 bytes of samples",
    ),
    Case(
        "15 million times",
        lambda: number(b"stts", 8, lambda _: 15_000_000),
        FORMAT,
        "15,000,000 samples",
    ),
    Case(
        "15 million entries that aren't there",
        lambda: number(b"stts", 4, lambda _: 15_000_000),
        FORMAT,
        "stts claims 15,000,000 entries",
    ),
    Case("cut off", lambda: cut(media.video(), 0.7), FORMAT, "is cut off"),
    Case("second half blank", half_blank, FORMAT),
    Case("sound alone", media.sound, FORMAT, "no video in it"),
    Case("text", lambda: b"hello " * 500, FORMAT, "can't be read"),
]

PHOTOS = [
    Case("jpeg", media.photo, shown=(720, 1080)),
    Case("webp", lambda: media.photo(kind="webp"), shown=(720, 1080)),
    Case("jpeg with a film behind it", motion_photo, shown=(720, 1080)),
    Case("jpeg with markers behind it", marked_behind, shown=(720, 1080)),
    Case("jpeg with a larger one behind it", two_pictures, shown=(720, 1080)),
    Case("jpeg on its side", turned_photo, shown=(720, 1080)),
    Case("png", lambda: media.photo(kind="png"), FORMAT, "is PNG"),
    Case("jpeg cut off", lambda: cut(media.photo(), 0.9), FORMAT, "is cut off"),
    Case("webp cut off", lambda: cut(media.photo(kind="webp"), 0.9), FORMAT, "is cut off"),
    Case("too large", lambda: media.photo(width=1200, height=1200), SIZE, "1200x1200"),
    Case("markers alone", lambda: b"\xff\xd8\xff\xd9", FORMAT),
]
