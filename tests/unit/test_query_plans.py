"""The exceptions of the check of query plans name functions that exist."""

from __future__ import annotations

from pkgutil import resolve_name

import pytest

from tests.support.query_plans import WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_a_function_that_may_read_all_rows_exists(name: str) -> None:
    assert callable(resolve_name(f"stagedoor.{name}"))
