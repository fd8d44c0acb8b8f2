"""An agent's calls per minute: every call that is decided takes a place, whatever the decision."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from stagedoor.connector.limits.window import Full, pack, take, unpack

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Beyond:
    """No place is left; the next one comes in `seconds`."""

    seconds: float


@lru_cache(10_000)
def window_of(agent_id: str) -> str:
    """The key of the agent's window."""
    return hashlib.sha256(f"agent {agent_id}".encode()).hexdigest()


@lru_cache(10_000)
def window_of_ended(digest: str) -> str:
    """The key of the window of a key that has ended: it takes no place of the agent's."""
    return hashlib.sha256(f"ended key {digest}".encode()).hexdigest()


def with_call(places: bytes | None, now: float, limit: int) -> bytes | Beyond:
    """The window's places with one call more."""
    last = unpack(places or b"")
    # another process's clock may be ahead by a little
    taken = take(last, max((now, *last[-1:])), limit, WINDOW_SECONDS, 0.0)
    return Beyond(taken.seconds) if isinstance(taken, Full) else pack(taken.places)
