"""The near match of a misspelt name, for errors. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100
"""Characters of a name that are compared: the comparison takes quadratic time."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The sentence that names the known name nearest to this one, after a space; "" where none is
    near."""
    near = get_close_matches(name[:_LONGEST], tuple(known), 1)
    return f" Did you mean {near[0]!r}?" if near else ""
