"""The arithmetic of an exact sliding window. No I/O."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_PARTS = 100
_SHARE, _SHARE_IN_USE = 3, 25
"""Percent of a window's slots that background calls leave free: so that the first calls of others
find room in a long window, and while others call. In a short window the first part is nothing:
there the wait for one is short."""
_BURST = 10
"""Background calls that may be made in a row."""
_SPREAD_SECONDS = 3_600.0
"""In longer windows, such as of a day, background calls aren't spread."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot at the time `start`; `times` are those of the calls in the window now, or its parts.
    Those of background calls are negative in an exact window."""

    start: float
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Full:
    """No slot within the caller's patience; the next one is free in `seconds`."""

    seconds: float


def reserve(
    times: Sequence[float], now: float, requests: int, seconds: float, patience: float
) -> Taken | Full:
    """Take the next of at most `requests` slots in any `seconds`.

    `times` are those given out so far, in order; a slot more than `patience` seconds ahead
    isn't taken.
    """
    kept = [time for time in times[-requests:] if abs(time) + seconds > now]
    start = max(now, abs(kept[-1])) if kept else now
    if len(kept) >= requests:
        start = max(start, abs(kept[-requests]) + seconds)
    if start - now > patience:
        return Full(start - now)
    return Taken(start, (*kept, start)[-requests:])


def take_in_background(
    times: Sequence[float], now: float, requests: int, seconds: float
) -> Taken | Full:
    """As `take`, for a call that waits for all others: it takes a slot that is free now, and
    leaves a share of the window to them, a larger one while others call.

    Such calls are spread over the window, so that slots become free all the time.
    """
    kept = [time for time in times[-requests:] if abs(time) + seconds > now]
    if kept and abs(kept[-1]) > now:
        return Full(abs(kept[-1]) - now)
    mine = [-time for time in kept if time < 0]
    room = left_in_background(requests, others=len(mine) < len(kept))
    free = now
    if len(mine) >= room:
        free = max(free, mine[-room] + seconds)
    burst = max(_BURST, requests // _PARTS)
    if burst < room and len(mine) >= burst and seconds <= _SPREAD_SECONDS:
        free = max(free, mine[-burst] + seconds * burst / room)
    if len(kept) >= requests:
        free = max(free, abs(kept[-requests]) + seconds)
    return Full(free - now) if free > now else Taken(now, (*kept, -now)[-requests:])


def left_in_background(requests: int, others: bool = False) -> int:
    """The slots of a window that background calls may take; `others`: while others call."""
    percent = _SHARE_IN_USE if others else _SHARE
    return max(1, requests - requests * percent // 100)


def reserve_coarse(
    parts: Sequence[float], now: float, requests: int, seconds: float, patience: float
) -> Taken | Full:
    """As `take`, for windows of so many requests that the time of each can't be kept.

    `parts` are pairs: the number of a hundredth of the window, and the slots taken in it. A part
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


def pack(times: Sequence[float]) -> bytes:
    return array("d", times).tobytes()


def unpack(packed: bytes) -> tuple[float, ...]:
    values = array("d")
    values.frombytes(packed)
    return tuple(values)
