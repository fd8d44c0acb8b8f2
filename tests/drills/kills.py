"""Posts whose service is killed at a point, revived, and left to finish."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.drills.flows import Flow, mark
from tests.drills.installation import Installation
from tests.drills.judge import Verdicts

POINTS = 45
"""A post of the shortest flow passes so many."""
WINDOW_SECONDS = 61.0
"""TikTok's rate limit looks back a minute."""


@dataclass
class Kills:
    """Plays posts one after another in one house; each life ends at a point of the next post."""

    installation: Installation
    verdicts: Verdicts = field(default_factory=Verdicts)
    killed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Points that a run didn't pass: it had less to wait for."""
    _number: int = 0

    def play(self, flow: Flow, *points: str) -> list[str]:
        """One post whose first process dies at the first of `points`, the next at the second.

        Gives the points that were passed, of all its lives.
        """
        installation, self._number = self.installation, self._number + 1
        marked = mark(flow, self._number)
        installation.pass_time(WINDOW_SECONDS)
        deaths = installation.deaths
        installation.next_points = list(points[1:])
        installation.arm(points[0] if points else "")
        publish_id = flow.begin(installation, marked, {})
        installation.until_over(publish_id)
        installation.next_points = []
        passed = installation.disarm()
        installation.revive()
        died = installation.deaths - deaths
        self.killed += [f"{flow}: {point}" for point in points[:died]]
        self.missed += [f"{flow}: {point}" for point in points[died:]]
        publishes = installation.settled()
        self.verdicts.judge(flow, marked, installation.post(publish_id), publishes)
        return passed

    def __str__(self) -> str:
        return f"{len(self.killed)} killed, {len(self.missed)} not passed; {self.verdicts}"
