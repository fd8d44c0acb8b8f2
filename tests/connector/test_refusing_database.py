"""A database that refuses while the service runs is told apart from one that is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from stagedoor.connector.database import Database
from stagedoor.connector.errors import DatabaseRefused, ServiceUnavailable
from tests.support import postgres
from tests.support.postgres import Postgres


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    with postgres.running() as server:
        yield server


def failure(database: Database) -> ServiceUnavailable:
    with pytest.raises(ServiceUnavailable) as failed, database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    return failed.value


def test_callers_and_operators_know_whether_it_passes(
    own_server: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    name = own_server.copy()
    database = Database(own_server.url(name))
    with database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    own_server.drop(name)
    refused = failure(database)
    if not isinstance(refused, DatabaseRefused):
        refused = failure(database)  # the connection broke first
    assert (refused.code, refused.retryable) == ("database_refused", False)
    assert "does not exist" not in refused.message
    [told] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "does not exist" in told.getMessage()
    own_server.stop()
    gone = failure(database)
    assert (gone.code, gone.retryable) == ("unavailable", True)
    database.close()
