"""The identity of a run in one process. Rows held by a dead process are free at once.

A process of another machine can't be examined: there, the hold's expiry decides.
"""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache

_SKEW = 1.0
"""Seconds by which the system's start time of a process may drift."""


def started(pid: int) -> float | None:
    """The start of a process of this machine, in Unix seconds; None: there is no such process.

    NaN for a process that can't be examined, which counts as alive.
    """
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return float("nan")


def is_gone(host: str, pid: int, began: float) -> bool:
    """Whether it was a process of this machine that has ended."""
    if host != socket.gethostname():
        return False
    found = started(pid)
    return found is None or abs(found - began) > _SKEW


@cache
def _process(pid: int) -> str:
    return f"{socket.gethostname()} {pid} {started(pid):.2f}"


def holder() -> str:
    """A unique name for one run in this process."""
    return f"{_process(os.getpid())} {uuid.uuid4().hex}"


def is_free(held_by: str | None, held_until: float | None, real_now: float) -> bool:
    """Whether the row has no holder, its hold has expired, or the holder's process is gone."""
    if held_by is None or held_until is None or held_until < real_now:
        return True
    host, pid, began, _ = held_by.split(" ")
    return is_gone(host, int(pid), float(began))
