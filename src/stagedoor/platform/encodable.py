"""Whether values can be stored and sent: databases refuse NUL, UTF-8 refuses lone surrogates.

Every server endpoint checks its input with this module before any other processing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .bounds import short_part

MAX_DEPTH = 32
_NUL = "holds a NUL character, which no text here may hold"
_HALF = "holds half of a surrogate pair, which can't be encoded"
_DEEP = f"is nested deeper than {MAX_DEPTH} levels"

_HOLDS_TEXT = (str, list, tuple, Mapping)

Problem = tuple[str, str]
"""Path and reason."""


def reason_against(text: str) -> str | None:
    """The reason why `text` can't be stored or sent; None when it can."""
    if "\0" in text:
        return _NUL
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return _HALF
    return None


def first_problem(value: Any, most: int | None = None, path: str = "") -> Problem | None:
    """The first string in `value`, field names included, that can't be stored; None without one.

    Lists and mappings are walked to `MAX_DEPTH`; a deeper nesting, and more than `most` values,
    are a problem as well.
    """
    # the place of a value is its container's place with the value's name: it is turned into a path
    # only where there is a problem
    waiting: list[tuple[Any, Any, int]] = [(path, value, 0)]
    seen = 0
    while waiting:
        place, one, depth = waiting.pop()
        seen += 1
        if isinstance(one, str):
            if (reason := reason_against(one)) is not None:
                return _path(place), reason
        elif isinstance(one, Mapping):
            if depth >= MAX_DEPTH:
                return _path(place), _DEEP
            for name in one:
                if isinstance(name, str) and (reason := reason_against(name)) is not None:
                    return _path(place), f"has a field whose name {reason}"
            inner = [
                ((place, name), part, depth + 1)
                for name, part in one.items()
                if isinstance(part, _HOLDS_TEXT)
            ]
            seen += len(one) - len(inner)
            waiting += reversed(inner)
        elif isinstance(one, list | tuple):
            if depth >= MAX_DEPTH:
                return _path(place), _DEEP
            inner = [
                ((place, at), part, depth + 1)
                for at, part in enumerate(one)
                if isinstance(part, _HOLDS_TEXT)
            ]
            seen += len(one) - len(inner)
            waiting += reversed(inner)
        if most is not None and seen + len(waiting) > most:
            return path, f"holds more than {most} values"
    return None


def _path(place: Any) -> str:
    parts: list[str] = []
    while isinstance(place, tuple):
        place, part = place
        parts.append(short_part(str(part)))
    if place:
        parts.append(place)
    return ".".join(reversed(parts))
