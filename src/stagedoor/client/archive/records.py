"""Raw values made into records."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from stagedoor.platform.archive import Other, Record

Batch = list[Record]


@cache
def _lists(kind: type[Record]) -> TypeAdapter[Batch]:
    return TypeAdapter(list[kind])  # type: ignore[valid-type]


def from_text(kind: type[Record], array: str) -> Batch:
    """The records of a JSON array; ValueError if it is none, or if one needs a closer look."""
    return _lists(kind).validate_json(array)


def from_value(kind: type[Record], raw: Any) -> Record:
    """One record of any value: what doesn't fit its field is kept as an unknown value."""
    if not isinstance(raw, dict):
        return Other.model_validate({"value": raw})
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        unfit = {str(problem["loc"][0]) for problem in error.errors(include_url=False)}
    record = kind.model_validate({key: raw[key] for key in raw if key not in unfit})
    if record.__pydantic_extra__ is not None:
        record.__pydantic_extra__.update({key: raw[key] for key in raw if key in unfit})
    return record


def within_chat(batch: Batch, name: str) -> Batch:
    """The messages, each with its chat's name."""
    for record in batch:
        record.__dict__["chat"] = name
    return batch
