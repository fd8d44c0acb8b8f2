"""The arithmetic of an exact sliding window. No I/O."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """A place at the time `start`; `places` are those in the window now."""

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


def pack(places: Sequence[float]) -> bytes:
    return array("d", places).tobytes()


def unpack(packed: bytes) -> tuple[float, ...]:
    values = array("d")
    values.frombytes(packed)
    return tuple(values)
