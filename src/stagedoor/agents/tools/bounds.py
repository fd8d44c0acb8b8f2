"""Answers within a size limit: long lists are cut between two items, with the arguments to go on.

TikTok's own cursor goes on after a whole page; `offset` goes on inside a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stagedoor.connector.errors import ApiError

from .escapes import visible
from .tool import Tool

MOST = 24_000
"""Most characters of an answer's JSON."""
_SHORT = 200
"""Characters that are kept of a text in the last resort."""
_NOTE = 400
"""Characters reserved for `next` and `note`."""


class TooLong(ApiError):
    """The answer can't be made short enough."""

    code, http = "answer_too_long", 413

    def __init__(self) -> None:
        super().__init__("The answer is too long: ask for fewer fields, or for less at once.")


def bounded(tool: Tool, data: Mapping[str, Any], offset: int, most: int = MOST) -> dict[str, Any]:
    """Return the answer from item `offset` on, no longer than `most`, with `next` if there is
    more. Raises `TooLong`."""
    told = dict(data)
    onwards = _onwards(tool, told)
    listed = told.get(tool.items) if tool.items is not None else None
    if tool.items is None or not isinstance(listed, list):
        return _fitting(told, most)
    kept = listed[offset:]
    told[tool.items] = kept
    if length(told) > most:
        fits = _fits(told, tool.items, most - _NOTE)
        if fits < len(kept):
            told[tool.items] = kept[:fits]
            told["next"] = {"offset": offset + fits}
            told["note"] = (
                f"{tool.items} has {len(listed)} items here; items {offset} to "
                f"{offset + fits - 1} are shown."
            )
            return _fitting(told, most)
    if onwards:
        # the next page starts at its first item
        told["next"] = onwards | ({"offset": 0} if offset else {})
    return _fitting(told, most)


def text_of(data: Any) -> str:
    """Return JSON that decodes to exactly the data; invisible characters are escaped."""
    return visible(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def length(data: Any) -> int:
    return len(text_of(data))


def _onwards(tool: Tool, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return TikTok's arguments for the next page."""
    pages = data.get("page_info")
    if "page" in tool.goes_on and isinstance(pages, Mapping):
        at, last = pages.get("page"), pages.get("total_page")
        if isinstance(at, int) and isinstance(last, int) and at < last:
            return {"page": at + 1}
        return {}
    if data.get("has_more") is not True:
        return {}
    return {name: data[name] for name in sorted(tool.goes_on) if data.get(name) is not None}


def _fits(data: Mapping[str, Any], items: str, most: int) -> int:
    """Return how many items fit; at least one, so that paging advances."""
    room = most - length({**data, items: []})
    count = 0
    for item in data[items]:
        room -= length(item) + 1
        if room < 0:
            break
        count += 1
    return max(1, count)


def _fitting(data: dict[str, Any], most: int) -> dict[str, Any]:
    """Return the answer, with its longest parts cut if it is too long. Raises `TooLong`."""
    if length(data) <= most:
        return data
    kept = most
    shorter = data
    while length(shorter) > most - _NOTE and kept > 1:
        kept //= 2
        shorter = _shortened(data, kept)
    if length(shorter) > most:
        raise TooLong
    shorter["note"] = (
        "The answer was too long, so texts and lists in it lost their ends: ask for fewer fields "
        "or for less at once."
    )
    return shorter


def _shortened(node: Any, most: int) -> Any:
    """Cut each list to `most` items and each text to `most` characters, but at least `_SHORT`."""
    if isinstance(node, dict):
        return {name: _shortened(part, most) for name, part in node.items()}
    if isinstance(node, list):
        return [_shortened(part, most) for part in node[:most]]
    if isinstance(node, str) and len(node) > max(most, _SHORT):
        return node[: max(most, _SHORT)] + "…"
    return node
