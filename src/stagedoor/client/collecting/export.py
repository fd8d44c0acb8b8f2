"""The files of a collection, one for each kind and window: written, then renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import CollectionError
from . import formats
from .formats import Rows
from .job import CollectionJob, RowKind
from .windows import CollectionFile, SearchWindow

_NEW = ".new"


def name_of(job: CollectionJob, kind: RowKind, window: SearchWindow) -> str:
    """A file's name in its folder of the collection."""
    return f"{kind}/{window.first:%Y%m%d}-{window.last:%Y%m%d}.{job.format}"


def write(
    folder: Path, job: CollectionJob, kind: RowKind, window: SearchWindow, rows: Rows
) -> CollectionFile:
    """Write a window's rows of a kind beside the file's place; `settle` moves them there.

    Raises `CollectionError` where the file can't be written, e.g. for a full disk.
    """
    name = name_of(job, kind, window)
    place = folder / (name + _NEW)
    try:
        place.parent.mkdir(exist_ok=True)
        number = formats.write(place, job.format, job.table(kind), rows)
        return CollectionFile(kind, window.id, name, number, place.stat().st_size)
    except OSError as error:
        with suppress(OSError):
            place.unlink()
        raise CollectionError(
            f"{place.with_suffix('')} can't be written: {error.strerror or error}. What was "
            "collected is kept; run the same command again when there is room."
        ) from error


def settle(folder: Path, file: CollectionFile) -> None:
    """Move a recorded file to its place. Raises `CollectionError` if it isn't as it was written."""
    place, new = folder / file.name, folder / (file.name + _NEW)
    with suppress(FileNotFoundError):
        if new.stat().st_size == file.bytes:
            new.replace(place)
            return
    try:
        found = place.stat().st_size
    except FileNotFoundError:
        raise CollectionError(
            f"{place} is missing: put it back, or collect into another folder. Nothing was changed."
        ) from None
    if found != file.bytes:
        raise CollectionError(
            f"{place} has {found} bytes, not the {file.bytes} that were written: it is cut off or "
            "was changed. Put it back, or collect into another folder. Nothing was changed."
        )


def read(folder: Path, job: CollectionJob, file: CollectionFile) -> Rows:
    """The rows of a file. Raises `CollectionError` if it can't be read."""
    try:
        yield from formats.read(folder / file.name, job.format, job.table(file.kind))
    except (OSError, ValueError, KeyError) as error:
        raise CollectionError(f"{folder / file.name} can't be read: {error}.") from error


def day_of(row: Mapping[str, Any]) -> str | None:
    """The UTC day on which a video was posted."""
    at = row.get("create_time")
    return None if not at else datetime.fromtimestamp(int(at), UTC).date().isoformat()


def counted(rows: Rows, days: dict[str, int]) -> Rows:
    """The same rows; `days` counts them by their days."""
    for row in rows:
        day = day_of(row)
        if day is not None:
            days[day] = days.get(day, 0) + 1
        yield row


def leftovers(folder: Path, files: Iterable[CollectionFile]) -> None:
    """Delete half-written files, which no record names."""
    known = {file.name + _NEW for file in files}
    for kind in RowKind:
        for path in (folder / kind).glob(f"*{_NEW}"):
            if f"{kind}/{path.name}" not in known:
                path.unlink()
