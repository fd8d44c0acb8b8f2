"""Repeated denials of the same callers: counted, and recorded once a minute.

The first such denial of an agent is an entry of the audit like any other. Later denials are counted
in memory, and one entry a minute gives their number and kinds for as long as they go on. A process
that is killed loses the count of its last minute at most; allowed calls are never counted here.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stagedoor.platform.counting import agreeing

from .. import quoting
from ..audit.entry import Draft, EntryKind
from .decision import Guard

EVERY_SECONDS = 60.0
_KINDS = 20
"""Kinds that a summary names; other kinds are counted together."""
_OTHERS = ("others", "others")


@dataclass(frozen=True, slots=True)
class Denial:
    """One denial to count."""

    org: str
    agent_id: str
    agent: str
    rule: str
    operation: str

    @property
    def whose(self) -> tuple[str, str]:
        return self.org, self.agent_id


@dataclass(slots=True)
class _Open:
    since: float
    agent: str
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Counts by rule and operation."""

    def add(self, one: Denial) -> None:
        kind = (one.rule, one.operation)
        if kind not in self.kinds and len(self.kinds) >= _KINDS:
            kind = _OTHERS
        self.kinds[kind] += 1


@dataclass(frozen=True, slots=True)
class DenialSummary:
    """Denials of one agent, to be recorded as one entry."""

    org: str
    agent_id: str
    agent: str
    since: float
    kinds: tuple[tuple[str, str, int], ...]
    """Rule, operation and number, highest number first."""

    @property
    def count(self) -> int:
        return sum(number for *_, number in self.kinds)

    def draft(self, now: float) -> Draft:
        return Draft(
            kind=EntryKind.DECISION,
            at=now,
            agent=self.agent_id,
            decision="denied",
            rule=Guard.SUMMARY,
            text={
                "sentence": self._sentence,
                "reason": "The calls came beyond the agent's pace, or by a key that has ended.",
                "agent": self.agent,
                "account": None,
                "context": None,
                "approved": False,
                "counted": self.count,
                "kinds": [
                    {"rule": rule, "operation": operation, "count": number}
                    for rule, operation, number in self.kinds
                ],
            },
        )

    @property
    def _sentence(self) -> str:
        who = quoting.name(self.agent, "An agent")
        begin = datetime.fromtimestamp(self.since, UTC)
        listed = ", ".join(f"{number} {op} ({rule})" for rule, op, number in self.kinds)
        calls = agreeing(self.count, "call", "that was denied", "that were denied", between="more ")
        return f"{who} made {calls}, from {begin:%Y-%m-%d %H:%M:%S} UTC on: {listed}."


class Tally:
    """The counted denials of one process. Shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], _Open] = {}

    def is_open(self, whose: tuple[str, str]) -> bool:
        """Whether a denial of this agent was recorded a moment ago, so that further denials are
        only counted."""
        with self._lock:
            return whose in self._open

    def begin(self, one: Denial, now: float) -> None:
        """Start counting, after the first denial was recorded."""
        with self._lock:
            self._open.setdefault(one.whose, _Open(now, one.agent))

    def add(self, denials: Iterable[Denial], now: float) -> None:
        with self._lock:
            for one in denials:
                self._open.setdefault(one.whose, _Open(now, one.agent)).add(one)

    def due(self, now: float, everything: bool = False) -> list[DenialSummary]:
        """Return the summaries to record now. Agents without a denial for a minute are removed."""
        if not self._open:
            return []
        found: list[DenialSummary] = []
        with self._lock:
            for whose, one in list(self._open.items()):
                if not everything and 0 <= now - one.since < EVERY_SECONDS:
                    continue
                if one.kinds:
                    kinds = tuple((*kind, number) for kind, number in one.kinds.most_common())
                    found.append(DenialSummary(*whose, one.agent, one.since, kinds))
                    self._open[whose] = _Open(now, one.agent)
                else:
                    del self._open[whose]
        return found

    def back(self, summary: DenialSummary) -> None:
        """Take back a summary that couldn't be recorded."""
        with self._lock:
            whose = (summary.org, summary.agent_id)
            kept = self._open.setdefault(whose, _Open(summary.since, summary.agent))
            for rule, operation, number in summary.kinds:
                kept.kinds[(rule, operation)] += number


def is_counted(rule: str) -> bool:
    """Whether a denial by this rule counts in no sliding window: the agent is unknown, or its
    key has ended."""
    return rule in (Guard.UNKNOWN_AGENT, Guard.KEY_OVER)


def calls_counted(counted: Any) -> int:
    """Return the number of calls that an entry's text summarises."""
    return counted if isinstance(counted, int) and counted > 0 else 1
