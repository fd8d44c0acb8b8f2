"""The registry of event types: each is emitted somewhere, and patterns are checked by it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from stagedoor.connector import event_types
from stagedoor.connector.event_types import EventType, patterns, problem_of
from stagedoor.connector.reference.docstrings import described_fields

SOURCE = Path(event_types.__file__).parents[1]


def named_in_the_source() -> set[str]:
    """The members that code outside the registry names."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if path == Path(event_types.__file__):
            continue
        text = path.read_text()
        if "EventType." not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "EventType"
            ):
                found.add(node.attr)
    return found


def test_every_declared_type_is_emitted_and_described() -> None:
    # the type checker holds whoever emits to the members
    assert named_in_the_source() == {one.name for one in EventType}
    assert set(described_fields(EventType)) == {one.name for one in EventType}


@pytest.mark.parametrize(
    ("pattern", "notices", "says"),
    [
        ("post.publishd", False, "Did you mean 'post.published'? Use one of post.*, "),
        ("pots.*", False, "Did you mean 'posts.*'? Use one of *, post.*, "),
        ("post.unknwon.candidates", False, "Did you mean 'post.unknown.candidates'?"),
        ("commercial.*", False, "isn't a type of events."),
        ("post", False, "Use one of"),
        ("post.*.x", False, "Use one of"),
        ("", False, "Use one of"),
        ("x" * 10_000, False, "Use one of"),
        ("post.published", True, "isn't a kind of notices."),
        ("sync.*", True, "isn't a kind of notices."),
    ],
)
def test_a_pattern_of_no_type_is_refused_with_what_there_is(
    pattern: str, notices: bool, says: str
) -> None:
    problem = problem_of(pattern, notices)
    assert problem is not None
    assert says in problem
    assert len(problem) < 2_000


def test_all_types_their_families_and_all_of_them_are_patterns() -> None:
    for notices in (False, True):
        assert all(problem_of(one, notices) is None for one in patterns(notices))
    assert {"*", "post.*", "post.unknown.*", "post.published"} <= set(patterns())
    assert {one.family for one in EventType} == {
        one.removesuffix(".*") for one in patterns() if one.endswith(".*") and one.count(".") == 1
    }
