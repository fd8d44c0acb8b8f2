"""Reads the time at which a world begins."""

from __future__ import annotations

import math
from datetime import UTC, datetime

FIRST, LAST = 1_420_070_400, 2_145_916_800
"""2015 and 2038: ids hold the second in 31 bits, and everything seeded is from the years before."""


def read_moment(value: str | float) -> float:
    """Unix seconds of an RFC 3339 time, or of a number of seconds. Raises ValueError."""
    try:
        moment = float(value)
    except (ValueError, OverflowError):
        moment = _rfc3339(str(value))
    if not (math.isfinite(moment) and FIRST <= moment < LAST):
        raise ValueError("is no time from 2015 to 2037")
    return moment


def _rfc3339(text: str) -> float:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or len(text) < len("2026-03-01T12:00Z"):
        raise ValueError(
            "is neither a time with its zone, such as 2026-03-01T12:00:00Z, nor Unix seconds"
        )
    return read.astimezone(UTC).timestamp()
