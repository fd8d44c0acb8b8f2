"""Query strings: texts, with 1 and 0 for true and false."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .layout import Layout


def encode(layout: Layout, dumped: Mapping[str, Any]) -> str:
    """The query's part of a dumped request."""
    return urlencode(
        [(name, _text(value)) for name, value in dumped.items() if name in layout.query]
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def parse(layout: Layout, query: str, marks: frozenset[str]) -> Any:
    """The typed request in a query. Raises what the codecs raise; see `reading`."""
    return layout.validated(layout.in_query(query), marks)
