"""Copies of entities, so that a seeded world can begin again without being seeded again."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from functools import cache
from typing import Any

_IMMUTABLE = (str, int, float, bytes, Decimal, type(None))


def copied(table: Any, empty: Any) -> Any:
    """Fill an `empty` table of another world with copies of the entities of `table`."""
    empty._entities = {key: duplicate(one, empty) for key, one in table._entities.items()}
    empty._numbers = table._numbers
    return empty


def duplicate(entity: Any, table: Any) -> Any:
    """A copy of an entity that stands in `table`, with the number of the original."""
    made, put = object.__new__(type(entity)), object.__setattr__
    kind: Any = type(entity)
    for name in _names(kind):
        value = getattr(entity, name)
        put(made, name, value if isinstance(value, _IMMUTABLE) else deepcopy(value))
    put(made, "_number", entity._number)
    put(made, "_table", table)
    return made


@cache
def _names(kind: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = tuple(kind.__dataclass_fields__)
    return names
