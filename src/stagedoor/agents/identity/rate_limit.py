"""The rate limit of an agent: calls per minute in a sliding window; every decided call counts,
allowed or not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from stagedoor.connector.limits.window import Full, pack, reserve, unpack

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Beyond:
    """The window is full; the next slot is free in `seconds`."""

    seconds: float


@lru_cache(10_000)
def window_of(agent_id: str) -> str:
    """Return the key of the agent's window."""
    return hashlib.sha256(f"agent {agent_id}".encode()).hexdigest()


def with_call(times: bytes | None, now: float, limit: int) -> bytes | Beyond:
    """Return the window with one more call; `Beyond` if the window is full."""
    last = unpack(times or b"")
    # another process's clock may be slightly ahead
    taken = reserve(last, max((now, *last[-1:])), limit, WINDOW_SECONDS, 0.0)
    return Beyond(taken.seconds) if isinstance(taken, Full) else pack(taken.times)
