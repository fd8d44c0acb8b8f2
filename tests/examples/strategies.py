"""Parts of requests as hypothesis makes them, which several products share."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .example import Values

T = TypeVar("T")

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
WORDS = st.text(st.characters(codec="utf-8", exclude_characters=",\0"), min_size=1, max_size=20)
"""Without a comma, since a comma-separated list can't hold one."""
TEXT = st.text(CHARACTERS, max_size=40)
ADDRESSES = st.text(st.characters(categories=("L", "N")), max_size=30).map(
    "https://media.example.com/{}".format
)
"""Addresses from which TikTok downloads, or to which it posts."""
FLAG = st.none() | st.booleans()
BIG = st.integers(0, 2**70)
NUMBER = st.integers(0, 2**63 - 1) | st.integers(0, 2**63 - 1).map(str)


def maybe(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    return st.none() | strategy


def some(names: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    """At least one of these."""
    return st.lists(st.sampled_from(names), min_size=1, unique=True).map(tuple)


def fields(**strategies: SearchStrategy[Any]) -> SearchStrategy[Values]:
    """A request with each of these fields."""
    return st.fixed_dictionaries(strategies)
