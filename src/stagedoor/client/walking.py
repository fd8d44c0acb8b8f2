"""The iterators that walks give: items one by one, or all of them as a data frame."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from .effects import StartedFlow
from .errors import ConfigurationError
from .place import WalkPlace

T = TypeVar("T")


class Walking(Iterator[T], Generic[T]):
    """The items of a walk, fetched page by page as they are asked for.

    `to_pandas` and `to_polars` read all that are left into a data frame: a column for each of
    TikTok's fields, ids as text. Limit the walk where that could be too much for the memory. Where
    an error ends the reading, e.g. a quota, a second call gives what was read before it, and
    `place` goes on.
    """

    def __init__(self, items: Iterator[T], begun: StartedFlow) -> None:
        self._items = items
        self._begun = begun
        self._read: list[dict[str, Any]] = []

    @property
    def place(self) -> WalkPlace | None:
        """Where to go on after the items given so far, for `resume=` of the same method; it also
        serves after an error, e.g. at the end of a quota. None: there are no more, or the method
        takes no `resume`. Of a page that wasn't read to its end, all items come again."""
        return self._begun.place

    def __next__(self) -> T:
        return next(self._items)

    def close(self) -> None:
        """End the walk: nothing more is fetched."""
        close = getattr(self._items, "close", None)
        if close is not None:
            close()

    def to_pandas(self) -> Any:
        """All items that are left, as a `pandas.DataFrame`. Raises `ConfigurationError` without
        pandas, and what the walk raises."""
        _module("pandas")
        return _pandas(self._rows())

    def to_polars(self) -> Any:
        """All items that are left, as a `polars.DataFrame`. Raises `ConfigurationError` without
        polars, and what the walk raises."""
        _module("polars")
        return _polars(self._rows())

    def _rows(self) -> list[dict[str, Any]]:
        self._read.extend(map(_row, self))  # those before an error stay
        rows, self._read = self._read, []
        return rows


class AsyncWalking(AsyncIterator[T], Generic[T]):
    """The items of an async walk; as `Walking`, with coroutines."""

    def __init__(self, items: AsyncIterator[T], begun: StartedFlow) -> None:
        self._items = items
        self._begun = begun
        self._read: list[dict[str, Any]] = []

    @property
    def place(self) -> WalkPlace | None:
        """As `Walking.place`."""
        return self._begun.place

    async def __anext__(self) -> T:
        return await anext(self._items)

    async def aclose(self) -> None:
        """End the walk: nothing more is fetched."""
        close = getattr(self._items, "aclose", None)
        if close is not None:
            await close()

    async def to_pandas(self) -> Any:
        """As `Walking.to_pandas`."""
        _module("pandas")
        return _pandas(await self._rows())

    async def to_polars(self) -> Any:
        """As `Walking.to_polars`."""
        _module("polars")
        return _polars(await self._rows())

    async def _rows(self) -> list[dict[str, Any]]:
        async for one in self:
            self._read.append(_row(one))
        rows, self._read = self._read, []
        return rows


def _row(item: Any) -> dict[str, Any]:
    if isinstance(item, BaseModel):
        return item.model_dump(mode="python", exclude_unset=True)
    if hasattr(item, "dimensions") and hasattr(item, "metrics"):  # a row of a report
        return {**item.dimensions, **item.metrics}
    return {"value": item}


def _module(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigurationError(
            f"a data frame needs {name}, which isn't installed. Nothing was read."
        ) from error


def _pandas(rows: list[dict[str, Any]]) -> Any:
    return _module("pandas").DataFrame.from_records(rows)


def _polars(rows: list[dict[str, Any]]) -> Any:
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    polars = _module("polars")
    return polars.from_dicts(plain, infer_schema_length=None) if plain else polars.DataFrame()


def _plain(value: Any) -> Any:
    """Tuples as lists: polars takes a tuple of mixed values for an object."""
    return list(map(_plain, value)) if isinstance(value, tuple) else value
