"""Runs due jobs in the test's own thread, without a worker and its engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from stagedoor.agents.container import Agents
from stagedoor.agents.extension import extend
from stagedoor.connector.jobs import Batched, JobResult
from stagedoor.connector.schedule import store
from tests.support import time_passing
from tests.support.local import Local

PULLED = "https://media.example.com"
T = TypeVar("T")


class Pump:
    """The service's jobs and the gateway's."""

    def __init__(self, agents: Agents, local: Local, url: str) -> None:
        self.services = agents.services
        self.local = local
        every = {**self.services.job_handlers(), **extend(self.services).handlers}
        self.handlers = {
            kind: given.handler if isinstance(given, Batched) else given
            for kind, given in every.items()
        }
        local.control("PUT", "hosts", {"media.example.com": url})

    def advance(self, seconds: float) -> None:
        """Let time pass, and the service know it."""
        time_passing.advance(self.local, self.services.clock, seconds)

    def run(self, seconds: float = 0.0, only: str | None = None) -> None:
        """Let `seconds` pass, then do what is due until nothing is."""
        if seconds:
            self.advance(seconds)
        database, clock = self.services.database, self.services.clock
        for _ in range(60):
            rows = store.take(database, "pump", clock.now(), time.time(), 30, 16)
            if not rows:
                return
            store.done(database, [row.id for row in rows])
            for row in rows:
                if only is None or row.kind == only:
                    while self.handlers[row.kind](row.ref) is JobResult.AGAIN:
                        pass
        raise AssertionError(f"there is always something due: {rows}")

    def until(self, check: Callable[[], T]) -> T:
        """Work on with growing pauses until `check` gives something true."""
        for step in range(40):
            self.run(1.3**step)
            if found := check():
                return found
        raise AssertionError(f"it never came: {check}")
