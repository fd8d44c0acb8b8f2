"""Results that are cut say so on standard error: how many more there are, and how to get them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from . import terminal

T = TypeVar("T")


def first(
    items: Iterable[T], limit: int | None, what: str, how: str, *, look: int | None = None
) -> Iterator[T]:
    """Give the first `limit` items, all without one; then say how many more there are.

    `what` is the noun of one item.

    Counting goes on for at most `look` items, without bound by default: where looking at more
    costs requests, "at least" has to do. `how` says which option shows the rest.
    """
    walk = iter(items)
    yield from islice(walk, limit)
    if limit is None:
        return
    more = sum(1 for _ in islice(walk, look))
    if more:
        tell_more(more, what, how, at_least=more == look)


def tell_more(count: int, what: str, how: str, *, at_least: bool = False) -> None:
    """Say that `count` more aren't shown; `what` is the noun of one."""
    more = terminal.agreeing(count, what, "isn't", "aren't", between="more ")
    terminal.note(f"{'At least ' if at_least else ''}{more} shown: {how}.")
