"""The tools of each toolset."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache

from ..identity.toolset import Toolset
from . import operations, task_tools
from .tool import Tool


@cache
def shown(toolset: Toolset) -> tuple[Tool, ...]:
    """Return the tools in the order of listing."""
    if toolset is Toolset.JOBS:
        return task_tools.tools()
    if toolset is Toolset.ALL:
        return task_tools.tools() + operations.tools()
    # tools that Stagedoor answers itself are part of every toolset
    own = tuple(one for one in task_tools.tools() if one.own is not None)
    return own + operations.tools()


_MAKING = threading.Lock()
_NAMED: dict[Toolset, Mapping[str, Tool]] = {}


def named(toolset: Toolset) -> Mapping[str, Tool]:
    """Return the tools by name. Building schemas is slow: one thread does it, others wait."""
    known = _NAMED.get(toolset)
    if known is None:
        with _MAKING:
            known = _NAMED.get(toolset)
            if known is None:
                known = _NAMED[toolset] = {one.name: one for one in shown(toolset)}
    return known
