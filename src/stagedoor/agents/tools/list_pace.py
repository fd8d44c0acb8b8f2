"""Rate limit of tool listings, counted in each process.

The window is separate from the one of the agent's calls: a client that lists its tools must still
be able to call them.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable

from stagedoor.connector.errors import ApiError

from ..identity import rate_limit

LISTS_PER_MINUTE = 60
_KEPT = 10_000


class ListedTooOften(ApiError):
    code, http, retryable = "rate_limited", 429, True

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The tools were listed {LISTS_PER_MINUTE} times in the last minute: list them again "
            f"in {math.ceil(seconds)} s. Calls go on meanwhile.",
            retry_after=seconds,
        )


class ListPace:
    """Shared by all threads."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, bytes] = OrderedDict()

    def take(self, agent_id: str) -> None:
        """Count one listing. Raises `ListedTooOften`."""
        with self._lock:
            times = self._windows.get(agent_id)
            counted = rate_limit.with_call(times, self._now(), LISTS_PER_MINUTE)
            if isinstance(counted, rate_limit.Beyond):
                raise ListedTooOften(counted.seconds)
            self._windows[agent_id] = counted
            self._windows.move_to_end(agent_id)
            while len(self._windows) > _KEPT:
                self._windows.popitem(last=False)
