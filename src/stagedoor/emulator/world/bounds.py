"""Durations and counts of settings and control requests, each with its bounds."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

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
