"""Rate limits: exact sliding windows on the world's clock."""

from __future__ import annotations

from collections import deque

from stagedoor.platform.operation import DAY, RateLimit

_SWEEP_FROM = 4_096


class Windows:
    """Times of calls by caller and operation; at most `requests` times are kept for each."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], tuple[float, deque[float]]] = {}
        self._days: dict[tuple[str, str], tuple[int, int]] = {}
        self._paused: dict[tuple[str, str], float] = {}
        self._sweep_at = _SWEEP_FROM

    def __len__(self) -> int:
        return len(self._seen)

    def clear(self) -> None:
        self._seen.clear()
        self._days.clear()
        self._paused.clear()
        self._sweep_at = _SWEEP_FROM

    def admits(
        self, limit: RateLimit, operation: str, caller: str, now: float, pause: float = 0
    ) -> bool:
        """Whether one more call fits into the window; if so, the call is counted.

        Once the window is full, all calls are refused for `pause` seconds.
        """
        key = (operation, caller)
        if pause and now < self._paused.get(key, 0):
            return False
        if self._fits(limit, key, now):
            return True
        if pause:
            self._paused[key] = now + pause
        return False

    def admits_day(self, limit: RateLimit, operation: str, caller: str, now: float) -> bool:
        """Whether one more call fits into the UTC day; if so, the call is counted."""
        key, today = (operation, caller), int(now // DAY)
        day, count = self._days.get(key, (today, 0))
        if day != today:
            count = 0
        if count >= limit.requests:
            return False
        self._days[key] = (today, count + 1)
        return True

    def _fits(self, limit: RateLimit, key: tuple[str, str], now: float) -> bool:
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) >= self._sweep_at:
                self._sweep(now)
            self._seen[key] = (limit.per_seconds, deque((now,)))
            return limit.requests > 0
        moments = found[1]
        past = now - limit.per_seconds
        while moments and moments[0] <= past:
            moments.popleft()
        if len(moments) >= limit.requests:
            return False
        moments.append(now)
        return True

    def _sweep(self, now: float) -> None:
        """Delete empty windows, so that memory use depends on the active callers alone."""
        self._seen = {
            key: (span, moments)
            for key, (span, moments) in self._seen.items()
            if moments and moments[-1] > now - span
        }
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._seen))
