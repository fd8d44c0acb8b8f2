"""Conditions and queries over videos, as hypothesis makes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from stagedoor.platform.products.research.query import (
    FIELDS,
    Operator,
    Query,
    VideoLength,
    term,
    write_date,
)
from stagedoor.platform.regions import REGION_CODES

_DIGITS = st.integers(0, 10**20 - 1).map(str)
_WORD = st.text(st.characters(codec="utf-8", exclude_characters="#@\0"), min_size=1, max_size=12)

VALUES: dict[str, SearchStrategy[str]] = {
    "create_date": st.dates().map(write_date),
    "username": _WORD,
    "region_code": st.sampled_from(sorted(REGION_CODES)),
    "video_id": _DIGITS,
    "hashtag_name": _WORD,
    "keyword": _WORD.filter(lambda word: bool(word.strip())),
    "music_id": _DIGITS,
    "effect_id": _DIGITS,
    "video_length": st.sampled_from(sorted(VideoLength)),
    "view_count": _DIGITS,
    "comment_count": _DIGITS,
}
"""Legal values by field."""


@st.composite
def terms(draw: st.DrawFn) -> Any:
    """A legal condition of any field."""
    name = draw(st.sampled_from(sorted(FIELDS)))
    operation = draw(st.sampled_from(sorted(FIELDS[name].operations)))
    most = 4 if operation == Operator.IN else 1
    return term(name, operation, *draw(st.lists(VALUES[name], min_size=1, max_size=most)))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """A legal query with up to three conditions in each list."""
    lists = [
        tuple(
            condition for one in draw(st.lists(terms(), max_size=3)) for condition in one.conditions
        )
        for _ in range(3)
    ]
    if not any(lists):
        lists[0] = draw(terms()).conditions
    return Query.model_construct(and_=lists[0], or_=lists[1], not_=lists[2])
