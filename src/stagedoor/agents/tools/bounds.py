"""Answers that a model can hold: what is too long is cut between two items, and says how to go on.

TikTok's own cursor goes on after a whole page; `offset` goes on inside one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stagedoor.connector.errors import ApiError

from .escapes import visible
from .tool import Tool

MOST = 24_000
"""Characters of an answer's JSON."""
_SHORT = 200
"""Characters that are left of a text where nothing else helps."""
_NOTE = 400
"""Room for `next` and `note`."""


class TooLong(ApiError):
    """The answer can't be made short enough."""

    code, http = "answer_too_long", 413

    def __init__(self) -> None:
        super().__init__("The answer is too long: ask for fewer fields, or for less at once.")


def bounded(tool: Tool, data: Mapping[str, Any], offset: int, most: int = MOST) -> dict[str, Any]:
    """The answer from item `offset` on, no longer than `most`, with `next` where there is more."""
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
        # the next page begins with its first item
        told["next"] = onwards | ({"offset": 0} if offset else {})
    return _fitting(told, most)


def text_of(data: Any) -> str:
    """JSON that decodes to exactly the data; what can't be seen is escaped in it."""
    return visible(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def length(data: Any) -> int:
    return len(text_of(data))


def _onwards(tool: Tool, data: Mapping[str, Any]) -> dict[str, Any]:
    """What TikTok's answer says about the next page."""
    if data.get("has_more") is not True:
        return {}
    return {name: data[name] for name in sorted(tool.goes_on) if data.get(name) is not None}


def _fits(data: Mapping[str, Any], items: str, most: int) -> int:
    """How many of the items there is room for; one, at least, so that it goes on."""
    room = most - length({**data, items: []})
    count = 0
    for item in data[items]:
        room -= length(item) + 1
        if room < 0:
            break
        count += 1
    return max(1, count)


def _fitting(data: dict[str, Any], most: int) -> dict[str, Any]:
    """What has no list to cut loses the ends of its longest parts."""
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
    """Each list with as many items, each text with as many characters, at most."""
    if isinstance(node, dict):
        return {name: _shortened(part, most) for name, part in node.items()}
    if isinstance(node, list):
        return [_shortened(part, most) for part in node[:most]]
    if isinstance(node, str) and len(node) > max(most, _SHORT):
        return node[: max(most, _SHORT)] + "…"
    return node
