"""Parts of a collection's journal, as values: windows of days, tasks, files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from .job import RowKind


@dataclass(slots=True)
class SearchWindow:
    """Days whose videos are one search. `until`: the last day that is still to be read."""

    id: int
    first: date
    last: date
    until: date
    state: str
    """`open`, `videos` (all videos are there), or `done` (files are written)."""
    cursor: int
    search_id: str | None
    searched_at: float | None
    """When the search began, in Unix seconds."""
    read_at: float | None
    """When the window's first page was read; TikTok may have had more of its newest days later."""

    def place(self) -> dict[str, Any]:
        """The members of the request for the page to go on with."""
        return {"cursor": self.cursor, "search_id": self.search_id} if self.cursor else {}


@dataclass(slots=True)
class CollectionTask:
    """A video's comments, or an account's data, that are still to be read."""

    kind: RowKind
    key: str
    window: int
    cursor: int | None

    def place(self) -> dict[str, Any]:
        """The members of the request for the page to go on with."""
        return {} if self.cursor is None else {"cursor": self.cursor}


@dataclass(frozen=True, slots=True)
class CollectionFile:
    kind: RowKind
    window: int
    name: str
    rows: int
    bytes: int
