"""Migrations make exactly the tables that the code declares, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from stagedoor.agents.domains import DOMAINS
from stagedoor.connector.clock import FollowedClock
from stagedoor.connector.database import Database, metadata
from stagedoor.connector.database.migrate import current, upgrade
from stagedoor.connector.domains import CONNECTOR
from stagedoor.connector.errors import Unavailable


def test_an_empty_database_becomes_what_the_code_declares(empty_database_url: str) -> None:
    CONNECTOR.import_tables()
    DOMAINS.import_tables()
    database = Database(empty_database_url)
    assert not current(database)
    upgrade(database)
    assert current(database)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    upgrade(database)
    database.close()


def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, databases))
    assert all(current(database) for database in databases)
    for database in databases:
        database.close()


def test_a_clock_that_is_gone_is_no_guess() -> None:
    with pytest.raises(Unavailable, match="STAGEDOOR_CLOCK"):
        FollowedClock("http://127.0.0.1:9/clock").now()
