"""Text in cells of CSV files, which people open in spreadsheets."""

from __future__ import annotations

_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Full-width signs are formulas, too."""


def plain(text: str) -> str:
    """The text of a cell, with an apostrophe before it where a spreadsheet would take it for a
    formula: that skips spaces at the begin."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def quoted(text: str) -> str:
    """As `plain`, for files that are read back by `unquoted`: each cell is of one text alone."""
    return f"'{text}" if _looks_quoted(text) else text


def unquoted(cell: str) -> str:
    """The text that `quoted` made this cell of."""
    return cell[1:] if cell.startswith("'") and _looks_quoted(cell) else cell


def _looks_quoted(text: str) -> bool:
    """Whether the text is a formula, or a formula with apostrophes before it."""
    return text.lstrip("' ").startswith(_FORMULA_STARTS)
