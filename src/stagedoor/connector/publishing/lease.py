"""One process at a time works on a post; who dies while it does is followed at once."""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache

SECONDS = 150.0
"""Of real time, longer than any one request to TikTok takes."""
RENEW_SECONDS = 20.0


@cache
def _process(pid: int) -> str:
    import psutil

    return f"{socket.gethostname()} {pid} {psutil.Process(pid).create_time():.2f}"


def holder() -> str:
    """A name for one run in this process."""
    return f"{_process(os.getpid())} {uuid.uuid4().hex}"


def is_free(held_by: str | None, held_until: float | None, real_now: float) -> bool:
    """Nobody holds it, the holder's time is over, or its process is gone."""
    if held_by is None or held_until is None or held_until < real_now:
        return True
    import psutil

    host, pid, started, _ = held_by.split(" ")
    if host != socket.gethostname():
        return False
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" != started
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
