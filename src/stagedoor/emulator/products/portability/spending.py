"""The single-use scopes that a request consumes (`portability.yaml` scope_consumption)."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.products.portability import CATEGORY_SCOPES, SPENT_FIRST
from stagedoor.platform.scopes import SINGLE_USE


def spent_by(
    categories: Iterable[str], granted: frozenset[str], prefers_ongoing: bool
) -> frozenset[str]:
    """The scopes that a request for `categories` consumes; `granted` covers each category."""
    waiting = [
        category
        for category in categories
        if not (prefers_ongoing and _serving(category, granted) - SINGLE_USE)
    ]
    if not waiting:
        return frozenset()
    if all(SPENT_FIRST in _serving(category, granted) for category in waiting):
        return frozenset((SPENT_FIRST,))
    gone: set[str] = set()
    for category in waiting:
        single = _serving(category, granted) & SINGLE_USE
        if single and not single & gone:
            gone.add(next(name for name in CATEGORY_SCOPES[category] if name in single))
    return frozenset(gone)


def _serving(category: str, granted: frozenset[str]) -> frozenset[str]:
    return granted.intersection(CATEGORY_SCOPES[category])
