"""Public names of types, derived from the operations that take and give them.

A module that offers the types of several products has star imports for type checkers and, at run
time, `exported(...)`: a type is then named once, where it is declared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache
from types import ModuleType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from .operation import Operation


def exported(
    module: str, products: Callable[[], Iterable[ModuleType]], own: Mapping[str, Any]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a module that offers the types of some products.

    `__all__` holds the types of `types_of` and the module's own names. Other declarations of a
    product, such as its operations, can be imported too, as type checkers allow.
    """

    @cache
    def offered() -> Mapping[str, Any]:
        return types_of(products()) | dict(own)

    def get(name: str) -> Any:
        if name == "__all__":
            return sorted(offered())
        if name in offered():
            return offered()[name]
        for product in () if name.startswith("_") else products():
            if name in vars(product):
                return vars(product)[name]
        missing = f"module {module!r} has no attribute {name!r}"
        raise AttributeError(missing, name=name, obj=sys.modules[module])

    return get, lambda: sorted(offered())


def types_of(products: Iterable[ModuleType]) -> dict[str, type[Any]]:
    """The types that callers pass to the products' operations and get from them, by name.

    The products' enumerations are among them, also those of values that are sent as text. The
    requests themselves aren't: a caller passes their fields. Raises `ValueError` if two types have
    the same name.
    """
    found: set[type[Any]] = set()
    for product in products:
        for value in vars(product).values():
            if isinstance(value, Operation):
                _collect(value.response, found)
                for annotation in _fields(value.request):
                    _collect(annotation, found)
            elif _is_choice(value):
                found.add(value)
    named = {kind.__name__: kind for kind in found}
    if len(named) < len(found):
        twice = sorted(kind.__qualname__ for kind in found if named[kind.__name__] is not kind)
        raise ValueError(f"two types are called {', '.join(twice)}: give one another name")
    return named


def _is_choice(value: Any) -> bool:
    """Whether this is an enumeration of a product's values."""
    kinds = f"{__package__}.products", f"{__package__}.ads_vocabulary"
    return (
        isinstance(value, type) and issubclass(value, Enum) and value.__module__.startswith(kinds)
    )


def _collect(annotation: Any, found: set[type[Any]]) -> None:
    """Add the package's own types in an annotation, and those of their fields."""
    for part in get_args(annotation):
        _collect(part, found)
    kind = get_origin(annotation) or annotation
    if not isinstance(kind, type) or kind in found or not kind.__module__.startswith(__package__):
        return
    found.add(kind)
    for field in _fields(kind):
        _collect(field, found)


def _fields(model: Any) -> list[Any]:
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [field.annotation for field in model.model_fields.values()]
