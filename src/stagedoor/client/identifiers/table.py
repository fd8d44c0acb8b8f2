"""Rows of identifiers by column, and rows that can't be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .block import Block, Hidden


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that can't be used. It names the row, never what stands in it.

    `row` is counted from 1; in a CSV file the header is row 1, as in a spreadsheet.
    """

    row: int
    column: str
    reason: str

    @property
    def place(self) -> str:
        return f"row {self.row} ({self.column})" if self.column else f"row {self.row}"


class IdentifierRows(Hidden):
    """Consecutive rows: one block for each column, and the rows that had no columns to read."""

    __slots__ = ("blocks", "broken", "rows")

    def __init__(
        self, rows: Sequence[int], blocks: Sequence[Block], broken: Sequence[BrokenRow] = ()
    ) -> None:
        self.rows = rows
        self.blocks = blocks
        self.broken = broken
