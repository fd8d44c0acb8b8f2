"""Threads that write at once, on both databases: each has its own success or failure."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, Integer, String, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from stagedoor.connector.container import Container
from stagedoor.connector.database import Database
from stagedoor.connector.database import metadata as service_metadata
from stagedoor.connector.errors import ServiceUnavailable

NOTES = Table(
    "notes", type(service_metadata)(), Column("id", Integer, primary_key=True), Column("by", String)
)
THREADS = 16


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    with made.begin() as connection:
        NOTES.create(connection)
    yield made
    made.close()


def kept(database: Database) -> set[int]:
    with database.read() as connection:
        return set(connection.scalars(select(NOTES.c.id)))


def test_what_fails_is_undone_alone(database: Database) -> None:
    def write(number: int) -> bool:
        try:
            with database.begin() as connection:
                connection.execute(insert(NOTES).values(id=number, by="mine"))
                if number % 3 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return False
        return number in kept(database)

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(write, range(120)))
    assert done == [number % 3 != 0 for number in range(120)]
    assert kept(database) == {number for number in range(120) if number % 3}


def test_a_broken_rule_of_the_database_is_told_to_who_broke_it(database: Database) -> None:
    start = threading.Barrier(THREADS)

    def write(number: int) -> bool:
        start.wait()
        try:
            with database.begin() as connection:
                connection.execute(insert(NOTES).values(id=number // 2, by=str(number)))
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        done = list(threads.map(write, range(THREADS)))
    assert sum(done) == THREADS // 2
    assert kept(database) == set(range(THREADS // 2))


def test_nobody_goes_on_before_it_is_durable(tmp_path: Path) -> None:
    """A commit that fails is told to everybody whose writes were in it."""
    database = Database(f"sqlite:///{tmp_path}/small.db")
    with database.begin() as connection:
        NOTES.create(connection)
    with database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    first, second = threading.Event(), threading.Event()
    told: list[str] = []

    def patient() -> None:
        try:
            with database.begin() as connection:
                connection.execute(insert(NOTES).values(id=1, by="patient"))
                first.set()
                second.wait(5)
                time.sleep(0.1)  # the other one waits for its turn now
        except ServiceUnavailable:
            told.append("patient")

    def greedy() -> None:
        first.wait(5)
        second.set()
        try:
            with database.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}")
                connection.execute(insert(NOTES).values(id=2, by="x" * 1_000_000))
        except ServiceUnavailable:
            told.append("greedy")

    threads = [threading.Thread(target=one) for one in (patient, greedy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    # whether the disk took the first one with it or not: what was told is what is there
    assert "greedy" in told
    assert (1 in kept(database)) == ("patient" not in told)
    assert 2 not in kept(database)
    with database.begin() as connection:
        connection.execute(insert(NOTES).values(id=3, by="later"))
    assert 3 in kept(database)
    database.close()


def test_a_single_statement_is_kept_by_itself_and_leaves_no_transaction_behind(
    database_url: str,
) -> None:
    database, other = Database(database_url, pool=1), Database(database_url, pool=1)
    with database.begin() as connection:
        NOTES.create(connection)
    with database.autocommit() as connection:
        connection.execute(insert(NOTES).values(id=1, by="alone"))
        assert kept(other) == {1}, "it is kept only when the block has ended"

    def broken() -> None:
        with database.begin() as connection:
            connection.execute(insert(NOTES).values(id=2, by="undone"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert kept(database) == {1}
    other.close()
    database.close()


def test_a_connection_in_use_when_the_database_is_closed_is_closed_after_its_use(
    database_url: str,
) -> None:
    database = Database(database_url)
    raw: list[Any] = []
    for opens in (database.read, database.begin, database.autocommit):
        with opens() as connection:
            connection.exec_driver_sql("SELECT 1")
            raw.append(connection.connection.dbapi_connection)
            database.close()
    for connection in raw:
        with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
            connection.execute("SELECT 1")


def test_more_threads_than_connections_are_told_to_come_back(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url, pool=1)
    for opens, engine in (
        (database.read, database.engine),
        (database.begin, database.engine),
        (database.autocommit, database._autocommit_engine),
    ):
        monkeypatch.setattr(engine.pool, "_timeout", 0.05)
        taken = [engine.connect(), engine.connect()]
        with pytest.raises(ServiceUnavailable, match="at work"), opens():
            pass
        for one in taken:
            one.close()
    with database.read() as connection:
        assert connection.scalar(select(1)) == 1
    database.close()


def test_a_glance_is_one_read_of_one_thread(database: Database) -> None:
    other = Database(database.url)

    def write(number: int) -> None:
        with other.begin() as connection:
            connection.execute(insert(NOTES).values(id=number, by="other"))

    with database.shared_read():
        write(1)
        assert kept(database) == {1}
        write(2)
        assert kept(database) == {1} if database.sqlite else {1, 2}
    assert kept(database) == {1, 2}
    with database.shared_read():
        pass
    with ThreadPoolExecutor(1) as threads, database.shared_read():
        assert kept(database) == {1, 2}
        write(3)
        # another thread's reads are its own
        assert threads.submit(kept, database).result() == {1, 2, 3}
    other.close()


def test_a_read_that_fails_in_a_glance_fails_alone(database: Database) -> None:
    with database.shared_read():
        assert kept(database) == set()
        with pytest.raises((DBAPIError, ServiceUnavailable)), database.read() as connection:
            connection.execute(text("SELECT * FROM nowhere"))
        assert kept(database) == set()


def test_a_transaction_inside_a_transaction_is_found(services: Container) -> None:
    database = services.database
    for opens in (database.read, database.begin, database.autocommit):
        with database.read(), pytest.raises(AssertionError, match="inside"), opens():
            pass
    with database.begin(), pytest.raises(AssertionError, match="the vault inside"):
        services.vault.seal("app", "table", "row", "field", "text")
