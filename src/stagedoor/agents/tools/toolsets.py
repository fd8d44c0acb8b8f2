"""The tools of each set."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..identity.toolset import Toolset
from . import jobs, operations
from .tool import Tool


@cache
def shown(toolset: Toolset) -> tuple[Tool, ...]:
    """In the order in which they are listed."""
    if toolset is Toolset.JOBS:
        return jobs.tools()
    if toolset is Toolset.ALL:
        return jobs.tools() + operations.tools()
    # what no operation of TikTok's stands for is needed beside them
    own = tuple(one for one in jobs.tools() if one.own is not None)
    return own + operations.tools()


@cache
def named(toolset: Toolset) -> Mapping[str, Tool]:
    return {one.name: one for one in shown(toolset)}
