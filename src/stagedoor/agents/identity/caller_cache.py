"""Caches the agent of a key, so that not every call needs a query."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import anyio.to_thread

from . import keys
from .service import Admission, AgentCaller

FRESH_SECONDS = 2.0
"""Seconds for which an admission is cached. It only admits a request to be read: each decision
checks again."""
_KEPT = 10_000
_AT_ONCE = 4
"""Concurrent queries of one entrance: a flood of unknown keys takes no further threads."""


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """The agent of a key. `admitted`: its next request may be read as a whole."""

    caller: AgentCaller
    admitted: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    caller: AgentCaller
    fresh_until: float
    """On the monotonic clock."""
    ends: float


class CallerCache:
    """The cache of one entrance. It holds valid keys only, each for a moment, so an ended key,
    and an agent that was stopped, deleted or is beyond its rate limit, disappear from it in
    every process."""

    def __init__(
        self,
        look_up: Callable[[str], AgentCaller | None],
        admission: Callable[[AgentCaller], Admission | None],
        now: Callable[[], float],
    ) -> None:
        self._look_up = look_up
        self._admission = admission
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._threads: anyio.CapacityLimiter | None = None

    async def find(self, token: str) -> KnownCaller | None:
        """Return the caller of a token; None if the token is unknown."""
        kept = self._fresh(token)
        if kept is not None:
            return KnownCaller(kept, True)
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(_AT_ONCE)
        return await anyio.to_thread.run_sync(self._found, token, limiter=self._threads)

    def _fresh(self, token: str) -> AgentCaller | None:
        if not keys.looks_like(token):
            return None
        with self._lock:
            kept = self._kept.get(keys.digest(token))
        if kept is None or kept.fresh_until < time.monotonic() or kept.ends <= self._now():
            return None
        return kept.caller

    def _found(self, token: str) -> KnownCaller | None:
        caller = self._look_up(token)
        if caller is None:
            return None
        admission = self._admission(caller)
        admitted = admission is not None and admission.counts
        with self._lock:
            self._kept.pop(caller.digest, None)
            if admission is not None and admitted and keys.looks_like(token):
                until = time.monotonic() + FRESH_SECONDS
                self._kept[caller.digest] = _Kept(caller, until, admission.ends)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return KnownCaller(caller, admitted)

    def __len__(self) -> int:
        return len(self._kept)
