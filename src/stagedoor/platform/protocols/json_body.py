"""Bodies as JSON.

TikTok ignores fields that it doesn't know and does not convert types inside JSON, so `parse` is
strict about types and silent about extras.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from ..model import ARRIVED, refused_nulls, without_refused_nulls
from ..records import frozen
from . import queries
from .layout import Layout, encodable, known
from .protocol import Malformed, Wire

TYPE = "application/json; charset=UTF-8"
_NUL = b"\\u0000"
"""NUL as JSON text; JSON allows no other form of it."""


def encode(layout: Layout, dumped: Mapping[str, Any]) -> Wire:
    """Encode a request whose body is a JSON object."""
    body = {name: value for name, value in dumped.items() if name in layout.body}
    text = json.dumps(body, ensure_ascii=False) if body else "{}"
    return Wire(queries.encode_kept(layout, dumped), text.encode(), TYPE)


def parse(layout: Layout, query: str, body: bytes, marks: frozenset[str]) -> Any:
    """Parse a request from its query and JSON body."""
    marks = marks | {ARRIVED}
    members = _members(layout, query)
    spliced = _spliced(body, members, len(layout.query))
    if spliced is not None and _NUL not in spliced:
        try:
            return layout.model.model_validate_json(
                spliced, strict=True, extra="ignore", context=marks
            )
        except ValidationError as error:
            # Python's own parser below accepts more (UTF-16, say), and null may count as absent.
            unread = error.errors(include_url=False, include_input=False)[0]["type"]
            if unread != "json_invalid" and not refused_nulls(error):
                raise
    sent = json.loads(body) if body.strip() else {}
    if not isinstance(sent, dict):
        raise Malformed((("", "the body is not a JSON object"),))
    merged = known(sent, layout.body | layout.or_body) | dict(members.raw)
    layout.complete(merged)
    try:
        return _validated(layout, merged, marks)
    except ValidationError as error:
        fewer = without_refused_nulls(merged, error)
        if fewer is None:
            raise
    return _validated(layout, fewer, marks)


def _validated(layout: Layout, merged: dict[str, Any], marks: frozenset[str]) -> Any:
    return layout.model.model_validate_json(
        json.dumps(encodable(merged)), strict=True, extra="ignore", context=marks
    )


def _spliced(body: bytes, members: _Members, names: int) -> bytes | None:
    """Append the query's members to the body's JSON object: of duplicate names, the last counts.

    None unless every query field is given: else a member of that name in the body would count.
    """
    text = body.strip() or b"{}"
    if len(members.raw) != names or not (text.startswith(b"{") and text.endswith(b"}")):
        return None
    if not names:
        return text
    head = text[:-1].rstrip()
    return b"%b%b%b}" % (head, b"" if head == b"{" else b",", members.json)


@frozen
class _Members:
    """The parameters of a query, as pairs and as the members of a JSON object."""

    raw: tuple[tuple[str, str], ...]
    json: bytes


@lru_cache(maxsize=1_024)
def _members(layout: Layout, query: str) -> _Members:
    """Cached: such queries name fields, so they repeat from call to call and contain no secret."""
    raw = layout.in_query(query)
    return _Members(tuple(raw.items()), json.dumps(raw)[1:-1].encode())
