"""The files of a collection: one for each kind and window, written beside their place and renamed.

Columns have TikTok's names and order. Whatever TikTok sends beyond the declared fields is kept as
JSON text in the column `other`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from ..errors import CollectionError, ConfigurationError
from .job import ADDED, MODELS, Format, Job, Kind
from .windows import File, Window

OTHER = "other"
_BATCH = 2_000
_NEW = ".new"

Rows = Iterator[dict[str, Any]]


def name_of(job: Job, kind: Kind, window: Window) -> str:
    """A file's name in its folder of the collection."""
    return f"{kind}/{window.first:%Y%m%d}-{window.last:%Y%m%d}.{job.format}"


def write(folder: Path, job: Job, kind: Kind, window: Window, rows: Rows) -> File:
    """Write a window's rows of a kind beside the file's place; `settle` moves them there.

    Raises `CollectionError` where the file can't be written, e.g. for a full disk.
    """
    name = name_of(job, kind, window)
    place = folder / (name + _NEW)
    try:
        place.parent.mkdir(exist_ok=True)
        number = _WRITERS[job.format](place, job.columns(kind), kind, rows)
        _flush(place)
        return File(kind, window.id, name, number, place.stat().st_size)
    except OSError as error:
        with suppress(OSError):
            place.unlink()
        raise CollectionError(
            f"{place.with_suffix('')} can't be written: {error.strerror or error}. What was "
            "collected is kept; run the same command again when there is room."
        ) from error


def settle(folder: Path, file: File) -> None:
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


def read(folder: Path, job: Job, file: File) -> Rows:
    """The rows of a file. Raises `CollectionError` if it can't be read."""
    try:
        yield from _READERS[job.format](folder / file.name, file.kind)
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


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _beyond(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}


# JSON Lines


def _write_lines(place: Path, columns: tuple[str, ...], kind: Kind, rows: Rows) -> int:
    number = 0
    with place.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
    return number


def _read_lines(place: Path, kind: Kind) -> Rows:
    with place.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


# CSV


def _write_csv(place: Path, columns: tuple[str, ...], kind: Kind, rows: Rows) -> int:
    number = 0
    with place.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow((*columns, OTHER))
        for row in rows:
            beyond = _beyond(row, columns)
            cells = [_cell(row.get(name)) for name in columns]
            writer.writerow([*cells, _cell(beyond or None)])
            number += 1
    return number


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    return value


def _read_csv(place: Path, kind: Kind) -> Rows:
    plain = {name for name, type_ in _types(kind).items() if type_ is str}
    with place.open(encoding="utf-8", newline="") as lines:
        for record in csv.DictReader(lines):
            row = {
                name: text if name in plain else json.loads(text)
                for name, text in record.items()
                if name != OTHER and text != ""
            }
            yield row | json.loads(record.get(OTHER) or "{}")


# Parquet


def _write_parquet(place: Path, columns: tuple[str, ...], kind: Kind, rows: Rows) -> int:
    arrow, parquet, json_ = _arrow()
    schema = arrow.schema([(name, _column(arrow, kind, name)) for name in (*columns, OTHER)])
    number = 0
    with parquet.ParquetWriter(place, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            number += len(batch)
            lines = "\n".join(_line(kind, columns, row) for row in batch)
            # from JSON, since making a table of Python's objects would import pandas
            table = json_.read_json(
                io.BytesIO(lines.encode()),
                read_options=json_.ReadOptions(use_threads=False),
                parse_options=json_.ParseOptions(explicit_schema=schema),
            )
            writer.write_table(table)
    return number


def _line(kind: Kind, columns: tuple[str, ...], row: dict[str, Any]) -> str:
    """A row as the text of a JSON object with these columns alone."""
    kept = {name: _stored(kind, name, row[name]) for name in columns if name in row}
    beyond = _text(_beyond(row, columns))
    return json.dumps(kept if beyond is None else kept | {OTHER: beyond})


def _read_parquet(place: Path, kind: Kind) -> Rows:
    arrow, parquet, _ = _arrow()
    as_json = {name for name, type_ in _types(kind).items() if type_ is dict}
    try:
        with closing(parquet.ParquetFile(place)) as file:
            for batch in file.iter_batches(_BATCH):
                for record in batch.to_pylist():
                    row = {
                        name: json.loads(value) if name in as_json else value
                        for name, value in record.items()
                        if value is not None and name != OTHER
                    }
                    yield row | json.loads(record.get(OTHER) or "{}")
    except arrow.ArrowException as error:
        raise ValueError(str(error)) from error


def _arrow() -> tuple[Any, Any, Any]:
    """pyarrow, with its modules for Parquet and JSON."""
    try:
        import pyarrow
        import pyarrow.json
        import pyarrow.parquet
    except ImportError as error:
        raise ConfigurationError(
            "Parquet needs pyarrow (Stagedoor's extra 'research'): install it, or choose csv or "
            "jsonl"
        ) from error
    return pyarrow, pyarrow.parquet, pyarrow.json


def check(format_: Format) -> None:
    """Raises `ConfigurationError` if a format needs a library that isn't installed."""
    if format_ is Format.PARQUET:
        _arrow()


def _column(arrow: Any, kind: Kind, name: str) -> Any:
    type_ = str if name == OTHER else _types(kind).get(name, str)
    if type_ is list:
        return arrow.list_(arrow.string())
    return {int: arrow.int64(), bool: arrow.bool_()}.get(type_, arrow.string())


def _stored(kind: Kind, name: str, value: Any) -> Any:
    if value is None:
        return None
    return _text(value) if _types(kind).get(name, str) is dict else value


def _text(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None


@cache
def _types(kind: Kind) -> dict[str, type]:
    """The type of each column, from the declared model: str, int, bool, list (of str), or dict,
    which stands for all that is kept as JSON text."""
    found = {name: _type(field.annotation) for name, field in MODELS[kind].model_fields.items()}
    return found | ({ADDED[kind]: str} if kind in ADDED else {})


def _type(annotation: Any) -> type:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _type(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        (plain, *others) = [one for one in get_args(annotation) if one is not type(None)]
        return dict if others else _type(plain)
    if origin is tuple:
        return list if _type(get_args(annotation)[0]) is str else dict
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return dict
    return annotation if annotation in (str, int, bool) else dict


_WRITERS: dict[Format, Callable[[Path, tuple[str, ...], Kind, Rows], int]] = {
    Format.JSONL: _write_lines,
    Format.CSV: _write_csv,
    Format.PARQUET: _write_parquet,
}
_READERS: dict[Format, Callable[[Path, Kind], Rows]] = {
    Format.JSONL: _read_lines,
    Format.CSV: _read_csv,
    Format.PARQUET: _read_parquet,
}


def leftovers(folder: Path, files: Iterable[File]) -> None:
    """Delete half-written files, which no record names."""
    known = {file.name + _NEW for file in files}
    for kind in Kind:
        for path in (folder / kind).glob(f"*{_NEW}"):
            if f"{kind}/{path.name}" not in known:
                path.unlink()
