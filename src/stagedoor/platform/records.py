"""Dataclasses that are quick to define, for modules that are imported at a start.

`dataclass` compiles the methods of each class anew: comparing, hashing and printing took a fourth
of the time in which the clients and the emulator start. Here these three are one function for all
classes; what they do is what a dataclass does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@cache
def _compared(kind: Any) -> Callable[[Any], Any]:
    return _values([one.name for one in fields(kind) if one.compare])


@cache
def _hashed(kind: Any) -> Callable[[Any], Any]:
    chosen = [one for one in fields(kind) if (one.compare if one.hash is None else one.hash)]
    return _values([one.name for one in chosen])


def _values(names: list[str]) -> Callable[[Any], Any]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda made: tuple(getattr(made, name) for name in names)


@cache
def _shown(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.repr)


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    compared = _compared(self.__class__)
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(_hashed(self.__class__)(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _shown(self.__class__))
    return f"{self.__class__.__qualname__}({shown})"


# `help` shows a method under its own name
_eq.__name__, _hash.__name__, _repr.__name__ = "__eq__", "__hash__", "__repr__"


def _with_methods(kind: type[T], to_hash: Callable[[Any], int] | None) -> type[T]:
    own = set(vars(kind))
    if "__eq__" in own and vars(kind)["__hash__"] is None:
        own.remove("__hash__")  # Python's, for the class' own `__eq__`
    for name, method in (("__eq__", _eq), ("__hash__", to_hash), ("__repr__", _repr)):
        if name not in own:
            setattr(kind, name, method)
    return kind


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[T]) -> type[T]:
    """As `dataclass(frozen=True, slots=True)`."""
    return dataclass(slots=True, frozen=True, eq=False, repr=False)(_with_methods(kind, _hash))


@dataclass_transform(field_specifiers=(field,))
def record(kind: type[T]) -> type[T]:
    """As `dataclass(slots=True)`."""
    return dataclass(slots=True, eq=False, repr=False)(_with_methods(kind, None))
