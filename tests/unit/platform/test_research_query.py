"""Conditions of research: their combinations, and refusals with their paths."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, assert_type

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import Where
from stagedoor.platform.products.research import VideoQuery
from stagedoor.platform.products.research.query import (
    FIELDS,
    MAX_DAYS,
    Alternatives,
    Exact,
    Operator,
    Query,
    Term,
    VideoLength,
    length_of,
    term,
    windows,
)
from stagedoor.platform.refusal import InvalidRequest
from tests.examples.research_queries import queries, terms

A = Where.region_code.in_("DE", "FR")
B = Where.keyword.eq("cats")
C = Where.view_count.gte(1_000)


def asked(query: Query, **more: Any) -> VideoQuery:
    days = {"start_date": "20260801", "end_date": "20260830"}
    return VideoQuery(query=query, **(days | more))


def sent(query: Query) -> dict[str, Any]:
    found: dict[str, Any] = asked(query).model_dump(mode="json")["query"]
    return {name: listed for name, listed in found.items() if listed}


def problems(query: Query, **more: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refusal:
        asked(query, **more)
    return dict(refusal.value.problems)


def test_conditions_travel_as_tiktok_writes_them() -> None:
    query = A & ~Where.video_length.eq(VideoLength.SHORT) & (B | Where.hashtag_name.eq("cats"))
    assert sent(query) == {
        "and": [{"field_name": "region_code", "operation": "IN", "field_values": ["DE", "FR"]}],
        "or": [
            {"field_name": "keyword", "operation": "EQ", "field_values": ["cats"]},
            {"field_name": "hashtag_name", "operation": "EQ", "field_values": ["cats"]},
        ],
        "not": [{"field_name": "video_length", "operation": "EQ", "field_values": ["SHORT"]}],
    }


def test_values_are_always_text() -> None:
    query = Where.video_id.eq(7530011223344556677) & Where.create_date.lt(date(2026, 8, 9))
    (first, second) = sent(query)["and"]
    assert first["field_values"] == ["7530011223344556677"]
    assert second["field_values"] == ["20260809"]


def test_a_query_can_be_taken_from_json() -> None:
    text = '{"and":[{"operation":"EQ","field_name":"username","field_values":["mara"]}],"or":[]}'
    assert Query.model_validate_json(text) == asked(Where.username.eq("mara")).query


@given(terms(), terms(), terms())
def test_joining_keeps_every_condition_in_its_list(a: Term, b: Term, c: Term) -> None:
    (one,), (two,), (three,) = a.conditions, b.conditions, c.conditions
    assert (a & b & c).lists == ((one, two, three), (), ())
    assert (a | b | c).lists == ((), (one, two, three), ())
    assert (a & (b | c)).lists == ((one,), (two, three), ())
    assert (~a & ~b & c).lists == ((three,), (), (one, two))
    assert (~(a | b)).lists == ((), (), (one, two))


@given(queries())
def test_a_legal_query_is_taken_as_it_is(query: Query) -> None:
    assert asked(query).query.lists == query.lists


@given(terms(), st.sampled_from(["region_code", "keyword", "video_length", "username"]))
def test_an_order_that_a_field_does_not_have_is_refused(legal: Term, field: str) -> None:
    found = problems(legal & term(field, Operator.GT, "DE"))
    assert "query.and.1.operation" in found
    assert not any(path.startswith("query.and.0") for path in found)


@pytest.mark.parametrize(
    ("query", "path", "reason"),
    [
        (term("caption", "EQ", "x"), "query.and.0.field_name", "must be one of create_date"),
        (term("keyword", "LIKE", "x"), "query.and.0.operation", "must be one of EQ, IN"),
        (Where.keyword.eq(" "), "query.and.0.field_values", "[0] is empty"),
        (A & Where.region_code.in_("DE", "XX"), "query.and.1.field_values", "[1] is no region"),
        (~Where.username.eq("@mara"), "query.not.0.field_values", "without @"),
        (B | Where.hashtag_name.eq("#cat"), "query.or.1.field_values", "without #"),
        (Where.view_count.gt(-1), "query.and.0.field_values", "is no number"),
        (Where.create_date.eq("2026-8-1"), "query.and.0.field_values", "written YYYYMMDD"),
        (Where.create_date.eq("20260230"), "query.and.0.field_values", "no day of the calendar"),
        (Where.video_length.eq("TINY"), "query.and.0.field_values", "SHORT, MID, LONG"),
        (Where.region_code.in_(), "query.and.0.field_values", "holds no value"),
        (term("keyword", "EQ", "a", "b"), "query.and.0.field_values", "only IN takes several"),
    ],
    ids=str,
)
def test_what_tiktok_does_not_know_is_refused_by_its_path(
    query: Query, path: str, reason: str
) -> None:
    found = problems(query)
    assert set(found) == {path}
    assert reason in found[path]


def test_a_query_without_conditions_is_refused() -> None:
    assert problems(Query.model_construct(and_=(), or_=(), not_=())) == {
        "query": "has no condition"
    }


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (("20260801", "20260901"), "is 31 days after start_date, TikTok takes 30"),
        (("20260801", "20260731"), "is before start_date"),
        (("20260801", "1.9.2026"), "should be a day such as 2026-11-29"),
    ],
)
def test_dates_out_of_reach_are_refused(days: tuple[str, str], reason: str) -> None:
    found = problems(A, start_date=days[0], end_date=days[1])
    assert found == {"end_date": reason}


def test_two_lists_of_alternatives_are_not_one_query() -> None:
    with pytest.raises(ValueError, match="one list of alternatives"):
        (A | B) & (B | C)


def test_what_a_query_cannot_say_is_an_error_for_a_type_checker_and_at_run_time() -> None:
    with pytest.raises(TypeError):
        A & B | C  # type: ignore[operator]
    with pytest.raises(TypeError):
        ~(A & B)  # type: ignore[operator]
    with pytest.raises(TypeError):
        A | (A & B)  # type: ignore[operator]
    with pytest.raises(AttributeError):
        Where.keyword.gt("a")  # type: ignore[attr-defined]


def test_pythons_own_words_do_not_join_conditions() -> None:
    with pytest.raises(TypeError, match="join conditions with &"):
        bool(A)


def test_types_are_seen() -> None:
    assert_type(A, Term)
    assert_type(A | B, Alternatives)
    assert_type(A & B, Query)
    assert_type(~A, Query)
    with pytest.raises(TypeError, match="view_count takes int, not str"):
        Where.view_count.gt("many")  # type: ignore[arg-type]


NAMED = {name: field for name, field in vars(Where).items() if isinstance(field, Exact)}


@pytest.mark.parametrize("name", NAMED)
def test_a_value_of_another_type_is_an_error_and_never_a_text_that_nothing_equals(
    name: str,
) -> None:
    for value in (None, 1.5, True, b"cake", ["cake"], {"cake": 1}, object()):
        with pytest.raises(TypeError, match=f"Where.{name} takes"):
            NAMED[name].eq(value)
        with pytest.raises(TypeError, match=f"Where.{name} takes"):
            NAMED[name].in_("20260801" if name == "create_date" else "1", value)


def test_in_takes_one_list_too() -> None:
    apart = Where.hashtag_name.in_("cycling", "baking")
    assert Where.hashtag_name.in_(["cycling", "baking"]) == apart
    assert Where.hashtag_name.in_(("cycling", "baking")) == apart
    assert apart.conditions[0].field_values == ("cycling", "baking")


def test_comparisons_of_python_say_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"Where\.region_code\.eq\('DE'\)"):
        assert Where.region_code == "DE"
    with pytest.raises(TypeError, match=r"~Where\.region_code\.eq\('DE'\)"):
        assert Where.region_code != "DE"
    for method in ("gt", "gte", "lt", "lte"):
        compare = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}[method]
        with pytest.raises(TypeError, match=rf"Where\.view_count\.{method}\(5\)"):
            getattr(Where.view_count, compare)(5)


def test_a_day_may_have_dashes_but_not_over_the_wire() -> None:
    assert Where.create_date.eq("2026-08-01") == Where.create_date.eq(date(2026, 8, 1))


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_windows_hold_every_day_once_newest_first(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    found = list(windows(start, end))
    assert all(timedelta() <= last - first <= timedelta(days=MAX_DAYS) for first, last in found)
    listed = [
        last - timedelta(days=n) for first, last in found for n in range((last - first).days + 1)
    ]
    assert listed == [end - timedelta(days=n) for n in range(days + 1)]


def test_a_range_that_is_none_has_no_windows() -> None:
    assert list(windows(date(2026, 8, 2), date(2026, 8, 1))) == []


@pytest.mark.parametrize(
    ("seconds", "length"),
    [(14.9, "SHORT"), (15, "MID"), (60, "MID"), (61, "LONG"), (300, "LONG"), (301, "EXTRA_LONG")],
)
def test_lengths_are_named_by_their_seconds(seconds: float, length: str) -> None:
    assert length_of(seconds) == length


def test_every_field_of_the_language_has_a_place_to_type_it() -> None:
    named = {name for name in vars(Where) if not name.startswith("_")}
    assert named == set(FIELDS)
    assert all(getattr(Where, name).name == name for name in named)
    for name, rule in FIELDS.items():
        assert hasattr(getattr(Where, name), "gt") == (Operator.GT in rule.operations)
