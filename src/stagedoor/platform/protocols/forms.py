"""Bodies as application/x-www-form-urlencoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from . import queries
from .layout import Layout, encodable
from .protocol import Wire, pairs

TYPE = "application/x-www-form-urlencoded"


def encode(layout: Layout, dumped: Mapping[str, Any]) -> Wire:
    """Encode a request whose body is a form."""
    body = {name: value for name, value in dumped.items() if name in layout.body}
    return Wire(queries.encode(layout, dumped), urlencode(body).encode(), TYPE)


def parse(layout: Layout, query: str, body: bytes, marks: frozenset[str]) -> Any:
    """Parse a request from its query and form."""
    sent = {n: text for n, text in pairs(body.decode()) if n in layout.model.model_fields}
    raw = layout.in_query(query) | encodable(sent)
    return layout.model.model_validate_strings(raw, extra="ignore", context=marks)
