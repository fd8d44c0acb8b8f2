"""Truncated and empty results: print on standard error what is missing and how to get it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from . import terminal

T = TypeVar("T")


def first(
    items: Iterable[T], limit: int | None, what: str, how: str, *, look: int | None = None
) -> Iterator[T]:
    """Yield the first `limit` items (all if it is None), then print how many more there are.

    `what` is the noun of one item, `how` names the option that shows the rest. At most `look`
    further items are counted (None: all): if counting costs requests, "at least" is enough.
    """
    walk = iter(items)
    yield from islice(walk, limit)
    if limit is None:
        return
    more = sum(1 for _ in islice(walk, look))
    if more:
        tell_more(more, what, how, at_least=more == look)


def tell_more(count: int, what: str, how: str, *, at_least: bool = False) -> None:
    """Print that `count` more items aren't shown; `what` is the noun of one item."""
    more = terminal.agreeing(count, what, "isn't", "aren't", between="more ")
    terminal.note(f"{'At least ' if at_least else ''}{more} shown: {how}.")


def tell_empty(what: str, asked: bool, how: str) -> None:
    """Print that a list is empty; `asked`: options chose what it has. `how` says what to do."""
    terminal.note(f"There is no {what} {'like that' if asked else 'yet'}: {how}.")
