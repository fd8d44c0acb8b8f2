"""The kinds of data of all domains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from ..data_kinds import DataKind


class DataRegistry:
    """The declared kinds, read when they are first needed: declaring them needs other parts."""

    def __init__(self, declared: Callable[[], Sequence[DataKind]]) -> None:
        self._declared = declared

    @cached_property
    def kinds(self) -> tuple[DataKind, ...]:
        """The kinds, those of the highest domain first: a writer ends before the rows that it
        wrote."""
        found = tuple(self._declared())
        names = [kind.name for kind in found]
        if len(set(names)) != len(names):
            raise ValueError(f"two kinds of data have one name: {sorted(names)}")
        return found

    def find(self, name: str) -> DataKind | None:
        return next((kind for kind in self.kinds if kind.name == name), None)
