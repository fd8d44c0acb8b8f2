"""The length that a container file declares; a shorter file was truncated."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_SEGMENT = b"\x18\x53\x80\x67"
_HEAD = 4096


def missing_bytes(path: Path, container: str) -> int:
    """Bytes that the outermost boxes (MP4, MOV) or the segment (WebM) declare beyond the end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        claimed = _boxes(file, size) if container in ("mp4", "mov") else _segment(file)
    return max(0, claimed - size)


def _boxes(file: BinaryIO, size: int) -> int:
    start = 0
    while start + 8 <= size:
        file.seek(start)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            # 0: the box extends to the end of the file
            return size
        start += length
    return start


def _segment(file: BinaryIO) -> int:
    head = file.read(_HEAD)
    at = head.find(_SEGMENT)
    if at < 0 or at + 12 > len(head):
        return 0
    first = head[at + 4]
    width = 9 - first.bit_length()
    field = int.from_bytes(head[at + 4 : at + 4 + width], "big")
    length = field & ((1 << (7 * width)) - 1)
    if length == (1 << (7 * width)) - 1:
        # all ones: an unknown length, as in live recordings
        return 0
    return at + 4 + width + length
