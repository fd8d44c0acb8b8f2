"""Answers of tomorrow, made from a declared model: bigger ids, new fields, unknown enum values."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, IntEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, PlainSerializer
from pydantic.fields import FieldInfo

NEW_FIELD = "field_of_tomorrow"
NEW_VALUE = "value_of_tomorrow"
NEW_NUMBER = 987_654
BIG = 7_309_409_928_148_208_005
"""An id beyond 2^53: no float holds it."""


class Closed(Exception):
    """A field that would fail on a value that TikTok adds."""


def tomorrow(model: type[BaseModel]) -> dict[str, Any]:
    """An answer with every declared field and one more at each depth."""
    made: dict[str, Any] = {NEW_FIELD: {"a": 1}}
    for name, info in model.model_fields.items():
        if any(isinstance(mark, PlainSerializer) for mark in info.metadata):
            made[name] = "text"  # a list that travels as text with commas
        else:
            where = f"{model.__name__}.{name}"
            made[name] = _value(info.annotation, _coerced(info.metadata), where)
    return made


def _coerced(metadata: list[Any]) -> bool:
    """Whether numbers become text here: an id."""
    return any(getattr(mark, "coerce_numbers_to_str", False) for mark in metadata)


def _value(kind: Any, is_id: bool, where: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        marks = [mark for mark in kind.__metadata__ for mark in _flat(mark)]
        return _value(arguments[0], is_id or _coerced(marks), where)
    if origin in (Union, UnionType):
        return _of_union([one for one in arguments if one is not NoneType], is_id, where)
    if kind is Any:
        return {NEW_FIELD: [NEW_VALUE]}
    if origin is tuple:
        return [_value(arguments[0], is_id, where)]
    if origin is dict:
        return {"key": _value(arguments[1], is_id, where)}
    if isinstance(kind, type):
        return _plain(kind, is_id, where)
    raise Closed(f"{where}: {kind}")


def _flat(mark: Any) -> list[Any]:
    return [*mark.metadata, mark] if isinstance(mark, FieldInfo) else [mark]


def _of_union(kinds: list[Any], is_id: bool, where: str) -> Any:
    enums = [one for one in kinds if isinstance(one, type) and issubclass(one, Enum)]
    if not enums:
        return _value(kinds[0], is_id, where)
    if int in kinds and issubclass(enums[0], IntEnum):
        return NEW_NUMBER
    if str in kinds:
        return NEW_VALUE
    raise Closed(f"{where} knows only the values of {enums[0].__name__}")


def _plain(kind: type[Any], is_id: bool, where: str) -> Any:
    if issubclass(kind, BaseModel):
        return tomorrow(kind)
    if issubclass(kind, Enum):
        raise Closed(f"{where} knows only the values of {kind.__name__}")
    if issubclass(kind, str):
        return BIG if is_id else "7"
    values: dict[type[Any], Any] = {bool: True, int: 7, float: 0.5, Decimal: 0.5}
    if kind in values:
        return values[kind]
    raise Closed(f"{where}: {kind}")
