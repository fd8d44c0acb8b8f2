"""Tools for common tasks on TikTok: at most 21, however many operations are declared."""

from __future__ import annotations

from functools import cache

from ..tool import Tool
from . import commercial, local, portability, posting, reading, research

MOST = 21


@cache
def tools() -> tuple[Tool, ...]:
    """Return the tools in the order in which an agent is likely to need them."""
    return (
        *local.before(),
        *reading.tools(),
        *posting.tools(),
        *local.after(),
        *research.tools(),
        *commercial.tools(),
        *portability.tools(),
    )
