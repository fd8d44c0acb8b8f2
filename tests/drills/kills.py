"""Posts whose service is killed at a point, revived, and left to finish."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.drills.flows import Flow, mark
from tests.drills.house import House
from tests.drills.judge import Verdicts

POINTS = 45
"""A post of the shortest flow passes so many."""
WINDOW_SECONDS = 61.0
"""TikTok's rate limit looks back a minute."""


@dataclass
class Kills:
    """Plays posts one after another in one house; each life ends at a point of the next post."""

    house: House
    verdicts: Verdicts = field(default_factory=Verdicts)
    killed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Points that a run didn't pass: it had less to wait for."""
    _number: int = 0

    def play(self, flow: Flow, *points: str) -> list[str]:
        """One post whose first process dies at the first of `points`, the next at the second.

        Gives the points that were passed, of all its lives.
        """
        house, self._number = self.house, self._number + 1
        marked = mark(flow, self._number)
        house.pass_time(WINDOW_SECONDS)
        deaths = house.deaths
        house.next_points = list(points[1:])
        house.arm(points[0] if points else "")
        publish_id = flow.begin(house, marked, {})
        house.until_over(publish_id)
        house.next_points = []
        passed = house.disarm()
        house.revive()
        died = house.deaths - deaths
        self.killed += [f"{flow}: {point}" for point in points[:died]]
        self.missed += [f"{flow}: {point}" for point in points[died:]]
        publishes = house.settled()
        self.verdicts.judge(flow, marked, house.post(publish_id), publishes)
        return passed

    def __str__(self) -> str:
        return f"{len(self.killed)} killed, {len(self.missed)} not passed; {self.verdicts}"
