"""New versions deployed while posts are under way and while others wait for their time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.drills import flows
from tests.drills.flows import Flow, mark
from tests.drills.installation import Installation
from tests.drills.judge import Verdicts

LATER = 3_600.0
_SLOW = {"posting.creator_info": 12.0, "posting.status": 12.0, "posting.video_init": 3.0}
"""Seconds. A worker that stops waits for 8: an init is answered, the others are broken off."""
_PATIENCE = 900.0
_LAST = 6
"""The last posts before a deployment meet calls that take long."""
_MANY = 100
"""So many posts under way see one deployment more."""
_AT_WORK = ("checking", "uploading", "processing")


@dataclass
class Deploys:
    """`creators` share the posts: TikTok takes six inits a minute of each."""

    installation: Installation
    creators: int
    slow: Mapping[str, float] = field(default_factory=lambda: _SLOW)
    """Which calls take long while a process is stopped, and how many seconds."""
    count: int = 0
    """How many versions were deployed."""
    begun: list[tuple[Flow, str, str]] = field(default_factory=list)

    def play(self, in_flight: int, scheduled: int) -> Verdicts:
        installation = self.installation
        installation.careful = False
        accounts = [installation.connect()] + [self._creator(n) for n in range(1, self.creators)]
        at = datetime.fromtimestamp(installation.local.now() + LATER, UTC).isoformat()
        for _ in range(scheduled):
            self._begin(flows.PULLED, accounts, publishAt=at)
        kinds = (flows.SMALL_VIDEO, flows.DRAFT, flows.PULLED, flows.PHOTOS)
        deployed_after = {in_flight - 1} | ({_MANY // 2} if in_flight >= _MANY else set())
        for number in range(in_flight):
            if number + _LAST in deployed_after:
                self._slow_down()
            self._begin(kinds[number % len(kinds)], accounts)
            if number in deployed_after:
                self._deploy()
        self._until_idle()
        assert installation.count("scheduled") == scheduled, "they wait for their time"
        self._slow_down()
        installation.local.advance(max(0.0, at_seconds(at) - installation.local.now()))
        installation.until(lambda: installation.count("scheduled") < scheduled)
        self._deploy()
        self._until_idle()
        assert installation.count("scheduled") == 0
        publishes, verdicts = installation.settled(), Verdicts()
        for flow, marked, publish_id in self.begun:
            verdicts.judge(flow, marked, installation.post(publish_id), publishes)
        return verdicts

    def _creator(self, number: int) -> str:
        name = f"creator{number:02d}"
        self.installation.local.control("POST", "creators", {"username": name})
        return self.installation.connect(name)

    def _begin(self, flow: Flow, accounts: list[str], **more: str) -> None:
        number = len(self.begun)
        marked = mark(flow, number)
        account = {"integrationId": accounts[number % len(accounts)]}
        publish_id = flow.begin(self.installation, marked, account | more)
        self.begun.append((flow, marked, publish_id))

    def _slow_down(self) -> None:
        """Calls take long from now on, until the deployment."""
        for operation, seconds in self.slow.items():
            self.installation.local.fault(operation, "slow", seconds=seconds, times=10_000)

    def _deploy(self) -> None:
        """Stop the process in the midst of calls that take long, and start a newer one."""
        self.installation.until(lambda: self._slowed() > 0, 10.0)
        self.count += 1
        self.installation.version = f"drill-{self.count}"
        self.installation.stop()
        self.installation.local.control("DELETE", "faults")
        self.installation.start()

    def _slowed(self) -> int:
        faults = self.installation.local.control("GET", "faults")["faults"]
        return sum(one["met"] for one in faults)

    def _until_idle(self) -> None:
        end = time.monotonic() + _PATIENCE
        while left := self.installation.count(*_AT_WORK):
            assert time.monotonic() < end, f"{left} posts are still under way"
            time.sleep(0.1)
            self.installation.pass_time()


def at_seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def stranded(installation: Installation) -> list[tuple[str, str]]:
    """Jobs of the embedded engine that no process will end: (version, status) of each."""
    with closing(sqlite3.connect(installation.data / "engine.db")) as connection:
        return connection.execute(
            "SELECT application_version, status FROM workflow_status "
            "WHERE status NOT IN ('SUCCESS', 'CANCELLED')"
        ).fetchall()
