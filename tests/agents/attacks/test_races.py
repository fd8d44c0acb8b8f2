"""Races between a revocation and a call, between counted calls, and between executors of one
approval, on both databases."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support import time_passing
from tests.support.postgres import Postgres

from . import approvals, arguments
from .actors import ACME, ACTORS, MINE
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .attack_setup import attack_environment
from .judge import Judge
from .wire import NOTHING, Answer, Line, request

pytestmark = pytest.mark.timeout(180)

WHO = "raced"
THREADS = 6
CALLS = 12
_PATIENCE = 30.0
INFO, POSTED = OPERATIONS["display.user_info"], OPERATIONS["posting.video_init"]
RACE = Attack("races", Way.PROXY, "a race", lambda _: (), True)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def staged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AttackEnvironment]:
    """One environment for all races on a database; each race restores the agents' grants."""
    data = tmp_path_factory.mktemp("races")
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("_sqlite_template")
        shutil.copyfile(template, data / "stagedoor.db")
        with attack_environment(data, f"sqlite:///{data / 'stagedoor.db'}") as made:
            yield made
    else:
        server: Postgres = request.getfixturevalue("postgres_server")
        name = server.copy(request.getfixturevalue("_postgres_template"))
        with attack_environment(data, server.url(name)) as made:
            yield made
        server.drop(name)


def proxied(environment: AttackEnvironment) -> bytes:
    headers = {"Authorization": f"Bearer {environment.keys[WHO]}"}
    return request("GET", f"/agents/proxy/@{MINE}{INFO.path}?fields=open_id", headers)


