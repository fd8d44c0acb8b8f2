"""Tools for common tasks on TikTok. An agent is shown at most twenty of them (`selection`)."""

from __future__ import annotations

from functools import cache

from ..tool import Tool
from . import ads, comments, commercial, local, portability, posting, reading, research


@cache
def tools() -> tuple[Tool, ...]:
    """Return the tools in the order in which an agent is likely to need them."""
    return (
        *local.before(),
        *reading.tools(),
        *posting.tools(),
        *local.after(),
        *comments.tools(),
        *ads.tools(),
        *research.tools(),
        *commercial.tools(),
        *portability.tools(),
    )
