"""Check the index of an MP4 or MOV file from its boxes, before a decoder opens the file.

A decoder allocates one entry for each sample that a table claims, and a table of a few bytes can
claim millions. So tables are first compared with the size of the file, and the durations claimed
by movie, track, media and samples are compared with each other.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from stagedoor.platform.media import VideoLimits

_MAX_BOXES = 100_000
_CONTAINERS = frozenset(
    {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"}
)
_WIDTHS = {b"stco": 4, b"co64": 8, b"stss": 4, b"stps": 4, b"stsc": 12, b"ctts": 8, b"stts": 8}
_FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot", b"styp"})
_UNKNOWN = (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
_TRUN_FIELDS = (0x100, 0x200, 0x400, 0x800)


class Damaged(Exception):
    """The boxes contradict the file or each other; the message says how."""


@dataclass(slots=True)
class _Track:
    """`shown` and `edits` count in the movie's time scale, other lengths in the track's own."""

    handler: bytes = b""
    shown: int = 0
    edits: int | None = None
    scale: int = 0
    length: int = 0
    samples: int = 0
    sample_size: int = 0
    runs: list[tuple[int, int]] = field(default_factory=list)
    """(count, length) of the first two runs of samples of equal length."""
    time: int = 0
    timed: int = 0
    chunks: int = 0
    per_chunk: list[tuple[int, int]] = field(default_factory=list)
    """(first chunk, samples in each chunk from there on)."""

    @property
    def raw_sound(self) -> bool:
        """Whether this is uncompressed sound: samples are bytes, and decoders count its chunks."""
        one_long = len(self.runs) == 1 and self.runs[0][1] == 1
        return self.handler == b"soun" and self.sample_size > 0 and one_long

    @property
    def in_chunks(self) -> int:
        """The number of samples that the chunk table claims."""
        ends = [first for first, _ in self.per_chunk[1:]] + [self.chunks + 1]
        return sum(
            max(0, end - first) * each
            for (first, each), end in zip(self.per_chunk, ends, strict=True)
        )


@dataclass(slots=True)
class _Movie:
    scale: int | None = None
    fragmented: bool = False
    tracks: list[_Track] = field(default_factory=list)
    in_fragments: int = 0


def check_boxes(file: IO[bytes], size: int, limits: VideoLimits) -> None:
    """Raise `Damaged` for an MP4 or MOV file whose index can't be true; ignore other formats.

    Reads tables of sample times; never more than 8 bytes for each of `limits.max_samples`.
    """
    origin = file.tell()
    try:
        if file.read(8)[4:] not in _FIRST:
            return
        movie = _Movie()
        for kind, start, end in _boxes(file, origin, origin + size):
            _read(file, movie, kind, start, end, limits)
    finally:
        file.seek(origin)
    _check_counts(movie, size, limits)
    for track in movie.tracks:
        if track.handler in (b"vide", b"soun") and not movie.fragmented:
            _check_lengths(movie, track, limits)


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, offset of the first byte after the header, end) of each box, depth first."""
    ends = [end]
    for _ in range(_MAX_BOXES):
        while ends and start + 8 > ends[-1]:
            start = ends.pop()
        if not ends:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind, body = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if length == 1 and len(head) == 16:
            length, body = int.from_bytes(head[8:], "big"), start + 16
        if length == 0:
            length = ends[-1] - start
        if length < body - start:
            return
        stop = min(start + length, ends[-1])
        yield kind, body, stop
        if kind in _CONTAINERS:
            ends.append(stop)
            start = body
        else:
            start = stop
    raise Damaged(f"is in more than {_MAX_BOXES:,} pieces")


def _read(
    file: IO[bytes], movie: _Movie, kind: bytes, start: int, end: int, limits: VideoLimits
) -> None:
    if kind == b"trak":
        movie.tracks.append(_Track())
    elif kind == b"mvex":
        movie.fragmented = True
    elif kind == b"cmov":
        raise Damaged("has a compressed index, which isn't read")
    elif kind == b"mvhd":
        movie.scale, _ = _scale_and_length(_payload(file, start, end))
    elif kind == b"trun":
        movie.in_fragments += _run_samples(_payload(file, start, end), end - start)
    elif movie.tracks:
        _read_track(file, movie.tracks[-1], kind, start, end, limits)


