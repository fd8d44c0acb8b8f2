"""The arithmetic of an exact sliding window. No I/O."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_PARTS = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """A place at the time `start`; `places` are those in the window now, or its parts."""

    start: float
    places: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Full:
    """No place within the caller's patience; the next one is free in `seconds`."""

    seconds: float


def take(
    places: Sequence[float], now: float, requests: int, seconds: float, patience: float
) -> Taken | Full:
    """Take the next of at most `requests` places in any `seconds`.

    `places` are the times given out so far, in order; a place more than `patience` seconds ahead
    isn't taken.
    """
    kept = [place for place in places[-requests:] if place + seconds > now]
    start = max(now, kept[-1]) if kept else now
    if len(kept) >= requests:
        start = max(start, kept[-requests] + seconds)
    if start - now > patience:
        return Full(start - now)
    return Taken(start, (*kept, start)[-requests:])


def take_coarse(
    parts: Sequence[float], now: float, requests: int, seconds: float, patience: float
) -> Taken | Full:
    """As `take`, for windows of so many requests that the time of each can't be kept.

    `parts` are pairs: the number of a hundredth of the window, and the places taken in it. A part
    counts until all of it has left the window, so the limit is never exceeded, and at most a
    hundredth of it isn't used.
    """
    part = seconds / _PARTS
    counts = dict(zip(map(int, parts[::2]), map(int, parts[1::2]), strict=True))
    last = max(counts, default=0)
    # by numbers, since a product of floats may round to the part before
    number = max(int(now / part), last)
    start = max(now, last * part) if counts else now
    while True:
        counts = {each: count for each, count in counts.items() if each >= number - _PARTS}
        if sum(counts.values()) < requests:
            break
        number = min(counts) + _PARTS + 1
        start = max(now, number * part)
    if start - now > patience:
        return Full(start - now)
    counts[number] = counts.get(number, 0) + 1
    return Taken(start, tuple(float(value) for pair in sorted(counts.items()) for value in pair))


def pack(places: Sequence[float]) -> bytes:
    return array("d", places).tobytes()


def unpack(packed: bytes) -> tuple[float, ...]:
    values = array("d")
    values.frombytes(packed)
    return tuple(values)
