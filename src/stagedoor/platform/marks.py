"""The meaning of a request's field for the code that decides whether to allow the request.

A mark is part of the field's annotation and is read once for each model:

    title: Annotated[str | None, PUBLISHED_TEXT, says("the caption")]
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel


class FieldMark(Enum):
    """Meanings of fields that a grant to an agent can limit."""

    PUBLISHED_TEXT = "text of the caller's that others will read, hashtags and all"
    PRIVACY = "who may see a post"
    HASHED = "a file of identifiers of people, each of which must be hashed"
    BUDGET = "an amount of money that may be spent, in units of the advertiser's currency"


PUBLISHED_TEXT, PRIVACY, BUDGET = FieldMark.PUBLISHED_TEXT, FieldMark.PRIVACY, FieldMark.BUDGET
HASHED = FieldMark.HASHED


def marked(request: BaseModel, mark: FieldMark) -> Iterator[Any]:
    """The values of all fields of a request and its parts that have the mark, in their order.
    Fields that are None are left out, and the items of a list are yielded one by one."""
    marks = _marks(type(request))
    for name, value in request:
        yield from _values(value, mark, mark in marks.get(name, ()))


@cache
def names_of(model: Any, mark: FieldMark) -> frozenset[str]:
    """The names of all fields of a request and its parts that have the mark."""
    return frozenset(_named(model, mark, set()))


def _named(annotation: Any, mark: FieldMark, seen: set[Any]) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        for name, info in annotation.model_fields.items():
            if mark in info.metadata:
                yield name
            yield from _named(info.annotation, mark, seen)
    for part in get_args(annotation):
        yield from _named(part, mark, seen)


def _values(value: Any, mark: FieldMark, found: bool) -> Iterator[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _values(item, mark, found)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _values(item, mark, found)
    elif isinstance(value, BaseModel):
        # a mark on a nested part applies to all values in that part
        if found:
            for _, inner in value:
                yield from _values(inner, mark, found)
        else:
            yield from marked(value, mark)
    elif found and value is not None:
        yield value


@cache
def _marks(model: type[BaseModel]) -> dict[str, frozenset[FieldMark]]:
    found = {
        name: frozenset(one for one in info.metadata if isinstance(one, FieldMark))
        for name, info in model.model_fields.items()
    }
    return {name: marks for name, marks in found.items() if marks}
