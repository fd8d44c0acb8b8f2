"""Two sides measured in turns, so that a moment's noise on the machine meets both."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

Rounds = list[tuple[T, T]]
"""The results of our side and of the bare side, round by round."""


def contest(ours: Callable[[], T], bare: Callable[[], T], rounds: int) -> Rounds[T]:
    """One unmeasured round to warm up, then `rounds`, with the first to go changing each time."""
    ours()
    bare()
    given: Rounds[T] = []
    for index in range(rounds):
        if index % 2:
            second = bare()
            given.append((ours(), second))
        else:
            given.append((ours(), bare()))
    return given


def ratio(rounds: Rounds[float]) -> float:
    """The median of the rounds' ratios: each is of two neighbours in time."""
    return statistics.median(ours / bare for ours, bare in rounds)


def typical(rounds: Rounds[float]) -> tuple[float, float]:
    """The medians of both sides."""
    return statistics.median(a for a, _ in rounds), statistics.median(b for _, b in rounds)
