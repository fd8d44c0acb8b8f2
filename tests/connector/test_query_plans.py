"""The check that each statement finds its rows by an index (`tests/support/query_plans.py`)."""

from __future__ import annotations

from functools import reduce
from importlib import import_module

import pytest
from sqlalchemy import text

from stagedoor.agents.domains import DOMAINS
from stagedoor.connector.container import Container
from stagedoor.connector.database import metadata
from stagedoor.connector.domains import CONNECTOR
from tests.support import query_plans

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WITHOUT = {
    "SELECT id FROM posts WHERE visibility = 'public'": "reads all of posts",
    "SELECT id FROM posts WHERE visibility = 'public' ORDER BY visibility LIMIT 5": "all of posts",
    "SELECT id FROM posts WHERE posts.org = 'a' AND posts.title = 't'": "organisation's posts",
    "DELETE FROM notices WHERE notices.org = 'a'": "organisation's notices",
    "UPDATE media SET kind = 'k' WHERE media.org = 'a' AND media.sha256 = 's'": "media",
    "SELECT id FROM notices WHERE notices.org = 'a' ORDER BY message LIMIT 5": "notices",
}
WITH = (
    "SELECT id FROM posts WHERE posts.id = 'p'",
    "SELECT id FROM posts WHERE posts.org = 'a' AND posts.state = 'failed'",
    "SELECT id FROM posts WHERE posts.org = 'a' ORDER BY created DESC, id DESC LIMIT 5",
    "SELECT org FROM posts LIMIT 1",
    "SELECT id FROM workers",
)


@sqlite_only
def test_a_statement_without_an_index_is_found(services: Container) -> None:
    with services.database.read() as connection:

        def reason(statement: str) -> str | None:
            rows = connection.execute(text(f"EXPLAIN QUERY PLAN {statement}")).all()
            return query_plans.reason([row[3] for row in rows], statement)

        for statement, words in WITHOUT.items():
            assert words in (reason(statement) or ""), statement
        assert {statement: reason(statement) for statement in WITH} == dict.fromkeys(WITH)


@sqlite_only
def test_the_service_is_looked_at(services: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement of the service is in the list, by whichever interface it is sent."""
    monkeypatch.setitem(globals(), "__name__", "stagedoor.made.for_this")
    with services.database.read() as connection:
        connection.execute(text("SELECT id FROM posts WHERE updated = 1 /* by a test */"))
    [told] = query_plans.found()
    assert told.startswith("made.for_this.test_the_service_is_looked_at reads all of posts")


def test_every_exception_is_of_something_that_there_is() -> None:
    for name in query_plans.WHOLE:
        path = name.split(".")
        at = next(n for n in range(len(path), 0, -1) if _is_module(".".join(path[:n])))
        found = import_module("stagedoor." + ".".join(path[:at]))
        assert callable(reduce(getattr, path[at:], found)), name
    CONNECTOR.import_tables()
    DOMAINS.import_tables()
    tables = set(metadata.tables) | {"alembic_version"}
    assert set(query_plans.SMALL) <= tables


def _is_module(name: str) -> bool:
    try:
        import_module(f"stagedoor.{name}")
    except ModuleNotFoundError:
        return False
    return True
