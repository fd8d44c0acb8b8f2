"""No text of others becomes a formula in a spreadsheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.platform.csv_cells import plain, quoted, unquoted

FORMULAS = ("=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A", "  =1")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stays_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "a=1", "1-1", "'=1", "https://example.com/?a=1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.text(alphabet="'= @-a1\t\n\uff1d"))
def test_each_cell_is_of_one_text(text: str) -> None:
    cell = quoted(text)
    assert unquoted(cell) == text
    assert plain(cell) == cell, "no formula is left"
