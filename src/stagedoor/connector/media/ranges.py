"""Range headers of uploads and downloads, parsed into values."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stagedoor.platform.media import MAX_FILE

from ..errors import RequestTooLarge
from .errors import BadUpload, OutOfOrder, UploadComplete

_CONTENT = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})", re.ASCII)
_ASK = re.compile(r"bytes \*/(\d{1,19}|\*)", re.ASCII)
_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


@dataclass(frozen=True, slots=True)
class WholeBody:
    """The body is the whole file; `length` None: unknown before its end."""

    length: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """The body is `length` bytes from `first` on, of a file of `total`."""

    first: int
    length: int
    total: int


@dataclass(frozen=True, slots=True)
class ProgressQuery:
    """A request without bytes that asks for the progress."""


def sent(
    content_range: str | None, content_length: str | None
) -> WholeBody | Piece | ProgressQuery:
    """Parse an upload's headers. Raises `BadUpload`, or `RequestTooLarge`."""
    if content_length is not None and not (content_length.isascii() and content_length.isdigit()):
        raise BadUpload("Content-Length isn't a number.")
    length = None if content_length is None else int(content_length)
    if content_range is None:
        _check_size(length or 0)
        return WholeBody(length)
    text = content_range.strip()
    if _ASK.fullmatch(text):
        return ProgressQuery()
    match = _CONTENT.fullmatch(text)
    if match is None:
        raise BadUpload("Content-Range must be bytes <first>-<last>/<total>.")
    first, last, total = (int(number) for number in match.groups())
    if not first <= last < total:
        raise BadUpload(f"Content-Range {text} isn't a range: the last byte is total - 1 at most.")
    _check_size(total)
    if length is not None and length != last - first + 1:
        raise BadUpload(f"Content-Length is {length}, but {text} has {last - first + 1} bytes.")
    return Piece(first, last - first + 1, total)


def _check_size(size: int) -> None:
    if size > MAX_FILE:
        raise RequestTooLarge(f"The file has {size} bytes; TikTok takes {MAX_FILE} at most.")


@dataclass(frozen=True, slots=True)
class Take:
    """Skip `skip` bytes that are stored already, store the rest."""

    skip: int


@dataclass(frozen=True, slots=True)
class AlreadyStored:
    """All bytes of the piece are stored already."""


def judge(piece: Piece, received: int, size: int | None, complete: bool) -> Take | AlreadyStored:
    """Decide what to do with a piece, given the stored bytes. Raises `OutOfOrder`, `UploadComplete`
    or `BadUpload`."""
    if size is not None and piece.total != size:
        raise BadUpload(
            f"The range speaks of {piece.total} bytes, but this upload began with {size}. "
            "Send the file that it began with.",
            detail={"received": received, "size": size},
        )
    if complete:
        raise complete_already(received)
    if piece.first > received:
        raise OutOfOrder(
            f"{received} bytes are here: go on with byte {received}, not {piece.first}.",
            received,
            size,
        )
    if piece.first + piece.length <= received:
        return AlreadyStored()
    return Take(received - piece.first)


def complete_already(received: int) -> UploadComplete:
    return UploadComplete(
        f"The file is here already, all {received} bytes. A new file needs a new upload.",
        detail={"received": received, "size": received},
    )


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes `start` to `start + length` of a file."""

    start: int
    length: int


def requested_slice(header: str | None, size: int) -> Slice | None:
    """Parse a single Range of a GET. None: the whole file. ValueError: not satisfiable."""
    if header is None:
        return None
    match = _RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None  # other units and several ranges may be answered with the whole file
    if not match[1]:
        length = min(int(match[2]), size)
        if not length:
            raise ValueError
        return Slice(size - length, length)
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    if first >= size or last < first:
        raise ValueError
    return Slice(first, last - first + 1)
