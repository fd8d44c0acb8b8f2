"""Tools for what people ask of TikTok: at most 21, whatever is declared."""

from __future__ import annotations

from functools import cache

from ..tool import Tool
from . import commercial, local, portability, posting, reading, research

MOST = 21


@cache
def tools() -> tuple[Tool, ...]:
    """In the order in which an agent is likely to need them."""
    return (
        *local.before(),
        *reading.tools(),
        *posting.tools(),
        *local.after(),
        *research.tools(),
        *commercial.tools(),
        *portability.tools(),
    )
