"""Exports of the activity store, in parts: CSV with a line for each point, JSON lines with a line
for each video."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum

from stagedoor.platform.csv_cells import plain
from stagedoor.platform.data_terms import ACCOUNT_DATA

from .schemas import ActivityShown
from .videos import StoredVideo

_COLUMNS = (
    "videoId",
    "integrationId",
    "publishId",
    "postedAt",
    "text",
    "visibility",
    "shareUrl",
    "at",
    "views",
    "likes",
    "comments",
    "shares",
)
_PART = 64 << 10
TERMS = ACCOUNT_DATA.words


class ExportFormat(StrEnum):
    """The file format of an export."""

    CSV = "csv"
    """A line for each reading of each video; a video without one has a line without counters."""
    JSONL = "jsonl"
    """A JSON object for each video, as `GET /api/activity` gives it."""

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is ExportFormat.CSV else "application/x-ndjson"

    def parts(self, videos: Iterable[StoredVideo]) -> Iterator[bytes]:
        """The file, in parts of about 64 KiB."""
        part = bytearray()
        for piece in _WRITERS[self](videos):
            part += piece
            if len(part) >= _PART:
                yield bytes(part)
                part.clear()
        if part:
            yield bytes(part)


def _csv(videos: Iterable[StoredVideo]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for video in videos:
        about = [
            video.id,
            video.integration,
            video.post or "",
            _time(video.posted),
            plain(video.text),
            video.visibility,
            plain(video.share_url or ""),
        ]
        for point in video.points:
            counts = ["" if one is None else one for one in point.counts]
            writer.writerow([*about, _time(point.at), *counts])
        if not video.points:
            writer.writerow([*about, "", "", "", "", ""])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    if rest := out.getvalue():
        yield rest.encode()


def _json_lines(videos: Iterable[StoredVideo]) -> Iterator[bytes]:
    for video in videos:
        yield ActivityShown.of(video).model_dump_json(by_alias=True).encode() + b"\n"


_WRITERS: dict[ExportFormat, Callable[[Iterable[StoredVideo]], Iterator[bytes]]] = {
    ExportFormat.CSV: _csv,
    ExportFormat.JSONL: _json_lines,
}


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
