"""PostgreSQL behind a real PgBouncer in transaction mode."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from stagedoor.connector.database import Database
from stagedoor.connector.settings import SettingsError
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import CALL
from tests.support import pgbouncer
from tests.support.pgbouncer import PgBouncer
from tests.support.postgres import Postgres

READS = 150
POSTS = 6
POST = {"title": "Through a pooler", "privacyLevel": "SELF_ONLY"}


@pytest.fixture(scope="module")
def pooler(postgres_server: Postgres) -> Iterator[PgBouncer]:
    with pgbouncer.running(postgres_server) as running:
        yield running


@pytest.fixture
def name(postgres_server: Postgres, _postgres_template: str) -> Iterator[str]:
    made = postgres_server.copy(_postgres_template)
    yield made
    postgres_server.drop(made)


@pytest.fixture
def database_url(pooler: PgBouncer, name: str) -> str:
    return pooler.url(name)


def use(url: str) -> bool:
    """Many threads that send the same statements; whether a pooler was recognised."""
    database = Database(url)

    def ask(number: int) -> int:
        with database.read() as connection:
            found = connection.execute(text("SELECT 1 + :n"), {"n": number}).scalar_one()
        with database.autocommit() as connection:
            return int(found) + int(connection.execute(text("SELECT 1")).scalar_one())

    try:
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(ask, range(200))) == [number + 2 for number in range(200)]
        return database.pooled
    finally:
        database.close()


@pytest.mark.parametrize("query", ["", "?prepare_threshold=0", "?prepare_threshold=none"])
def test_statements_work_whatever_connection_they_meet(
    pooler: PgBouncer, name: str, query: str
) -> None:
    assert use(pooler.url(name, query)) is True


def test_without_that_a_prepared_statement_is_not_there(pooler: PgBouncer, name: str) -> None:
    """The control: this PgBouncer is one that breaks prepared statements."""
    address = pooler.url(name).replace("+psycopg", "")

    def ask(_: int) -> None:
        with psycopg.connect(address, autocommit=True, prepare_threshold=0) as connection:
            for number in range(20):
                connection.execute("SELECT 1 + %s", (number,))

    with ThreadPoolExecutor(8) as threads, pytest.raises(psycopg.Error, match="prepared statement"):
        list(threads.map(ask, range(16)))


def test_a_server_without_a_pooler_is_none(postgres_server: Postgres, name: str) -> None:
    for more in ("", "&prepare_threshold=0", "&prepare_threshold=3"):
        assert use(postgres_server.url(name) + more) is False
    with pytest.raises(SettingsError, match="prepare_threshold"):
        Database(f"{postgres_server.url(name)}&prepare_threshold=often")


@pytest.mark.timeout(120)
def test_posts_and_reads_of_the_service_all_succeed(service: Service, clip: Path) -> None:
    service.connect()

    def post(_: int) -> str:
        begun = service.api("POST", f"{CALL}/init-video-upload", POST)
        assert service.http.put(begun["uploadUrl"], content=clip.read_bytes()).is_success
        service.api("POST", f"{CALL}/publish-video", {"publishId": begun["publishId"]})
        return str(begun["publishId"])

    with ThreadPoolExecutor(8) as threads:
        posted = threads.map(post, range(POSTS))
        reads = threads.map(lambda _: service.send("GET", "/api/posts").status_code, range(READS))
        ids = list(posted)
        assert set(reads) == {200}
    assert service.services.database.pooled

    def published() -> bool:
        states = [service.api("GET", f"/api/posts/{one}")["state"] for one in ids]
        return states == ["published"] * POSTS

    service.until(published, 60)
