"""Writes the archive: a zip with one JSON file, or with a tree of text files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from stagedoor.platform.products.portability.archive import JSON_NAME, TEXT_SUFFIX
from stagedoor.platform.vocabulary import DataFormat

from .contents import ArchivePart

_BATCH = 1_000


def pack(file: Path, form: DataFormat, parts: list[ArchivePart]) -> None:
    """Write the archive; rows are streamed, so their number isn't limited by memory."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        if form is DataFormat.JSON:
            with packed.open(JSON_NAME, "w", force_zip64=True) as member:
                for text in _json(_tree(parts)):
                    member.write(text.encode())
            return
        for part in parts:
            with packed.open(_text_name(part), "w", force_zip64=True) as member:
                _write_text(member, part)


def _tree(parts: list[ArchivePart]) -> dict[str, Any]:
    """The parts at their paths, as nested objects."""
    top: dict[str, Any] = {}
    for part in parts:
        keys = (*part.section.path, part.key) if part.key is not None else part.section.path
        place = top
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = part
    return top


def _json(place: dict[str, Any]) -> Iterator[str]:
    before = "{"
    for key, value in place.items():
        yield f"{before}{json.dumps(key, ensure_ascii=False)}:"
        before = ","
        if isinstance(value, ArchivePart):
            yield from _single(value) if value.section.single else _list(value.rows)
        else:
            yield from _json(value)
    yield "}" if place else "{}"


def _single(part: ArchivePart) -> Iterator[str]:
    yield _object(next(iter(part.rows), {}))


def _list(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    batch: list[str] = []
    before = "["
    for row in rows:
        batch.append(_object(row))
        if len(batch) == _BATCH:
            yield before + ",".join(batch)
            batch, before = [], ","
    yield f"{before if batch or before == '[' else ''}{','.join(batch)}]"


def _object(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _text_name(part: ArchivePart) -> str:
    if part.key is None:
        return part.section.file
    return f"{part.section.path[0]}/{part.key.rstrip(':')}{TEXT_SUFFIX}"


def _write_text(member: IO[bytes], part: ArchivePart) -> None:
    for row in part.rows:
        # One line for each value: TikTok's form of line breaks isn't known.
        lines = [f"{key}: {' '.join(str(value).splitlines())}\n" for key, value in row.items()]
        member.write("".join([*lines, "\n"]).encode())
