"""Workers: what is due is begun once, what a dead one left is finished by another."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from stagedoor.connector.container import Container
from stagedoor.connector.schedule import store
from stagedoor.connector.schedule.models import due_rows
from stagedoor.connector.worker import LEASE_SECONDS, Worker
from tests.support.local import Local
from tests.support.prepared import Prepared

ROOT = Path(__file__).parents[2]

_PROGRAM = """
import runpy
runpy.run_module("tests.support.working", run_name="__main__", alter_sys=True)
"""


@contextmanager
def worker(
    environment: dict[str, str],
    log: Path,
    steps: int = 3,
    seconds: float = 0.0,
    version: str = "1",
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", _PROGRAM, str(log), str(steps), str(seconds), version]
    with Prepared(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def until(check: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it didn't happen in time"
        time.sleep(0.05)


def steps_in(log: Path) -> Counter[tuple[str, str]]:
    """How often each step of each job was done."""
    lines = log.read_text().splitlines() if log.exists() else []
    return Counter((line.split()[0], line.split()[1]) for line in lines)


def next_due(services: Container) -> float | None:
    """When the first due row is due."""
    with services.database.read() as connection:
        found: float | None = connection.scalar(select(func.min(due_rows.c.due)))
    return found


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "steps"


def plan(services: Container, refs: list[str], after: float = 0.0) -> None:
    due = services.clock.now() + after
    with services.database.begin() as connection:
        for ref in refs:
            store.wait(connection, "count", ref, due)


def test_what_is_due_is_done_once_step_by_step(
    services: Container, environment: dict[str, str], log: Path
) -> None:
    refs = [f"job{number}" for number in range(20)]
    plan(services, refs)
    with worker(environment, log):
        until(lambda: len(steps_in(log)) == 60)
        time.sleep(0.5)
    assert set(steps_in(log).values()) == {1}
    assert next_due(services) is None


def test_what_is_not_due_yet_waits_for_the_clock(
    services: Container, environment: dict[str, str], log: Path, local: Local
) -> None:
    plan(services, ["later"], after=3 * 86_400)
    with worker(environment, log, steps=1):
        time.sleep(0.6)
        assert not steps_in(log)
        local.advance(3 * 86_400 + 1)
        until(lambda: len(steps_in(log)) == 1)


def test_a_row_that_is_moved_happens_once_at_its_new_time(services: Container) -> None:
    now = services.clock.now()
    plan(services, ["moved"])
    [taken] = store.take(services.database, "w1", now + 1, time.time(), 30, 10)
    with services.database.begin() as connection:
        store.wait(connection, "count", "moved", now + 100)
    store.done(services.database, [taken.id])
    assert next_due(services) == now + 100
    assert store.take(services.database, "w1", now + 1, time.time(), 30, 10) == []
    [again] = store.take(services.database, "w1", now + 101, time.time(), 30, 10)
    assert again.id != taken.id


def test_a_leased_row_is_nobody_else_s_until_the_lease_is_over(services: Container) -> None:
    now = services.clock.now()
    plan(services, ["one"])
    assert len(store.take(services.database, "w1", now + 1, 1000.0, 30, 10)) == 1
    assert store.take(services.database, "w2", now + 1, 1029.0, 30, 10) == []
    assert len(store.take(services.database, "w2", now + 1, 1031.0, 30, 10)) == 1


class Engine:
    """Keeps which refs were begun. As at the engine, a key begins one job."""

    def __init__(self) -> None:
        self.begun: dict[str, Sequence[str]] = {}

    def most(self, _: str) -> int:
        return 8

    def start(self, _: str, refs: Sequence[str], key: str) -> None:
        self.begun.setdefault(key, refs)


def test_rows_that_are_taken_beside_those_of_a_dead_worker_are_begun_too(
    services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine: Any = Engine()
    real = time.time()

    def working(at: float) -> Worker:
        return Worker(services.database, services.clock, lambda _: engine, lambda: at)

    def planned(*refs: str) -> None:
        plan(services, list(refs), after=-1.0)
        with services.database.begin() as connection:  # in this order
            connection.execute(update(due_rows).values(id=due_rows.c.ref))

    planned("a", "b")
    with monkeypatch.context() as killed:
        killed.setattr(store, "done", lambda *_: sys.exit())
        with pytest.raises(SystemExit):
            working(real).dispatch()
    planned("c")
    assert working(real + LEASE_SECONDS + 1).dispatch() == 3
    assert {ref for refs in engine.begun.values() for ref in refs} == {"a", "b", "c"}
    assert next_due(services) is None


def test_what_a_killed_worker_was_at_is_finished_by_another(
    services: Container, environment: dict[str, str], log: Path
) -> None:
    refs = [f"job{number}" for number in range(12)]
    plan(services, refs)
    with worker(environment, log, steps=4, seconds=0.1) as first:
        until(lambda: len(steps_in(log)) >= 6)
        first.kill()
        first.wait()
    before = len(steps_in(log))
    assert before < 48
    with worker(environment, log, steps=4, seconds=0.0):
        until(lambda: len({ref for ref, step in steps_in(log) if step == "4"}) == 12, 30)


def test_what_an_older_version_was_at_is_finished_by_a_newer_one(
    services: Container, environment: dict[str, str], log: Path
) -> None:
    plan(services, ["killed", "stopped"])
    with worker(environment, log, steps=40, seconds=0.2, version="1") as first:
        until(lambda: len(steps_in(log)) >= 1)
        first.kill()
        first.wait()
    with worker(environment, log, steps=40, seconds=0.1, version="2") as second:
        until(lambda: len(steps_in(log)) >= 8)
        second.terminate()
        second.wait(20)
    assert next_due(services) is not None, "given back, not broken off"
    with worker(environment, log, steps=40, version="3"):
        until(lambda: {ref for ref, step in steps_in(log) if step == "40"} == {"killed", "stopped"})
    assert set(steps_in(log).values()) == {1}


def test_two_workers_share_the_work(
    services: Container, environment: dict[str, str], log: Path
) -> None:
    with worker(environment, log, 2, 0.02), worker(environment, log, 2, 0.02):
        plan(services, [f"job{number}" for number in range(100)])
        until(lambda: len(steps_in(log)) == 200, 40)
    assert set(steps_in(log).values()) == {1}
