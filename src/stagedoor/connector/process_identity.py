"""Who is at something: one run in one process. What a dead process held is free at once.

A process of another machine can't be looked at: there the holder's time decides.
"""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache

_SKEW = 1.0
"""Seconds that the system's idea of a process's start may drift."""


def started(pid: int) -> float | None:
    """When a process of this machine began, in Unix seconds; None: there is none.

    NaN for one that can't be looked at, which counts as alive.
    """
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return float("nan")


def is_gone(host: str, pid: int, began: float) -> bool:
    """Whether it was a process of this machine, and has ended."""
    if host != socket.gethostname():
        return False
    found = started(pid)
    return found is None or abs(found - began) > _SKEW


@cache
def _process(pid: int) -> str:
    return f"{socket.gethostname()} {pid} {started(pid):.2f}"


def holder() -> str:
    """A name for one run in this process."""
    return f"{_process(os.getpid())} {uuid.uuid4().hex}"


def is_free(held_by: str | None, held_until: float | None, real_now: float) -> bool:
    """Nobody holds it, the holder's time is over, or its process is gone."""
    if held_by is None or held_until is None or held_until < real_now:
        return True
    host, pid, began, _ = held_by.split(" ")
    return is_gone(host, int(pid), float(began))
