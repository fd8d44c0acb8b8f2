"""Records do what dataclasses do, with methods that aren't compiled for each class."""

from __future__ import annotations

import copy
import pickle
import pydoc
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from stagedoor.platform.records import frozen, record


@frozen
class Point:
    x: int
    y: Any = 0
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlainPoint:
    x: int
    y: Any = 0
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@frozen
class Single:
    x: Any


@record
class Box:
    content: Any = None


@record
class Empty:
    pass


VALUES: tuple[tuple[Any, ...], ...] = (
    (1,),
    (1, 0),
    (2,),
    (1, "one"),
    (1, 0, "a note"),
    (1, 0, "", "a secret"),
)


@pytest.mark.parametrize("first", VALUES)
@pytest.mark.parametrize("second", VALUES)
def test_records_are_compared_and_hashed_as_dataclasses(
    first: tuple[Any, ...], second: tuple[Any, ...]
) -> None:
    ours, plain = Point(*first), PlainPoint(*first)
    assert (ours == Point(*second)) is (plain == PlainPoint(*second))
    assert hash(ours) == hash(plain)
    assert ours.__eq__(plain) is NotImplemented


@pytest.mark.parametrize("values", VALUES)
def test_records_are_printed_as_dataclasses(values: tuple[Any, ...]) -> None:
    assert f"Plain{Point(*values)!r}" == repr(PlainPoint(*values))


def test_a_record_of_one_field_is_compared_by_it() -> None:
    nothing = float("nan")
    assert Single(nothing) == Single(nothing)
    assert Single(1) != Single(2)
    assert hash(Single(1)) == hash((1,))


def test_a_frozen_record_stays_as_it_is() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert replace(point, x=2) == Point(2)
    kept = pickle.dumps(point)
    assert copy.deepcopy(point) == pickle.loads(kept) == point  # noqa: S301 - our own bytes


def test_a_record_changes_and_has_no_hash() -> None:
    box = Box()
    box.content = [box]
    with pytest.raises(TypeError, match="unhashable"):
        hash(box)
    assert repr(box) == "Box(content=[...])"
    assert Box(1) == Box(1) != Box(2)
    assert Empty() == Empty()
    with pytest.raises(AttributeError):
        box.other = 1  # type: ignore[attr-defined]


def test_a_record_keeps_a_method_of_its_own() -> None:
    @frozen
    class Named:
        name: str

        def __repr__(self) -> str:
            return f"<{self.name}>"

    assert repr(Named("it")) == "<it>"


def test_a_frozen_record_with_an_own_comparison_is_hashed_as_a_dataclass() -> None:
    @frozen
    class Name:
        text: str
        seen: list[str] = field(default_factory=list, hash=False)

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Name) and self.text == other.text

    assert hash(Name("a", ["once"])) == hash(Name("a")) != hash(Name("b"))
    assert Name("a", ["once"]) == Name("a")


def test_help_shows_the_methods_of_a_record_under_their_names() -> None:
    told = pydoc.plain(pydoc.render_doc(Point))
    assert "__eq__(self" in told
    assert "= _eq" not in told


def test_records_are_read_as_dataclasses() -> None:
    assert TypeAdapter(list[Box]).validate_python([{"content": 1}]) == [Box(1)]
