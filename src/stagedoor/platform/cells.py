"""Text in cells of CSV files, which people open in spreadsheets."""

from __future__ import annotations

_FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Full-width signs are formulas, too."""


def plain(text: str) -> str:
    """The text of a cell, with an apostrophe before it where a spreadsheet would take it for a
    formula: that skips spaces at the begin."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
