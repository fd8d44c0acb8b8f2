"""Threads shared out among organisations: none takes all, and what is cancelled ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, wait
from functools import partial
from queue import Queue

import pytest

from stagedoor.connector.cancellation import Cancellation, Interrupted, cancel_all, current
from stagedoor.connector.fair_pool import FairPool
from stagedoor.connector.fair_queue import Owner, Shares, TooManyAtOnce

SECONDS = 20.0


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def pool(go_on: threading.Event) -> Iterator[FairPool]:
    pool = FairPool("test", Shares(total=4, org=3, agent=2, waiting=5))
    yield pool
    go_on.set()
    pool.close()


def holding(go_on: threading.Event, begun: list[str], name: str) -> Callable[[], str]:
    def work() -> str:
        begun.append(name)
        go_on.wait(SECONDS)
        return name

    return work


def test_an_organisation_leaves_a_thread_to_the_others(
    pool: FairPool, go_on: threading.Event
) -> None:
    begun: list[str] = []
    for agent in ("a", "a", "a", "b", "b"):
        pool.submit(Owner("greedy", agent), holding(go_on, begun, agent))
    assert pool.submit(Owner("other"), lambda: "done").result(SECONDS) == "done"
    assert sorted(begun) == ["a", "a", "b"]


def test_a_free_thread_goes_to_the_organisation_with_the_fewest() -> None:
    pool, begun, ended = FairPool("test", Shares(2, 2, 2, 9)), Queue[str](), threading.Semaphore(0)

    def note(org: str) -> bool:
        begun.put(org)
        return ended.acquire(timeout=SECONDS)

    every = [
        pool.submit(Owner(org), partial(note, org))
        for org in ("greedy", "greedy", "greedy", "other")
    ]
    assert [begun.get(timeout=SECONDS) for _ in range(2)] == ["greedy", "greedy"]
    ended.release()
    assert begun.get(timeout=SECONDS) == "other"
    ended.release(3)
    wait(every, SECONDS)
    pool.close()
    assert begun.get(timeout=SECONDS) == "greedy"


def test_no_more_wait_than_there_is_room_for(pool: FairPool, go_on: threading.Event) -> None:
    begun: list[str] = []
    for _ in range(2 + 5):
        pool.submit(Owner("greedy", "a"), holding(go_on, begun, "a"))
    with pytest.raises(TooManyAtOnce):
        pool.submit(Owner("greedy", "a"), holding(go_on, begun, "a"))
    pool.submit(Owner("other", "a"), holding(go_on, begun, "other"))


def test_what_waits_is_cancelled_and_what_runs_finds_its_cancellation(
    pool: FairPool, go_on: threading.Event
) -> None:
    running, waiting, stopped = Cancellation(), Cancellation(), threading.Event()
    begun: list[str] = []

    def work() -> None:
        with current().stopping(stopped.set):
            stopped.wait(SECONDS)
        current().check()

    owner = Owner("greedy", "a")
    first = pool.submit(owner, work, running)
    pool.submit(owner, holding(go_on, begun, "held"))
    second = pool.submit(owner, holding(go_on, begun, "never"), waiting)
    waiting.on_cancel(second.cancel)
    waiting.cancel()
    running.cancel()
    with pytest.raises(Interrupted):
        first.result(SECONDS)
    with pytest.raises(CancelledError):
        second.result(SECONDS)
    assert pool.submit(owner, lambda: "next").result(SECONDS) == "next"
    assert begun == ["held"]


def test_of_what_is_cancelled_together_nothing_more_begins(go_on: threading.Event) -> None:
    pool, begun = FairPool("test", Shares(1, 1, 1, 9)), list[str]()
    at_work = threading.Event()

    def until_cancelled() -> None:
        begun.append("first")
        ended = threading.Event()
        with current().stopping(ended.set):
            at_work.set()
            ended.wait(SECONDS)

    made = [Cancellation() for _ in range(5)]
    first = pool.submit(Owner("one"), until_cancelled, made[0])
    rest = [pool.submit(Owner("one"), holding(go_on, begun, "more"), one) for one in made[1:]]
    assert at_work.wait(SECONDS)
    cancel_all(made)
    first.result(SECONDS)
    for future in rest:
        with pytest.raises(Interrupted):
            future.result(SECONDS)
    pool.close()
    assert begun == ["first"]
