"""What the gateway rests on, broken in turn while agents call by every way: nothing reaches TikTok,
the door says so, and afterwards everything goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from stagedoor.connector.clock import FollowedClock
from tests.support.breaking import sql

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import OPERATIONS, Arena
from .attack_setup import arena
from .judge import Judge
from .wire import Answer, passed

pytestmark = [pytest.mark.timeout(180), pytest.mark.long]

INFO = OPERATIONS["display.user_info"]
POSTED = OPERATIONS["posting.inbox_video_init"]
TRY = Attack("what it rests on fails", Way.PROXY, "a call", lambda _: (), True)
Broken = Callable[[Arena], "Iterator[None]"]


def _without(table: str) -> Broken:
    def broken(arena: Arena) -> Iterator[None]:
        sql(arena.service.services.database, f"ALTER TABLE {table} RENAME TO elsewhere")
        yield
        sql(arena.service.services.database, f"ALTER TABLE elsewhere RENAME TO {table}")

    return broken


def _changed(change: str, back: str) -> Broken:
    def broken(arena: Arena) -> Iterator[None]:
        sql(arena.service.services.database, change)
        yield
        sql(arena.service.services.database, back)

    return broken


def _clock(arena: Arena) -> Iterator[None]:
    clock = arena.service.services.clock
    assert isinstance(clock, FollowedClock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_url", "http://127.0.0.1:9/clock")
        patch.setattr(clock, "_asked", float("-inf"))
        clock.close()  # it keeps a connection
        yield


def _database(arena: Arena) -> Iterator[None]:
    """PostgreSQL lets nobody in to it, and throws out who is there."""
    url = make_url(arena.service.services.database.url)
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


def calls(arena: Arena) -> list[tuple[str, Answer]]:
    """A read and a post by every way, each of them good."""
    source = {"source": "PULL_FROM_URL", "video_url": "https://m.example.com/a.mp4"}
    body = {"source_info": source}
    asked = {**body, "account": MINE}
    found = [
        ("a read by the proxy", arena.proxied(INFO)),
        ("a post by the proxy", arena.proxied(POSTED, body=json.dumps(body).encode())),
    ]
    for way in (Way.HTTP, Way.STDIO):
        found.append((f"a read by {way}", arena.operated(way, INFO)))
        found.append((f"a post by {way}", arena.tool(way, "posting_inbox_video_init", asked)))
    return found


def opened(arena: Arena, judge: Judge, after: str) -> None:
    """The way is open for all of them."""
    closed = [(name, one) for name, one in calls(arena) if not passed(one)]
    assert closed == [], after
    arena.carry()
    assert [str(one) for one in judge.since(TRY)] == []
    assert judge.last, after


def held(arena: Arena, judge: Judge, name: str, broken: Broken) -> None:
    with contextmanager(broken)(arena):
        answers = calls(arena)
        for which, answer in answers:
            assert not passed(answer), f"{which} without {name}"
            assert answer.body, f"{which} says nothing without {name}"
            assert answer.status != 500, (name, which, answer.body)
            assert b"answers 500" not in answer.body, (name, which, answer.body)
            for word in (b"Traceback", b"sqlalchemy", b"psycopg", b"sqlite", b"SELECT"):
                assert word not in answer.body, (name, which, answer.body)
        assert [str(one) for one in judge.since(TRY)] == []
        assert judge.last == [], name


def test_nothing_gets_through_without(arena: Arena, judge: Judge) -> None:
    opened(arena, judge, "at first")
    for name, broken in BROKEN.items():
        held(arena, judge, name, broken)
        opened(arena, judge, f"after {name}")
    assert arena.agents.audit.verify("acme").intact


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_gets_through_without_the_database(database_url: str, tmp_path: Path) -> None:
    with arena(tmp_path / "data", database_url) as staged:
        judge = Judge(staged)
        opened(staged, judge, "at first")
        for name, broken in EVERYWHERE.items():
            held(staged, judge, name, broken)
            opened(staged, judge, f"after {name}")
        assert staged.agents.audit.verify("acme").intact
