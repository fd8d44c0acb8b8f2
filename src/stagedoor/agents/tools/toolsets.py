"""The tools of each set."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache

from ..identity.toolset import Toolset
from . import operations, task_tools
from .tool import Tool


@cache
def shown(toolset: Toolset) -> tuple[Tool, ...]:
    """In the order in which they are listed."""
    if toolset is Toolset.JOBS:
        return task_tools.tools()
    if toolset is Toolset.ALL:
        return task_tools.tools() + operations.tools()
    # what no operation of TikTok's stands for is needed beside them
    own = tuple(one for one in task_tools.tools() if one.own is not None)
    return own + operations.tools()


_MAKING = threading.Lock()
_NAMED: dict[Toolset, Mapping[str, Tool]] = {}


def named(toolset: Toolset) -> Mapping[str, Tool]:
    """By name. Schemas take long to make: one thread does, and the others wait for it."""
    known = _NAMED.get(toolset)
    if known is None:
        with _MAKING:
            known = _NAMED.get(toolset)
            if known is None:
                known = _NAMED[toolset] = {one.name: one for one in shown(toolset)}
    return known
