"""The JSON that a declared type allows: its arms, members and items, and whether a plain value
fits.

Stricter than the validation of the client, which takes what it can: here a number in place of a
text, or a value that isn't declared, is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    PlainSerializer,
    TypeAdapter,
    ValidationError,
)
from pydantic.fields import FieldInfo

PLAIN = {str: "text", int: "integer", float: "number", bool: "boolean"}


def json_type(raw: Any) -> str:
    """The name of the JSON type of a value."""
    if raw is None:
        return "null"
    if isinstance(raw, dict | list):
        return "object" if isinstance(raw, dict) else "list"
    return PLAIN[type(raw)]


@dataclass(frozen=True, slots=True)
class Shape:
    """A declared type without its `Annotated`, and the metadata that it had."""

    kind: Any
    marks: tuple[Any, ...] = ()

    @property
    def is_id(self) -> bool:
        """Whether numbers are taken as text here."""
        return any(getattr(mark, "coerce_numbers_to_str", False) for mark in self.marks)

    @property
    def is_read_specially(self) -> bool:
        """Whether validators of the field's own read the JSON, such as a list written as text."""
        return any(isinstance(mark, BeforeValidator | PlainSerializer) for mark in self.marks)

    @property
    def model(self) -> type[BaseModel] | None:
        is_model = isinstance(self.kind, type) and issubclass(self.kind, BaseModel)
        return self.kind if is_model else None

    @property
    def arms(self) -> tuple[Shape, ...]:
        """The alternatives of a union without null; the type itself where it is none."""
        if get_origin(self.kind) not in (Union, UnionType):
            return (self,)
        arms = [shape_of(one, self.marks) for one in get_args(self.kind) if one is not NoneType]
        return tuple(inner for one in arms for inner in one.arms)

    @property
    def takes_null(self) -> bool:
        if get_origin(self.kind) in (Union, UnionType):
            return any(one is NoneType or shape_of(one).takes_null for one in get_args(self.kind))
        return self.kind in (Any, NoneType)

    @property
    def values(self) -> frozenset[Any] | None:
        """The values of an enumeration or `Literal`, in any of the arms; None where all may be."""
        found: set[Any] = set()
        for arm in self.arms:
            if isinstance(arm.kind, type) and issubclass(arm.kind, Enum):
                found |= {one.value for one in arm.kind}
            elif get_origin(arm.kind) is Literal:
                found |= set(get_args(arm.kind))
        return frozenset(found) or None

    @property
    def item(self) -> Shape | None:
        """The items of a list."""
        if get_origin(self.kind) in (tuple, list):
            return shape_of(get_args(self.kind)[0])
        return None

    @property
    def entry(self) -> Shape | None:
        """The values of an object whose names aren't declared."""
        return shape_of(get_args(self.kind)[1]) if get_origin(self.kind) is dict else None

    def fits(self, raw: Any) -> bool:
        """Whether a plain value, or one that the field reads by itself, is as declared."""
        if self.is_read_specially or self.kind not in PLAIN:
            return _validates(self, raw)
        if self.kind is str:
            return isinstance(raw, str) or (self.is_id and type(raw) is int)
        return type(raw) is self.kind or (self.kind is float and type(raw) is int)

    def __str__(self) -> str:
        if self.values is not None:
            return "one of its values"
        if self.model is not None or self.entry is not None:
            return "object"
        if self.item is not None:
            return "list"
        names = {PLAIN.get(arm.kind, getattr(arm.kind, "__name__", "value")) for arm in self.arms}
        return " or ".join(sorted(names)).lower()


def shape_of(kind: Any, marks: tuple[Any, ...] = ()) -> Shape:
    if get_origin(kind) is Annotated:
        inner = [one for mark in kind.__metadata__ for one in _flat(mark)]
        return shape_of(get_args(kind)[0], (*inner, *marks))
    return Shape(kind, marks)


def _flat(mark: Any) -> list[Any]:
    return [*mark.metadata, mark] if isinstance(mark, FieldInfo) else [mark]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. `names` are all of its spellings; the first is shown."""

    names: tuple[str, ...]
    shape: Shape
    is_required: bool


@cache
def members(model: type[BaseModel]) -> tuple[Member, ...]:
    """The members of an object, by their names on the wire."""
    return tuple(
        Member(
            _spellings(name, info),
            shape_of(info.annotation, tuple(info.metadata)),
            info.is_required(),
        )
        for name, info in model.model_fields.items()
    )


def _spellings(name: str, info: FieldInfo) -> tuple[str, ...]:
    alias = info.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(one for one in alias.choices if isinstance(one, str))
    return (alias if isinstance(alias, str) else name,)


@cache
def member_shapes(model: type[BaseModel]) -> dict[str, Shape]:
    """The types of an object's members, by each of their spellings."""
    return {name: one.shape for one in members(model) for name in one.names}


def _validates(shape: Shape, raw: Any) -> bool:
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(_annotated(shape))
        adapter.validate_python(raw)
    except ValidationError:
        return False
    return True


def _annotated(shape: Shape) -> Any:
    return Annotated[shape.kind, *shape.marks] if shape.marks else shape.kind
