"""Texts that can't be stored or sent are found in every place, and no other texts are."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.platform.encodable import MAX_DEPTH, first_problem


def nested(levels: int, value: Any) -> Any:
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("a\0", ""),
        ({"a": ["ok", {"b": "half \ud800"}]}, "a.1.b"),
        ({"a": {"b\0": 1}}, "a"),
        (("ok", ("\0",)), "1.0"),
    ],
)
def test_the_place_of_the_first_problem_is_named(value: Any, path: str) -> None:
    found = first_problem(value)
    assert found is not None
    assert found[0] == path


@pytest.mark.parametrize("value", ["text", "ä🍞", 1, None, b"\0", {"a": [1, "b", ()], 2: {}}])
def test_what_can_be_kept_has_no_problem(value: Any) -> None:
    assert first_problem(value) is None


@pytest.mark.parametrize("leaf", [[], {}, ()])
def test_the_deepest_level_holds_values_and_no_further_level(leaf: Any) -> None:
    assert first_problem(nested(MAX_DEPTH, "text")) is None
    assert first_problem(nested(MAX_DEPTH - 1, leaf)) is None
    assert first_problem(nested(MAX_DEPTH, leaf)) is not None


def test_values_are_counted_on_all_levels() -> None:
    value = {"a": [1, 2], "b": "c"}
    assert first_problem(value, most=5) is None
    assert first_problem(value, most=4) is not None
