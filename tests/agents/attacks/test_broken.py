"""The gateway's dependencies fail in turn while agents call by every way: nothing reaches TikTok,
the answers say so, and afterwards calls work again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from stagedoor.connector.clock import FollowedClock
from tests.support.database_faults import sql

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .attack_setup import attack_environment
from .judge import Judge
from .wire import Answer, passed

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]

INFO = OPERATIONS["display.user_info"]
POSTED = OPERATIONS["posting.inbox_video_init"]
TRY = Attack("what it rests on fails", Way.PROXY, "a call", lambda _: (), True)
Broken = Callable[[AttackEnvironment], "Iterator[None]"]


def _without(table: str) -> Broken:
    def broken(environment: AttackEnvironment) -> Iterator[None]:
        sql(environment.service.services.database, f"ALTER TABLE {table} RENAME TO elsewhere")
        yield
        sql(environment.service.services.database, f"ALTER TABLE elsewhere RENAME TO {table}")

    return broken


def _changed(change: str, back: str) -> Broken:
    def broken(environment: AttackEnvironment) -> Iterator[None]:
        sql(environment.service.services.database, change)
        yield
        sql(environment.service.services.database, back)

    return broken


def _clock(environment: AttackEnvironment) -> Iterator[None]:
    clock = environment.service.services.clock
    assert isinstance(clock, FollowedClock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_url", "http://127.0.0.1:9/clock")
        patch.setattr(clock, "_asked", float("-inf"))
        clock.close()  # it keeps a connection
        yield


def _database(environment: AttackEnvironment) -> Iterator[None]:
    """Make PostgreSQL refuse connections and end the present ones."""
    url = make_url(environment.service.services.database.url)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": url.database},
        )
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true'))
    engine.dispose()


BROKEN: dict[str, Broken] = {
    "the policy store": _without("agent_policies"),
    "a stored policy": _changed(
        "UPDATE agent_policies SET cedar = 'permit (' || cedar, version = version + 100",
        "UPDATE agent_policies SET cedar = substr(cedar, 9), version = version + 100",
    ),
    "the agents": _without("agents"),
    "the keys": _without("agent_keys"),
    "the audit's entries": _without("audit_entries"),
    "the audit's texts": _without("audit_texts"),
    "the audit's end": _changed(
        "UPDATE audit_heads SET seq = seq + 1", "UPDATE audit_heads SET seq = seq - 1"
    ),
    "the audit": _without("audit_heads"),
    "the minute's counters": _without("limit_windows"),
    "the day's counters": _without("agent_counters"),
    "the accounts": _without("integrations"),
    "the clock": _clock,
}
EVERYWHERE: dict[str, Broken] = {"the database": _database, "the clock": _clock}


def calls(environment: AttackEnvironment) -> list[tuple[str, Answer]]:
    """Make a good read and a good post by every way."""
    source = {"source": "PULL_FROM_URL", "video_url": "https://m.example.com/a.mp4"}
    body = {"source_info": source}
    asked = {**body, "account": MINE}
    found = [
        ("a read by the proxy", environment.call_proxy(INFO)),
        ("a post by the proxy", environment.call_proxy(POSTED, body=json.dumps(body).encode())),
    ]
    for way in (Way.HTTP, Way.STDIO):
        found.append((f"a read by {way}", environment.call_operation(way, INFO)))
        found.append(
            (f"a post by {way}", environment.call_tool(way, "posting_inbox_video_init", asked))
        )
    return found


def opened(environment: AttackEnvironment, judge: Judge, after: str) -> None:
    """Check that calls of every way are allowed again."""
    closed = [(name, one) for name, one in calls(environment) if not passed(one)]
    assert closed == [], after
    environment.run_due_jobs()
    assert [str(one) for one in judge.since(TRY)] == []
    assert judge.last, after


def held(environment: AttackEnvironment, judge: Judge, name: str, broken: Broken) -> None:
    with contextmanager(broken)(environment):
        answers = calls(environment)
        for which, answer in answers:
            assert not passed(answer), f"{which} without {name}"
            assert answer.body, f"{which} says nothing without {name}"
            assert answer.status != 500, (name, which, answer.body)
            assert b"answers 500" not in answer.body, (name, which, answer.body)
            for word in (b"Traceback", b"sqlalchemy", b"psycopg", b"sqlite", b"SELECT"):
                assert word not in answer.body, (name, which, answer.body)
        assert [str(one) for one in judge.since(TRY)] == []
        assert judge.last == [], name


def test_nothing_gets_through_without(environment: AttackEnvironment, judge: Judge) -> None:
    opened(environment, judge, "at first")
    for name, broken in BROKEN.items():
        held(environment, judge, name, broken)
        opened(environment, judge, f"after {name}")
    assert environment.agents.audit.verify("acme").intact


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_gets_through_without_the_database(database_url: str, tmp_path: Path) -> None:
    with attack_environment(tmp_path / "data", database_url) as staged:
        judge = Judge(staged)
        opened(staged, judge, "at first")
        for name, broken in EVERYWHERE.items():
            held(staged, judge, name, broken)
            opened(staged, judge, f"after {name}")
        assert staged.agents.audit.verify("acme").intact
