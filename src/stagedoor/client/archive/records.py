"""Converts raw values into records."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from stagedoor.platform.products.portability.archive import Other, Record, Section, keys_of, same

Batch = list[Record]
_KEYS_CACHED = ConfigDict(cache_strings="keys")


@cache
def _lists(kind: type[Record]) -> TypeAdapter[Batch]:
    # moments and links differ from record to record: a cache of texts costs more than it saves
    return TypeAdapter(list[kind], config=_KEYS_CACHED)  # type: ignore[valid-type]


def from_text(kind: type[Record], array: str) -> Batch:
    """The records of a JSON array; ValueError if it isn't one, or a record needs `from_value`."""
    batch = _lists(kind).validate_json(array)
    if batch and not has_known_keys(batch[0]):
        raise ValueError("no key is known: the keys may be written in another way")
    return batch


def has_known_keys(record: Record) -> bool:
    """Whether any of the record's values has a key that its section declares."""
    return isinstance(record, Other) or not record.model_fields_set.isdisjoint(
        type(record).model_fields
    )


def count_unknown(section: Section | None, batch: Sequence[Any]) -> int:
    """The number of a section's records, typed or raw, that have no typed value at all."""
    if section is None:
        return len(batch)
    return sum(not _has_known_key(section.record, value) for value in batch)


def _has_known_key(kind: type[Record], value: Any) -> bool:
    if isinstance(value, Record):
        return has_known_keys(value)
    if not isinstance(value, dict):
        return False
    keys = keys_of(kind)
    return not value or any(same(str(key)) in keys for key in value)


def from_value(kind: type[Record], raw: Any) -> Record:
    """A record from any value; a value that doesn't fit its field is kept as an unknown value."""
    if not isinstance(raw, dict):
        return Other.model_validate({"value": raw})
    raw = _with_known_keys(kind, raw)
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        unfit = {str(problem["loc"][0]) for problem in error.errors(include_url=False)}
    record = kind.model_validate({key: raw[key] for key in raw if key not in unfit})
    if record.__pydantic_extra__ is not None:
        record.__pydantic_extra__.update({key: raw[key] for key in raw if key in unfit})
    return record


def _with_known_keys(kind: type[Record], raw: dict[str, Any]) -> dict[str, Any]:
    """Rename keys that differ from the model's only in case and spaces."""
    keys = keys_of(kind)
    if not keys:
        return raw
    named: dict[str, Any] = {}
    for key, value in raw.items():
        canonical = keys.get(same(key), key)
        named[key if canonical in raw or canonical in named else canonical] = value
    return named


def within_chat(batch: Batch, name: str) -> Batch:
    """The messages, each with the name of its chat."""
    for record in batch:
        record.__dict__["chat"] = name
    return batch
