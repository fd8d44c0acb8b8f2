"""Opening a database; transactions to read or write, and single statements in autocommit mode."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import DatabaseRefused, ServiceUnavailable
from ..private_files import private_database
from . import pooler, refusals
from .group_commit import GroupCommitWriter

BUSY_MILLISECONDS = 15_000
_WAL_PAGES = 4_000
"""Pages in SQLite's write-ahead log before a checkpoint: 16 MB."""
_BUSY = "Every connection to the database is at work. Nothing was lost; try again in a moment."
_REFUSED = (
    "The database refuses the service. Nothing was lost. Trying again is of no use before an "
    "administrator has looked at it: the service's log has the reason."
)
_SILENT = "The database doesn't answer. Nothing was lost; try again in a moment."


logger = logging.getLogger("stagedoor.database")


class _SharedRead:
    """Reads of one thread that share a transaction, which begins with the first read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._engine.connect()
            connection.begin()
        try:
            yield connection
        except BaseException:
            # a failed statement may have ended the transaction, which later reads would use
            self.end()
            raise

    def end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class Database:
    """A database and its connection pools. No transaction may stay open across a network call: keep
    the blocks short.

    Nor may a thread open one transaction inside another: with as many threads as connections, each
    thread would hold one connection and wait for a second.
    """

    def __init__(self, url: str, pool: int = 10) -> None:
        self.url = url
        parsed, given = pooler.split(url)
        self.pooled = False
        """Whether a connection pooler was found before the server, once it was connected to."""
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self._local = threading.local()
        self._lock: Callable[[], AbstractContextManager[None]]
        self._autocommit_engine: Engine
        self._writing: Callable[[], AbstractContextManager[Connection]]
        if self.sqlite:
            private_database(Path(parsed.database or ""))
            self.engine = create_engine(
                url, connect_args={"check_same_thread": False}, pool_size=pool, max_overflow=pool
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            writer = GroupCommitWriter(self.engine, BUSY_MILLISECONDS / 1_000, _SILENT)
            self._writing, self._lock = writer.write, writer.exclusive
            self._autocommit_engine = self.engine.execution_options(stagedoor_autocommit=True)
        else:
            self.engine = create_engine(
                parsed,
                connect_args=given,
                pool_size=pool,
                max_overflow=pool,
                pool_pre_ping=True,
            )
            self._writing, self._lock = self.engine.begin, nullcontext
            # separate connections: not set up again for each use, and not tested before it
            self._autocommit_engine = create_engine(
                parsed,
                connect_args=given,
                pool_size=min(2, pool),
                max_overflow=pool,
                isolation_level="AUTOCOMMIT",
                pool_reset_on_return=None,
            )
            for engine in (self.engine, self._autocommit_engine):
                event.listen(engine, "connect", self._recognise_pooler)
        self._closed = False
        for engine in (self.engine,) if self.sqlite else (self.engine, self._autocommit_engine):
            event.listen(engine, "checkin", self._close_late)

    def _recognise_pooler(self, connection: Any, _: Any) -> None:
        if pooler.is_pooled(connection):
            connection.prepare_threshold = None
            self.pooled = True

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write; SQLite takes its write lock at once."""
        with self._told(), self._writing() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only transaction."""
        shared: _SharedRead | None = getattr(self._local, "shared", None)
        if shared is not None:
            with self._told(), shared.read() as connection:
                yield connection
            return
        with self._told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def shared_read(self) -> Iterator[None]:
        """All reads of this thread inside the block share one transaction, since beginning and
        ending one costs more than most reads. Keep the block as short as a read."""
        self._local.shared = shared = _SharedRead(self.engine)
        try:
            yield
        finally:
            self._local.shared = None
            shared.end()

    @contextmanager
    def autocommit(self) -> Iterator[Connection]:
        """Each statement is its own transaction, without the cost of BEGIN and COMMIT: for a caller
        that writes with one statement. On SQLite, no other writer runs meanwhile.

        On PostgreSQL the connection isn't tested before its use: if the first statement fails,
        `begin` may still work.
        """
        with self._told(), self._lock(), self._autocommit_engine.connect() as connection:
            try:
                yield connection
            except Exception:
                raw: Any = connection.connection.dbapi_connection
                if not self.sqlite and raw.closed:
                    connection.invalidate()
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise _unavailable(error) from error
        except PoolExhausted as error:
            raise ServiceUnavailable(_BUSY, retry_after=5) from error
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            raise ServiceUnavailable(
                "The connection to the database broke. Nothing was lost; try again.", retry_after=5
            ) from error

    def answers(self) -> bool:
        """Whether the database can be used now."""
        try:
            with self.read() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except (ServiceUnavailable, DBAPIError):
            return False

    def close(self) -> None:
        """Close every connection: those in use as soon as their block ends."""
        self._closed = True
        self.engine.dispose()
        self._autocommit_engine.dispose()

    def _close_late(self, connection: Any, record: ConnectionPoolEntry) -> None:
        """Close a connection that is returned after the pool was disposed; the pool itself would
        keep it."""
        if self._closed and connection is not None:
            record.invalidate()


def _unavailable(error: DBAPIError) -> ServiceUnavailable:
    """The error for callers; the log tells operators whether they have to act."""
    why = refusals.reason(error)
    if refusals.lasting(error):
        logger.error("the database refuses the service: %s", why)
        return DatabaseRefused(_REFUSED)
    logger.warning("the database doesn't answer: %s", why)
    return ServiceUnavailable(_SILENT, retry_after=5)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # the driver would begin transactions late and without a write lock, so this code sends BEGIN
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={_WAL_PAGES}",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("stagedoor_autocommit"):
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if options.get("stagedoor_writes") else "BEGIN"
        )
