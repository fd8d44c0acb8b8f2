"""Numbers, durations and times of settings, control requests and world files, with their bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, field_validator

from stagedoor.platform.model import MAX_INT64

MOST_SECONDS: Final = 10 * 31_536_000
"""Ten years, as far as the clock moves in one request."""
MOST_REAL_SECONDS: Final = 3_600
"""One hour of real time."""
MOST: Final = 10**9

Life = Annotated[int, Field(gt=0, le=MOST_SECONDS)]
"""Whole seconds that something lasts."""
Grace = Annotated[int, Field(ge=0, le=MOST_SECONDS)]
Span = Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)]
"""Seconds on the emulator's clock."""
Window = Annotated[float, Field(gt=0, le=MOST_SECONDS, allow_inf_nan=False)]
RealSpan = Annotated[float, Field(gt=0, le=MOST_REAL_SECONDS, allow_inf_nan=False)]
"""Seconds of real time."""
Amount = Annotated[int, Field(ge=0, le=MOST)]
"""A quota or a rate."""
FIRST, LAST = 1_420_070_400, 2_145_916_800
"""2015 and 2038: ids hold the second in 31 bits, and everything seeded is from the years before."""


class WithInt64(BaseModel):
    """A body whose whole numbers fit into 64 bits, as TikTok's do, and as the columns have in
    which programs keep them."""

    @field_validator("*")
    @classmethod
    def _fits(cls, value: Any) -> Any:
        if not _fits(value):
            raise ValueError("is no 64-bit number")
        return value


def _fits(value: Any) -> bool:
    if isinstance(value, int):
        return -MAX_INT64 <= value <= MAX_INT64
    if isinstance(value, Mapping):
        return all(map(_fits, value.values()))
    return not isinstance(value, list | tuple) or all(map(_fits, value))


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
