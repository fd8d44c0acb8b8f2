"""Find where the picture in a photo's file ends, by the format's own markers.

A JPEG ends at its end marker: decoders stop there, and cameras append videos, depth maps and
second pictures. A file that ends before the marker was cut off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""A marker within scan data: 0xFF followed by zero or a restart code is data, not a marker."""
_START_OF_SCAN, _END = 0xDA, 0xD9
_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
"""Markers without a length field."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """`end` is None if the file ends first, `size` None if only a decoder can tell it."""

    format: str
    end: int | None
    size: tuple[int, int] | None = None


def find_picture(data: bytes) -> Picture:
    """The first picture in the bytes of a whole file."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        end = int.from_bytes(data[4:8], "little") + 8
        return Picture("webp", end if end <= len(data) else None)
    return Picture(_other(data), len(data))


def _jpeg(data: bytes) -> Picture:
    at, size = 2, None
    while (found := _MARKER.match(data, at)) is not None:
        marker, at = found[1][0], found.end()
        if marker == _END:
            return Picture("jpeg", at, size)
        if marker in _BARE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2:
            break
        if marker in _FRAMES and size is None:
            height, width = data[at + 3 : at + 5], data[at + 5 : at + 7]
            size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += length
        if marker == _START_OF_SCAN:
            behind = _MARKER.search(data, at)
            if behind is None:
                break
            at = behind.start()
    return Picture("jpeg", None, size)


def _other(data: bytes) -> str:
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"GIF8"):
        return "gif"
    if data.startswith(b"BM"):
        return "bmp"
    if data[4:8] == b"ftyp":
        return "avif" if data[8:12] == b"avif" else "heic"
    return ""