def called(environment: AttackEnvironment) -> bytes:
    call = {"name": "read_profile", "arguments": {"account": MINE}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    return request("POST", "/mcp", environment.mcp_headers(WHO), json.dumps(message).encode())


def passed(answer: Answer) -> bool:
    return answer.status == 200 and b'"isError":true' not in answer.body


def at_once(
    environment: AttackEnvironment, number: int, does: Callable[[Line, int], Answer]
) -> list[Answer]:
    """Make all calls at one moment, each on a connection of its own."""
    begin = threading.Barrier(number)

    def one(which: int) -> Answer:
        line = Line(environment.service.url)
        try:
            begin.wait(20)
            return does(line, which)
        finally:
            line.close()

    with ThreadPoolExecutor(number) as threads:
        return [environment.record(found) for found in threads.map(one, range(number))]


@dataclass
class Race:
    """Calls without a pause during a revocation. `late` are the answers to calls that began after
    it."""

    take: Callable[[], Any]
    late: list[Answer] = field(default_factory=list)
    _begun: threading.Event = field(default_factory=threading.Event)
    _taken: threading.Event = field(default_factory=threading.Event)

    def take_away(self) -> None:
        assert self._begun.wait(_PATIENCE), "nothing got through before it was taken away"
        self.take()
        self._taken.set()

    def hammer(self, asked: Sequence[bytes], line: Line, which: int) -> Answer:
        """Call by proxy or MCP until there were enough calls."""
        answer, end = NOTHING, time.monotonic() + _PATIENCE
        while len(self.late) < THREADS * CALLS and time.monotonic() < end:
            after = self._taken.is_set()
            answer = line.ask(asked[which % 2])
            if after:
                self.late.append(answer)
            elif passed(answer):
                self._begun.set()
        return answer


def taken_away(
    environment: AttackEnvironment,
) -> list[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """Return what can be revoked, with functions that revoke and restore it."""
    path = f"/api/agents/{environment.ids[WHO]}"

    def rotate() -> None:
        made = environment.service.api("POST", f"{path}/keys", {"overlapHours": 0})
        fresh.append(made["key"])

    fresh: list[str] = []
    return [
        (
            "its grants",
            lambda: environment.set_grants(WHO),
            lambda: environment.set_grants(WHO, *ACTORS[WHO].rights),
        ),
        (
            "its liberty",
            lambda: environment.change(WHO, stopped=True),
            lambda: environment.change(WHO, stopped=False),
        ),
        ("its key", rotate, lambda: environment.keys.update({WHO: fresh[-1]})),
        (
            "its organisation's agents",
            lambda: _stop_all(environment),
            lambda: _begin_all(environment),
        ),
    ]


def _stop_all(environment: AttackEnvironment) -> None:
    environment.service.api("POST", "/api/agents/stop")


def _begin_all(environment: AttackEnvironment) -> None:
    for name, actor in ACTORS.items():
        if actor.org == ACME and actor.ended is None:
            environment.change(name, stopped=False)


def test_no_call_that_begins_after_it_was_taken_away_gets_through(
    staged: AttackEnvironment,
) -> None:
    judge = Judge(staged)
    for what, take, give in taken_away(staged):
        race = Race(take)
        with ThreadPoolExecutor(1) as person:
            done = person.submit(race.take_away)
            at_once(staged, THREADS, partial(race.hammer, (proxied(staged), called(staged))))
            done.result()
        late = race.late
        assert len(late) >= THREADS, what
        assert not any(map(passed, late)), what
        assert [str(one) for one in judge.since(RACE)] == [], what
        assert judge.last, f"before {what} was taken away something got through"
        give()
        assert passed(staged.line.ask(proxied(staged)))
        judge.since(RACE)


def test_counters_hold_however_many_ask_at_once(staged: AttackEnvironment) -> None:
    judge = Judge(staged)
    # forget the calls of earlier races
    time_passing.advance(staged.local, staged.service.services.clock, 61)
    staged.change(WHO, callsPerMinute=5)
    answers = at_once(
        staged, 16, lambda line, which: line.ask((proxied, called)[which % 2](staged))
    )
    assert sum(map(passed, answers)) == 5
    assert judge.since(RACE) == []
    assert len(judge.last) == 5
    staged.change(WHO, callsPerMinute=6_000)
    (right,) = (one for one in ACTORS[WHO].rights if one.resource == "posting")
    limited = {"resource": right.resource.value, "level": "full", "conditions": {"postsPerDay": 3}}
    staged.set_grants(WHO, grants=[limited])
    body = arguments.init(arguments.QUIETLY)
    target = f"/agents/proxy/@{MINE}{POSTED.path}"
    asked = request("POST", target, {"Authorization": f"Bearer {staged.keys[WHO]}"}, body)
    answers = at_once(staged, 12, lambda line, _: line.ask(asked))
    assert [one.status for one in answers].count(200) == 3
    staged.run_due_jobs()
    assert judge.since(RACE) == []
    assert [one.operation for one in judge.last].count(POSTED.id) == 3
    staged.set_grants(WHO, *ACTORS[WHO].rights)


def test_what_was_approved_once_is_done_once_by_however_many(staged: AttackEnvironment) -> None:
    judge = Judge(staged)
    for _ in range(4):
        headers = {"Authorization": f"Bearer {staged.keys['asker']}"}
        target = f"/agents/proxy/@{MINE}{INFO.path}?fields=open_id"
        asked = request("GET", target, headers)

        def ask(line: Line, _: int, what: bytes = asked) -> Answer:
            return line.ask(what)

        answers = at_once(staged, 8, ask)
        (approval,) = {
            json.loads(one.body)["data"]["approval_id"] for one in answers if one.status == 403
        }

        def say(word: str, of: str = approval) -> Answer:
            return approvals.says(staged, of, word)

        with ThreadPoolExecutor(6) as people:
            assert {one.status for one in people.map(say, ["approve"] * 6)} == {200}
        staged.consents["asker", INFO.id, MINE] += 1
        staged.run_concurrently("approval", f"{ACME}/{approval}", 6)
        staged.run_due_jobs()
        assert [str(one) for one in judge.since(RACE)] == []
        assert [one.operation for one in judge.last] == [INFO.id]
        # the answer is given once, and the next call asks a person again
        answers = at_once(staged, 8, ask)
        assert [one.status for one in answers].count(200) <= 1
        staged.run_due_jobs()
        assert judge.since(RACE) == []
        assert judge.last == []
        again, _ = approvals.waits(staged, INFO)
        approvals.says(staged, again, "refuse")
        approvals.waits(staged, INFO)
        again, _ = approvals.waits(staged, INFO)
        approvals.says(staged, again, "refuse")
        staged.call_proxy(INFO, "asker")
