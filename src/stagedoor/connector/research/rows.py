"""The rows of jobs: packed by page, read by position, and written as files."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic.alias_generators import to_camel

from stagedoor.platform.csv_cells import plain

_PART = 64 << 10


@dataclass(frozen=True, slots=True)
class Row:
    """A row. `position` counts from 0 in its job, `request` is the index of the request that found
    it."""

    position: int
    request: int
    data: dict[str, Any]


def packed(rows: Sequence[dict[str, Any] | None]) -> bytes:
    """None stands for an erased row: the others keep their positions."""
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpacked(page: Any) -> Iterator[Row]:
    """The rows of a stored page."""
    for number, data in enumerate(json.loads(zlib.decompress(page.data))):
        if data is not None:
            yield Row(page.first + number, page.request, data)


def without(page: Any, positions: Collection[int]) -> bytes:
    """A stored page's data without the rows at these positions."""
    rows = json.loads(zlib.decompress(page.data))
    return packed(
        [None if page.first + number in positions else row for number, row in enumerate(rows)]
    )


class FileFormat(StrEnum):
    """The form of a job's rows."""

    JSON = "json"
    """A page, as JSON."""
    JSONL = "jsonl"
    """A file with a JSON object for each row."""
    CSV = "csv"
    """A file with a line for each row; lists and objects in it are JSON."""

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is FileFormat.CSV else "application/x-ndjson"

    def parts(self, rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
        """The file, in parts of about 64 KiB. `columns`: the fields of rows, in TikTok's
        spelling."""
        part = bytearray()
        for piece in _WRITERS[self](rows, [to_camel(one) for one in columns]):
            part += piece
            if len(part) >= _PART:
                yield bytes(part)
                part.clear()
        if part:
            yield bytes(part)


def _csv(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["position", "request", *columns])
    for row in rows:
        cells = (_cell(row.data.get(name)) for name in columns)
        writer.writerow([row.position, row.request, *cells])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    if rest := out.getvalue():
        yield rest.encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list | dict):
        return plain(json.dumps(value, ensure_ascii=False))
    return value


def _json_lines(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    for row in rows:
        line = {"position": row.position, "request": row.request, "data": row.data}
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


_WRITERS: dict[FileFormat, Callable[[Iterable[Row], Sequence[str]], Iterator[bytes]]] = {
    FileFormat.CSV: _csv,
    FileFormat.JSONL: _json_lines,
}
