"""Checks the index of an MP4 or MOV file against the file.

TikTok's own checks aren't known; a file whose index contradicts itself or the file's bytes is
refused here as unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from struct import unpack_from
from typing import BinaryIO

from stagedoor.platform.media import VIDEO

_MOST_BOXES = 100_000
_MOST_HEADER = 64 << 20
_ENTRY = {"stts": 8, "ctts": 8, "stsc": 12, "stco": 4, "co64": 8, "stss": 4}
_FOLDERS = {"moov", "trak", "edts", "mdia", "minf", "stbl", "mvex", "traf"}
_UNSAID = {0, 2**32 - 1, 2**64 - 1}


def contradiction(path: Path) -> str:
    """A contradiction in the index of a file, in words; empty if there is none."""
    size, in_fragments = path.stat().st_size, 0
    with path.open("rb") as file:
        for kind, start, end in _outermost(file, size):
            if kind not in ("moov", "moof") or end - start > _MOST_HEADER:
                continue
            file.seek(start)
            data = file.read(end - start)
            if kind == "moov" and (wrong := _movie(data, size)):
                return wrong
            in_fragments += sum(
                int.from_bytes(data[at + 4 : at + 8], "big")
                for name, at, _ in _inner(data, 0, len(data))
                if name == "trun"
            )
    if in_fragments > min(size, VIDEO.max_samples):
        return f"its fragments claim {in_fragments} samples in {size} bytes"
    return ""


def _outermost(file: BinaryIO, size: int) -> Iterator[tuple[str, int, int]]:
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, skip = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16], "big"), 16
        if length < skip:
            length = size - at
        yield head[4:8].decode("latin-1"), at + skip, min(size, at + length)
        at += length


def _inner(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The boxes between two offsets, and the boxes nested in them."""
    at = start
    while at + 8 <= end:
        length, skip = int.from_bytes(data[at : at + 4], "big"), 8
        if length == 1:
            length, skip = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if length < skip:
            return
        kind, stop = data[at + 4 : at + 8].decode("latin-1"), min(end, at + length)
        yield kind, at + skip, stop
        if kind in _FOLDERS:
            yield from _inner(data, at + skip, stop)
        at += length


def _movie(data: bytes, size: int) -> str:
    found = list(_inner(data, 0, len(data)))
    scale = next((_clock(data, start)[0] for kind, start, _ in found if kind == "mvhd"), 0)
    fragmented = any(kind == "mvex" for kind, _, _ in found)
    samples = 0
    for kind, start, end in found:
        if kind != "trak":
            continue
        boxes = {name: (at, stop) for name, at, stop in _inner(data, start, end)}
        if wrong := _tables(data, boxes, size):
            return wrong
        if not _counted_in_bytes(data, boxes):
            samples += max(_count(data, boxes), _timed(data, boxes)[0])
        if not fragmented and (wrong := _lengths(data, boxes, scale)):
            return wrong
    if samples > min(size, VIDEO.max_samples):
        return f"its tables claim {samples} samples in {size} bytes"
    return ""


Boxes = dict[str, tuple[int, int]]


def _tables(data: bytes, boxes: Boxes, size: int) -> str:
    for name, width in _ENTRY.items():
        if name in boxes:
            at, stop = boxes[name]
            claimed = int.from_bytes(data[at + 4 : at + 8], "big")
            if claimed > VIDEO.max_samples or at + 8 + claimed * width > stop:
                return f"its table {name} claims {claimed} entries that aren't there"
    if "stsz" in boxes:
        at, stop = boxes["stsz"]
        each, count = unpack_from(">II", data, at + 4) if stop - at >= 12 else (0, 0)
        if each * count > size or (not each and at + 12 + 4 * count > stop):
            return f"its table stsz claims {count} samples that aren't there"
    return ""


def _count(data: bytes, boxes: Boxes) -> int:
    at, stop = boxes.get("stsz", (0, 0))
    return int.from_bytes(data[at + 8 : at + 12], "big") if stop - at >= 12 else 0


def _timed(data: bytes, boxes: Boxes) -> tuple[int, int]:
    """The number of samples with a duration, and the sum of their durations."""
    at, stop = boxes.get("stts", (0, 0))
    claimed = int.from_bytes(data[at + 4 : at + 8], "big") if stop else 0
    pairs = [unpack_from(">II", data, at + 8 + 8 * n) for n in range(claimed)]
    return sum(count for count, _ in pairs), sum(count * length for count, length in pairs)


def _counted_in_bytes(data: bytes, boxes: Boxes) -> bool:
    """Whether the track is uncompressed sound, in which each sample is one or two bytes."""
    at, _ = boxes.get("hdlr", (0, 0))
    sized, _ = boxes.get("stsz", (0, 0))
    times, _ = boxes.get("stts", (0, 0))
    return (
        data[at + 8 : at + 12] == b"soun"
        and int.from_bytes(data[sized + 4 : sized + 8], "big") > 0
        and data[times + 4 : times + 8] == b"\0\0\0\1"
        and data[times + 12 : times + 16] == b"\0\0\0\1"
    )


def _lengths(data: bytes, boxes: Boxes, movie: int) -> str:
    at, _ = boxes.get("hdlr", (0, 0))
    if data[at + 8 : at + 12] not in (b"vide", b"soun") or "mdhd" not in boxes:
        return ""
    samples, lasts = _timed(data, boxes)
    if not samples or not _count(data, boxes):
        return ""
    scale, length = _clock(data, boxes["mdhd"][0])
    if not scale or not movie:
        return "its time scale is 0"
    frames = lasts / scale
    said = [] if length in _UNSAID else [length / scale]
    if "elst" in boxes:
        edited = _edited(data, *boxes["elst"]) / movie
        said += [edited] if edited > frames else []
    elif "tkhd" in boxes:
        shown = _shown(data, boxes["tkhd"][0])
        said += [] if shown in _UNSAID else [shown / movie]
    for seconds in said:
        if not VIDEO.same_length(seconds, frames):
            return f"its header says {seconds:g} s, its frames last {frames:g} s"
    return ""


def _clock(data: bytes, at: int) -> tuple[int, int]:
    """The time scale and the duration of a movie or a track's media."""
    form, skip = (">IQ", 20) if data[at] == 1 else (">II", 12)
    scale, length = unpack_from(form, data, at + skip)
    return scale, length


def _shown(data: bytes, at: int) -> int:
    form, skip = (">Q", 28) if data[at] == 1 else (">I", 20)
    (length,) = unpack_from(form, data, at + skip)
    return int(length)


def _edited(data: bytes, at: int, stop: int) -> int:
    form, width = (">Qq", 20) if data[at] == 1 else (">Ii", 12)
    claimed = int.from_bytes(data[at + 4 : at + 8], "big")
    total = 0
    for place in range(at + 8, min(stop, at + 8 + claimed * width) - width + 1, width):
        length, begins = unpack_from(form, data, place)
        total += length if begins >= 0 else 0
    return total
