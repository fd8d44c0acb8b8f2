"""Whether values can be kept and sent: no database takes a NUL, no UTF-8 half of a character.

Every door looks at what comes in by this, before anything else is done with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .bounds import short_part

MAX_DEPTH = 32
_NUL = "holds a NUL character, which no text here may hold"
_HALF = "holds half of a surrogate pair, which can't be encoded"
_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
_SCALARS = frozenset({int, float, bool, type(None)})

Problem = tuple[str, str]
"""Path and reason."""


def reason_against(text: str) -> str | None:
    """Why `text` can't be kept or sent; None when it can."""
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
    """The first text in `value`, in names of fields too, that can't be kept; None without one.

    Lists and mappings are walked to `MAX_DEPTH`; deeper ones, and more than `most` values, are a
    problem as well.
    """
    if _is_sound(value, most):
        return None
    waiting: list[tuple[str, Any, int]] = [(path, value, 0)]
    seen = 0
    while waiting:
        place, one, depth = waiting.pop()
        seen += 1
        if most is not None and seen + len(waiting) > most:
            return path, f"holds more than {most} values"
        if isinstance(one, str):
            if (reason := reason_against(one)) is not None:
                return place, reason
        elif isinstance(one, Mapping):
            if depth >= MAX_DEPTH:
                return place, _DEEP
            for name in one:
                if isinstance(name, str) and (reason := reason_against(name)) is not None:
                    return place, f"has a field whose name {reason}"
            inner = [(_joined(place, name), part, depth + 1) for name, part in one.items()]
            waiting += reversed(inner)
        elif isinstance(one, list | tuple):
            if depth >= MAX_DEPTH:
                return place, _DEEP
            inner = [(_joined(place, at), part, depth + 1) for at, part in enumerate(one)]
            waiting += reversed(inner)
    return None


def _is_sound(value: Any, most: int | None) -> bool:
    """Whether `first_problem` finds nothing, without naming the place of each value."""
    level: list[Any] = [value]
    seen = 0
    for depth in range(MAX_DEPTH + 1):
        deeper: list[Any] = []
        seen += len(level)
        if most is not None and seen > most:
            return False
        for one in level:
            if isinstance(one, str):
                if reason_against(one) is not None:
                    return False
            elif type(one) in _SCALARS:
                continue
            elif isinstance(one, list | tuple):
                if depth == MAX_DEPTH:
                    return False
                deeper += one
            elif isinstance(one, Mapping):
                if depth == MAX_DEPTH:
                    return False
                for name, part in one.items():
                    if isinstance(name, str) and reason_against(name) is not None:
                        return False
                    deeper.append(part)
        if not deeper:
            return True
        level = deeper
    return False


def _joined(path: str, part: object) -> str:
    last = short_part(str(part))
    return f"{path}.{last}" if path else last
