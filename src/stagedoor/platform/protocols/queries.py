"""Query strings: texts, with 1 and 0 for true and false."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from .layout import Layout

_KEPT_LENGTH = 1_024
"""Longer queries are encoded each time, so that the cache stays small."""


def encode(layout: Layout, dumped: Mapping[str, Any]) -> str:
    """Encode the query fields of a dumped request."""
    return urlencode(_pairs(layout, dumped))


def encode_kept(layout: Layout, dumped: Mapping[str, Any]) -> str:
    """`encode` for a request that has a body: such queries name fields, so they repeat from call
    to call and contain no secret. Short queries are cached."""
    pairs = _pairs(layout, dumped)
    if sum(len(text) for _, text in pairs) > _KEPT_LENGTH:
        return urlencode(pairs)
    return _encoded_pairs(pairs)


@lru_cache(maxsize=1_024)
def _encoded_pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return urlencode(pairs)


def _pairs(layout: Layout, dumped: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(value)) for name, value in dumped.items() if name in layout.query)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def parse(layout: Layout, query: str, marks: frozenset[str]) -> Any:
    """Parse a request from its query. Raises the codecs' own errors; see `reading`."""
    return layout.validated(layout.in_query(query), marks)
