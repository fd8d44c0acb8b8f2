"""Names of a package whose modules are imported only when a name is first used.

A package that offers such names imports them for type checkers alone, so that a misspelt name is an
error to them, and gets its `__getattr__` and `__dir__` at run time from `of(...)`. With both,
Python suggests the right name for a misspelt one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from sys import modules


def of(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package; `homes` maps each name to the module below that
    has it."""

    def get(name: str) -> object:
        try:
            home = homes[name]
        except KeyError:
            missing = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(missing, name=name, obj=modules[package]) from None
        value = getattr(import_module(f".{home}", package), name)
        setattr(modules[package], name, value)
        return value

    return get, lambda: sorted({*vars(modules[package]), *homes})
