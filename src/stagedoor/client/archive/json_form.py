"""Streaming parser for the JSON format; a file is never held in memory as a whole.

Records are parsed in windows: a window that ends after an object, put in brackets, is one JSON
array, which the fast parser turns into records. If that fails (the end lay inside a string, or one
record is irregular), the values of that window are decoded one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from stagedoor.platform.products.portability.archive import (
    Other,
    Record,
    Section,
    chat_with,
    is_place,
    section_at,
)

from . import records
from .text import Text

Path = tuple[str, ...]


class SectionBatch(NamedTuple):
    """Records found at one path; raw values if the caller doesn't want them typed."""

    path: Path
    section: Section | None
    batch: list[Any]


Wanted = Callable[[Path, Section | None], bool]
Walk = Iterator[SectionBatch]

_WINDOW = 1 << 14
"""Larger windows are slower: their records no longer fit into the processor's cache."""
_MAX_DEPTH = 16
_MAX_MEMBERS = 10_000
_NESTS = ("{", "[")


def walk(text: Text, wanted: Wanted) -> Walk:
    """All records in the file, in order."""
    if text.peek() != "{":
        raise text.broken("it is no object")
    yield from _object(text, (), wanted)
    follows = text.peek()
    if follows == "{":
        raise text.twice()
    if follows:
        raise text.broken("something follows its end")


def _value(text: Text, path: Path, wanted: Wanted) -> Walk:
    if text.peek() == "[":
        yield from _array(text, path, wanted)
        return
    section = section_at(path)
    if (section is not None and section.single) or len(path) >= _MAX_DEPTH:
        yield _found(path, section, [text.value()], wanted)
        return
    yield from _object(text, path, wanted)


def _object(text: Text, path: Path, wanted: Wanted) -> Walk:
    text.at += 1
    plain: dict[str, Any] = {}
    mark = text.peek()
    while mark != "}":
        if mark != '"':
            raise text.broken("a key is missing")
        key = str(text.value())
        if text.peek() != ":":
            raise text.broken("a colon is missing")
        text.at += 1
        if text.peek() in _NESTS:
            yield from _value(text, (*path, key), wanted)
        else:
            value = text.value()
            if value is None and is_place((*path, key)):
                yield SectionBatch(
                    (*path, key), section_at((*path, key)), []
                )  # a list without entries
            else:
                plain[key] = value
            if len(plain) == _MAX_MEMBERS:
                yield _found(path, None, [plain], wanted)
                plain = {}
        mark = text.peek()
        if mark == ",":
            text.at += 1
            mark = text.peek()
            if mark == "}":
                raise text.broken("a key is missing")
        elif mark != "}":
            raise text.broken("a comma is missing")
    text.at += 1
    if any(value is not None for value in plain.values()):
        yield _found(path, None, [plain], wanted)


def _array(text: Text, path: Path, wanted: Wanted) -> Walk:
    text.at += 1
    section = section_at(path)
    if text.peek() == "]":
        text.at += 1
        yield SectionBatch(path, section, [])
        return
    slow_until = 0
    while True:
        if text.peek() == "{" and text.at >= slow_until:
            batch = _window(text, section, wanted(path, section))
            if batch is not None:
                yield _in_place(path, section, batch)
                del batch
                continue
            slow_until = text.at + _WINDOW
        held = len(text.buffer) - text.at
        yield _found(path, section, [text.value()], wanted)
        if len(text.buffer) - text.at > held:
            slow_until = 0  # the position in the buffer has changed
        mark = text.peek()
        text.at += 1
        if mark == "]":
            return
        if mark != ",":
            text.at -= 1
            raise text.broken("a comma is missing")


def _window(text: Text, section: Section | None, typed: bool) -> list[Any] | None:
    """The records up to the last object end in the next window; None if it isn't regular."""
    if len(text.buffer) - text.at < _WINDOW and not text.ended:
        text.more()
    end = text.buffer.rfind("},", text.at, text.at + _WINDOW)
    if end < 0:
        return None
    array = f"[{text.buffer[text.at : end + 1]}]"
    batch: list[Any]
    try:
        if typed:
            batch = records.from_text(_kind(section), array)
        else:
            batch = from_json(array, cache_strings="keys")
    except ValueError:
        return None
    text.at = end + 2
    return batch


def _found(path: Path, section: Section | None, values: list[Any], wanted: Wanted) -> SectionBatch:
    if not wanted(path, section):
        return SectionBatch(path, section, values)
    kind = _kind(section)
    return _in_place(path, section, [records.from_value(kind, value) for value in values])


def _in_place(path: Path, section: Section | None, batch: list[Any]) -> SectionBatch:
    if section is not None and section.keyed and batch and isinstance(batch[0], Record):
        records.within_chat(batch, chat_with(path[-1]))
    return SectionBatch(path, section, batch)


def _kind(section: Section | None) -> type[Record]:
    return Other if section is None else section.record
