"""The text format: `Key: value` lines, records divided by blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stagedoor.platform.products.portability.archive import Other, Section, chat_with

from . import records
from .text import Text

_PAIR = re.compile(r"([^\W\d_][\w ()'’/-]{0,63}): ?(.*)")
"""`Key: value`; the key is in the language of the person's app."""
_BATCH = 256
_SENTENCE = 300
"""The most characters of a file without keys that is taken for "there are no records"."""


def walk(text: Text, section: Section | None, stem: str) -> Iterator[records.Batch]:
    """The records of one file, in batches; a line without a key continues the previous value."""
    kind = Other if section is None else section.record
    batch: records.Batch = []
    for raw in _with_entries(_raw(text)):
        batch.append(records.from_value(kind, raw))
        if len(batch) == _BATCH:
            yield _placed(batch, section, stem)
            batch = []
    yield _placed(batch, section, stem)


def _with_entries(found: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The entries; none if the file's only content is a sentence saying that it is empty."""
    first = next(found, None)
    if first is None:
        return
    second = next(found, None)
    if second is None and list(first) == ["text"] and len(first["text"]) <= _SENTENCE:
        return
    yield first
    if second is not None:
        yield second
    yield from found


def _placed(batch: records.Batch, section: Section | None, stem: str) -> records.Batch:
    if section is not None and section.keyed:
        return records.within_chat(batch, chat_with(stem))
    return batch


def _raw(text: Text) -> Iterator[dict[str, str]]:
    raw: dict[str, str] = {}
    last = ""
    while (line := text.line()) is not None:
        if not line.strip():
            if raw:
                yield raw
                raw, last = {}, ""
            continue
        pair = _PAIR.fullmatch(line)
        if pair is not None:
            last = pair[1]
            raw[last] = pair[2]
        elif last:
            raw[last] += "\n" + line
        else:
            last = "text"
            raw[last] = line
    if raw:
        yield raw
