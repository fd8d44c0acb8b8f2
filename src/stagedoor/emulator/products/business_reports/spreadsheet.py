"""Reports as spreadsheets: written row by row, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

SHEET_ROWS = 1_048_576
"""The most rows of a sheet; further rows go to another one."""


class Spreadsheet:
    """An XLSX file that is being written."""

    def __init__(self, file: IO[bytes], titles: Sequence[str], numbers: range) -> None:
        """`numbers` are the places of the columns that hold numbers; others hold texts."""
        from xlsxwriter import Workbook

        self._book: Any = Workbook(file, {"constant_memory": True})
        self._titles, self._numbers = titles, numbers
        self._begin_sheet()

    def write(self, lines: Iterable[Sequence[Any]]) -> None:
        """Add rows."""
        for line in lines:
            if self._row == SHEET_ROWS:
                self._begin_sheet()
            for column, value in enumerate(line):
                number = _number(value) if column in self._numbers else None
                if number is None:
                    # an id of 64 bits loses digits as a number, and a text may begin like a formula
                    self._sheet.write_string(self._row, column, str(value))
                else:
                    self._sheet.write_number(self._row, column, number)
            self._row += 1

    def close(self) -> None:
        """Write the end of the file."""
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheet: Any = self._book.add_worksheet()
        self._row = 1
        for column, title in enumerate(self._titles):
            self._sheet.write_string(0, column, title)


def _number(value: Any) -> float | None:
    """The number; None for the mark of a missing one."""
    try:
        return float(value)
    except ValueError:
        return None
