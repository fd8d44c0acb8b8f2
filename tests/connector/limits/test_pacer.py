"""One window over threads and processes, on both databases."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from stagedoor.client.pacing import MOST_EXACT, SLACK
from stagedoor.connector.clock import RealClock
from stagedoor.connector.database import Database
from stagedoor.connector.limits.errors import TooFast
from stagedoor.connector.limits.models import limit_windows
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.platform.operation import LimitKey, RateLimit
from tests.support.prepared import Prepared

ROOT = Path(__file__).parents[3]
LIMIT = RateLimit(6, 1.0, LimitKey.USER_TOKEN)
_CALLS = """
import sys, time
from stagedoor.connector.clock import RealClock
from stagedoor.connector.database import Database
from stagedoor.connector.limits.errors import TooFast
from stagedoor.connector.limits import pacer as module
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.connector.limits.window import reserve
from stagedoor.platform.operation import LimitKey, RateLimit

found = None

def noted(*asked):
    global found
    found = reserve(*asked)
    return found

module.reserve = noted
pacer = DatabasePacer(Database(sys.argv[1]), RealClock(), patience=0.3)
limit = RateLimit(6, 0.4, LimitKey.USER_TOKEN)
end = time.time() + 1.3
while time.time() < end:
    try:
        pause = pacer.reserve(("posting.video_init", "Bearer act.secret"), limit)
    except TooFast as error:
        pause = min(0.05, error.retry_after)
    else:
        print(found.start, flush=True)
    time.sleep(pause)