def _read_track(
    file: IO[bytes], track: _Track, kind: bytes, start: int, end: int, limits: VideoLimits
) -> None:
    data = _payload(file, start, end)
    if kind == b"tkhd":
        track.shown = _number(data, 28, 8) if data[:1] == b"\x01" else _number(data, 20, 4)
    elif kind == b"mdhd":
        track.scale, track.length = _scale_and_length(data)
    elif kind == b"hdlr" and not track.handler:
        track.handler = data[8:12]
    elif kind == b"elst":
        long = data[:1] == b"\x01"
        table = _table(file, kind, start, end, 20 if long else 12, limits)
        track.edits = _edits(table, ">Qqi" if long else ">Iii")
    elif kind in (b"stsz", b"stz2"):
        track.samples = _number(data, 8, 4)
        if kind == b"stsz":
            track.sample_size = _number(data, 4, 4)
        width = data[7] / 8 if kind == b"stz2" and len(data) > 7 else 4
        if not track.sample_size:
            _check_room(kind, track.samples, width, end - start - 12)
    elif kind in _WIDTHS:
        table = _table(file, kind, start, end, _WIDTHS[kind], limits)
        _take(track, kind, table, limits)


def _payload(file: IO[bytes], start: int, end: int) -> bytes:
    """The first bytes of a box: as many as the longest header has."""
    file.seek(start)
    return file.read(min(36, end - start))


def _number(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "big")


def _scale_and_length(data: bytes) -> tuple[int, int]:
    if data[:1] == b"\x01":
        return _number(data, 20, 4), _number(data, 24, 8)
    return _number(data, 12, 4), _number(data, 16, 4)


def _check_room(kind: bytes, count: int, width: float, room: int) -> None:
    if count * width > max(0, room):
        raise Damaged(
            f"is damaged: its table {kind.decode('ascii', 'replace')} claims {count:,} entries, "
            f"more than its {max(0, room):,} bytes hold"
        )


def _table(
    file: IO[bytes], kind: bytes, start: int, end: int, width: int, limits: VideoLimits
) -> bytes:
    """The entries of a table."""
    file.seek(start + 4)
    count = int.from_bytes(file.read(4), "big")
    _check_room(kind, count, width, end - start - 8)
    if count > limits.max_samples:
        raise _too_many(count, limits)
    found = file.read(count * width)
    return found[: len(found) - len(found) % width]


def _edits(table: bytes, form: str) -> int:
    """The total length of the edits that show media (media time 0 or later)."""
    return sum(length for length, at, _ in struct.iter_unpack(form, table) if at >= 0)


def _take(track: _Track, kind: bytes, table: bytes, limits: VideoLimits) -> None:
    if kind in (b"stco", b"co64"):
        track.chunks = len(table) // _WIDTHS[kind]
        return
    if kind not in (b"stts", b"ctts", b"stsc"):
        return
    numbers = array("I", table)
    if sys.byteorder == "little":
        numbers.byteswap()
    if kind == b"stsc":
        track.per_chunk = list(zip(numbers[::3], numbers[1::3], strict=True))
        return
    counts, lengths = numbers[::2], numbers[1::2]
    samples = sum(counts)
    if kind == b"stts":
        track.runs = list(zip(counts[:2], lengths[:2], strict=True))
        track.timed = samples
        track.time = sum(map(int.__mul__, counts, lengths))
    elif samples > limits.max_samples:
        raise _too_many(samples, limits)


def _run_samples(data: bytes, size: int) -> int:
    flags, count = _number(data, 1, 3), _number(data, 4, 4)
    width = 4 * sum(1 for bit in _TRUN_FIELDS if flags & bit)
    head = 8 + 4 * (flags & 1) + (flags & 4)
    _check_room(b"trun", count, width, size - head)
    return count


def _check_counts(movie: _Movie, size: int, limits: VideoLimits) -> None:
    claimed = movie.in_fragments
    for track in movie.tracks:
        samples = max(track.samples, track.in_chunks if track.raw_sound else 0)
        if samples * track.sample_size > size:
            raise Damaged(
                f"is damaged: its tables claim {samples * track.sample_size:,} bytes of "
                f"samples, the file has {size:,}"
            )
        if not track.raw_sound:
            claimed += max(track.samples, track.timed)
    if claimed > limits.max_samples:
        raise _too_many(claimed, limits)
    if claimed > size:
        raise Damaged(f"is damaged: its tables claim {claimed:,} samples, the file has {size:,}")


def _too_many(count: int, limits: VideoLimits) -> Damaged:
    return Damaged(
        f"claims {count:,} samples in its tables; no video that TikTok takes has more than "
        f"{limits.max_samples:,}"
    )


def _check_lengths(movie: _Movie, track: _Track, limits: VideoLimits) -> None:
    if not track.samples or not track.timed or movie.scale is None:
        return
    if not track.scale or not movie.scale:
        raise Damaged("is damaged: it has a time scale of 0")
    found = track.time / track.scale
    said = []
    if track.length not in _UNKNOWN:
        said.append(track.length / track.scale)
    if track.edits is None:
        if track.shown not in _UNKNOWN:
            said.append(track.shown / movie.scale)
    elif track.edits / movie.scale > found:  # an edit list shorter than the media is a cut
        said.append(track.edits / movie.scale)
    for seconds in said:
        if not limits.same_length(seconds, found):
            raise Damaged(
                f"is damaged: its header says {seconds:.1f} s, its frames last {found:.1f} s"
            )
