"""Rate limits of a single app: TikTok raises the documented ones for some apps."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from stagedoor.client.pacing import Pacing
from stagedoor.platform.operation import RateLimit


@dataclass(frozen=True, slots=True)
class RateWindow:
    """At most `requests` within `per_seconds`."""

    requests: int
    per_seconds: float


@dataclass(frozen=True, slots=True)
class AppLimits:
    """Windows by declared operation; an operation that isn't named keeps its documented limit."""

    windows: Mapping[str, RateWindow] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Self:
        pairs = (stored or {}).items()
        return cls({name: RateWindow(int(one[0]), float(one[1])) for name, one in pairs})

    def stored(self) -> dict[str, list[float]]:
        return {name: [one.requests, one.per_seconds] for name, one in self.windows.items()}

    def of(self, operation: str, documented: RateLimit) -> RateLimit:
        window = self.windows.get(operation)
        if window is None:
            return documented
        return replace(documented, requests=window.requests, per_seconds=window.per_seconds)


class PacedByApp:
    """A pacer that applies an app's own rate limits."""

    def __init__(self, pacer: Pacing, limits: AppLimits) -> None:
        self._pacer = pacer
        self._limits = limits

    def own(self, key: Hashable, limit: RateLimit) -> RateLimit:
        """The limit that applies to the app, as in `stagedoor.client.Pacer`."""
        operation = key[0] if isinstance(key, tuple) and 0 < len(key) < 3 else None
        return self._limits.of(str(operation), limit)

    def reserve(self, key: Hashable, limit: RateLimit) -> float:
        """As `stagedoor.client.Pacer.reserve`."""
        return self._pacer.reserve(key, self.own(key, limit))