"""


def most_in_any_window(times: list[float], seconds: float) -> int:
    times = sorted(times)
    return max(sum(first <= at < first + seconds for at in times) for first in times)


def test_four_processes_never_exceed_the_limit(database_url: str) -> None:
    processes = [
        Prepared(
            [sys.executable, "-c", _CALLS, database_url],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    times = [float(line) for one in processes for line in one.communicate(timeout=50)[0].split()]
    assert all(one.returncode == 0 for one in processes)
    assert most_in_any_window(times, 0.4) <= 6
    assert len(times) > 6  # places become free again


@pytest.fixture
def database(database_url: str) -> Database:
    return Database(database_url)


def test_threads_that_begin_a_window_at_once(database: Database) -> None:
    pacer = DatabasePacer(database, RealClock(), patience=0.0)

    def reserve(_: int) -> bool:
        try:
            return pacer.reserve("key", LIMIT) == 0.0
        except TooFast:
            return False

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(reserve, range(24))) == 6
    database.close()


def test_several_at_once_get_what_they_would_get_in_turn(database: Database) -> None:
    pacer = DatabasePacer(database, RealClock(), patience=0.5)
    slow = RateLimit(2, 60.0, LimitKey.CLIENT)
    asked = [("a", slow), ("b", LIMIT), ("a", slow), ("a", slow), ("b", LIMIT), ("c", slow)]
    first, other, second, third, more, last = pacer.reserve_all(asked)
    assert [first, other, second, more, last] == [0.0] * 5
    assert isinstance(third, TooFast)
    assert 59 < (third.retry_after or 0) <= 60.1
    # those who got a place have it
    with pytest.raises(TooFast):
        pacer.reserve("a", slow)
    assert pacer.reserve_all([("c", slow), ("b", LIMIT)]) == [0.0, 0.0]
    assert pacer.reserve_all([]) == []
    database.close()


def test_a_limit_may_be_raised_and_lowered(database: Database) -> None:
    pacer = DatabasePacer(database, RealClock(), patience=0.5)
    many = 2 * MOST_EXACT
    for requests, seconds in ((5, 60.0), (many, 60.0), (many, 3_600.0), (many, 1.0), (5, 60.0)):
        assert pacer.reserve("key", RateLimit(requests, seconds, LimitKey.CLIENT)) == 0.0
    database.close()


def test_a_row_outlives_its_window_and_its_end_is_moved_seldom(
    database: Database,
) -> None:
    now = 1_000_000.0

    class Set:
        def now(self) -> float:
            return now

    def ends() -> float:
        with database.read() as connection:
            end: float = connection.scalars(select(limit_windows.c.idle_at)).one()
        return end

    pacer = DatabasePacer(database, Set())
    pacer.reserve("key", LIMIT)
    first = ends()
    assert first >= now + LIMIT.per_seconds
    now += 30.0
    pacer.reserve("key", LIMIT)
    assert ends() == first
    now = first
    pacer.reserve("key", LIMIT)
    assert ends() >= now + LIMIT.per_seconds
    database.close()


def test_a_place_too_far_off_is_not_taken(database: Database) -> None:
    pacer = DatabasePacer(database, RealClock(), patience=0.5)
    slow = RateLimit(1, 60.0, LimitKey.CLIENT)
    assert pacer.reserve("key", slow) == 0.0
    for _ in range(3):
        with pytest.raises(TooFast) as refused:
            pacer.reserve("key", slow)
        assert 59 < (refused.value.retry_after or 0) <= 60.1
    assert pacer.reserve("other", slow) == 0.0
    database.close()


def test_no_token_is_stored_and_old_windows_go(database: Database) -> None:
    class Later:
        def now(self) -> float:
            return time.time() + 3600

    DatabasePacer(database, RealClock()).reserve(("x", "Bearer act.secret"), LIMIT)
    later = DatabasePacer(database, Later())
    later._until_sweep = 1
    later.reserve("fresh", LIMIT)
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM limit_windows").all()
    assert len(rows) == 1
    assert "secret" not in str(rows)
    database.close()


class Moved:
    """A clock that only the test moves."""

    at = 1_000_000.0

    def now(self) -> float:
        return self.at


def synchronising(
    database: Database, limits: list[RateLimit], seconds: float, people: list[float]
) -> tuple[int, list[float]]:
    """Two workers whose synchronisation calls as fast as it may, for so long on a clock of its
    own, while a third process makes people's calls at these times: the number of calls of the
    synchronisation, and the waits of people."""
    clock = Moved()
    keys: list[tuple[str, RateLimit]] = [(f"{one.per_seconds}", one) for one in limits]
    workers = [DatabasePacer(database, clock, patience=0.0).background for _ in range(2)]
    api = DatabasePacer(database, clock, patience=60.0)
    begun, made, waits, waiting = clock.at, 0, list[float](), sorted(people)
    while clock.at < begun + seconds:
        while waiting and begun + waiting[0] <= clock.at:
            waits.append(max(api.reserve(*one) for one in keys))
            waiting.pop(0)
        soonest = begun + (waiting[0] if waiting else seconds)
        for worker in workers:
            try:
                for one in keys:
                    assert worker.reserve(*one) == 0.0
                made += 1
                soonest = clock.at
            except TooFast as error:
                soonest = min(soonest, clock.at + (error.retry_after or 0.0))
        clock.at = max(soonest, clock.at + 0.001)
    return made, waits


BUSINESS = [RateLimit(10, 1.0, LimitKey.APP_TIER), RateLimit(60, 6.0, LimitKey.APP_TIER)]
LONG = [RateLimit(300, 30.0, LimitKey.USER_TOKEN)]


@pytest.mark.parametrize("limits", [BUSINESS[:1], LONG])
def test_synchronisation_alone_uses_the_allowance(
    database: Database, limits: list[RateLimit]
) -> None:
    seconds = 3 * limits[0].per_seconds
    made, _ = synchronising(database, limits, seconds, [])
    allowed = limits[0].requests * seconds / (limits[0].per_seconds + SLACK)
    assert made >= 0.95 * allowed
    database.close()


@pytest.mark.parametrize("limits", [BUSINESS, LONG])
def test_calls_of_people_go_before_synchronisation(
    database: Database, limits: list[RateLimit]
) -> None:
    # a few at first, then a call every half second, then ten at once
    people = [2.0, 2.0, 2.0, *(5.0 + number / 2 for number in range(20)), *[17.0] * 10]
    made, waits = synchronising(database, limits, 20.0, people)
    assert len(waits) == len(people)
    assert max(waits[:-10]) <= 1.1
    assert max(waits) <= 2.2
    assert made > 100
    database.close()
