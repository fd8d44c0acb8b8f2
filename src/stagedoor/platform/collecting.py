"""Pauses Python's garbage collector while many objects are made, of which none is garbage.

With a million entities, looking for garbage takes far longer than making them, and with a page of
a hundred typed objects still an eighth of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def without_collecting(function: Callable[P, T]) -> Callable[P, T]:
    @wraps(function)
    def paused(*args: P.args, **values: P.kwargs) -> T:
        enabled = gc.isenabled()
        try:
            # who finds it paused by another thread must not pause it again: that one may end in
            # between, and nobody would go on with it
            if enabled:
                gc.disable()
            return function(*args, **values)
        finally:
            if enabled:
                gc.enable()

    return paused
