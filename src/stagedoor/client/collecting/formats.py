"""Tables of rows as files: JSON Lines, CSV and Parquet, written and read as streams.

Columns have TikTok's names and order. Whatever TikTok sends beyond the declared fields is kept as
JSON text in the column `other`. In a CSV, a text that a spreadsheet would take for a formula has an
apostrophe before it, which is taken away where the file is read.
"""

from __future__ import annotations

import csv
import io
import json
import os
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Self, Union, get_args, get_origin

from pydantic import BaseModel

from stagedoor.platform.csv_cells import quoted, unquoted
from stagedoor.platform.model import MAX_INT64

from ..errors import ConfigurationError

OTHER = "other"
_BATCH = 2_000

Rows = Iterator[dict[str, Any]]


class RowFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a file, and the type of each: str, int, bool, list (of str), or dict, which
    stands for all that is kept as JSON text."""

    columns: tuple[str, ...]
    types: Mapping[str, type]

    @classmethod
    def of(cls, model: type[BaseModel], columns: Sequence[str]) -> Self:
        """A table of a model's rows; a column that the model lacks is text."""
        found = {name: _type(field.annotation) for name, field in model.model_fields.items()}
        return cls(tuple(columns), {name: found.get(name, str) for name in columns})

    def named(self, type_: type) -> frozenset[str]:
        """The columns of a type."""
        return frozenset(name for name, found in self.types.items() if found is type_)


def write(place: Path, format_: RowFormat, table: TableColumns, rows: Rows) -> int:
    """Write a file until it is on the disk; returns the number of rows. Raises `OSError`."""
    number = _WRITERS[format_](place, table, rows)
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return number


def read(place: Path, format_: RowFormat, table: TableColumns) -> Rows:
    """The rows of a file. Raises `OSError`, `ValueError` or `KeyError` if it can't be read."""
    return _READERS[format_](place, table)


def check(format_: RowFormat) -> None:
    """Raises `ConfigurationError` if a format needs a library that isn't installed."""
    if format_ is RowFormat.PARQUET:
        _arrow()


def _beyond(row: dict[str, Any], table: TableColumns) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in table.types}


# JSON Lines


def _write_lines(place: Path, table: TableColumns, rows: Rows) -> int:
    number = 0
    with place.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
    return number


def _read_lines(place: Path, table: TableColumns) -> Rows:
    with place.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


# CSV


def _write_csv(place: Path, table: TableColumns, rows: Rows) -> int:
    number = 0
    with place.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow((*table.columns, OTHER))
        for row in rows:
            beyond = _beyond(row, table)
            cells = [_cell(row.get(name)) for name in table.columns]
            writer.writerow([*cells, _cell(beyond or None)])
            number += 1
    return number


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict | bool):
        return json.dumps(value, ensure_ascii=False)
    return quoted(value) if isinstance(value, str) else value


def _read_csv(place: Path, table: TableColumns) -> Rows:
    texts = table.named(str)
    with place.open(encoding="utf-8", newline="") as lines:
        for record in csv.DictReader(lines):
            row = {
                name: unquoted(text) if name in texts else json.loads(text)
                for name, text in record.items()
                if name != OTHER and text != ""
            }
            yield row | json.loads(record.get(OTHER) or "{}")


# Parquet


def _write_parquet(place: Path, table: TableColumns, rows: Rows) -> int:
    arrow, parquet, json_ = _arrow()
    schema = arrow.schema([(name, _column(arrow, table, name)) for name in (*table.columns, OTHER)])
    number = 0
    with parquet.ParquetWriter(place, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            number += len(batch)
            lines = "\n".join(_line(table, row) for row in batch)
            # from JSON, since making a table of Python's objects would import pandas
            rows_read = json_.read_json(
                io.BytesIO(lines.encode()),
                read_options=json_.ReadOptions(use_threads=False),
                parse_options=json_.ParseOptions(explicit_schema=schema),
            )
            writer.write_table(rows_read)
    return number


def _line(table: TableColumns, row: dict[str, Any]) -> str:
    """A row as the text of a JSON object with the table's columns alone. A whole number that its
    column can't hold is in `other`."""
    large = {name: row[name] for name in table.named(int) if _is_large(row.get(name))}
    kept = {
        name: _stored(table, name, row[name])
        for name in table.columns
        if name in row and name not in large
    }
    beyond = _text(_beyond(row, table) | large)
    return json.dumps(kept if beyond is None else kept | {OTHER: beyond})


def _read_parquet(place: Path, table: TableColumns) -> Rows:
    arrow, parquet, _ = _arrow()
    as_json = table.named(dict)
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


def _column(arrow: Any, table: TableColumns, name: str) -> Any:
    type_ = table.types.get(name, str)
    if type_ is list:
        return arrow.list_(arrow.string())
    return {int: arrow.int64(), bool: arrow.bool_()}.get(type_, arrow.string())


def _is_large(value: Any) -> bool:
    return isinstance(value, int) and abs(value) > MAX_INT64


def _stored(table: TableColumns, name: str, value: Any) -> Any:
    if value is None:
        return None
    return _text(value) if table.types[name] is dict else value


def _text(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None


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


_WRITERS: dict[RowFormat, Callable[[Path, TableColumns, Rows], int]] = {
    RowFormat.JSONL: _write_lines,
    RowFormat.CSV: _write_csv,
    RowFormat.PARQUET: _write_parquet,
}
_READERS: dict[RowFormat, Callable[[Path, TableColumns], Rows]] = {
    RowFormat.JSONL: _read_lines,
    RowFormat.CSV: _read_csv,
    RowFormat.PARQUET: _read_parquet,
}
