"""Group commit for SQLite: one thread writes at a time, one commit makes several writes durable.

A commit costs more than most writes. A writer that finds another one waiting leaves the transaction
open for it; no writer returns before the commit that holds its writes. A writer that fails undoes
its own writes, and no more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from ..errors import ServiceUnavailable

MOST = 32
"""The most writes in one transaction: other processes have to write, too."""
_PATIENCE_SECONDS = 0.05
_SAVEPOINT = "stagedoor_turn"


class _Batch:
    """An open transaction, and the event that is set at its end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.writes = 0
        self.over = threading.Event()
        self.error: BaseException | None = None

    @contextmanager
    def write(self) -> Iterator[None]:
        """Roll back the writes of the block on an error; earlier writes of the batch stay.

        Where that is impossible, `error` is set: nothing of the batch may be committed.
        """
        if self.writes:
            self.connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
        try:
            yield
        except BaseException as error:
            self._undo(error)
            raise
        if self.writes:
            self.connection.exec_driver_sql(f"RELEASE {_SAVEPOINT}")
        self.writes += 1

    def _undo(self, error: BaseException) -> None:
        # SQLite itself ends a transaction after some errors, such as a full disk
        raw: Any = self.connection.connection.dbapi_connection
        if not self.writes or not raw.in_transaction:
            self.error = error
            return
        try:
            self.connection.exec_driver_sql(f"ROLLBACK TO {_SAVEPOINT}")
        except BaseException:
            self.error = error
            raise


class GroupCommitWriter:
    """The group commit of one process's writers."""

    def __init__(self, engine: Engine, patience_seconds: float, silent: str) -> None:
        self._engine = engine
        self._patience = patience_seconds
        self._silent = silent
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write inside the block; the writes are durable when it has ended without an error."""
        self._acquire()
        try:
            batch = self._batch or self._begin()
        except BaseException:
            self._release()
            raise
        try:
            with batch.write():
                yield batch.connection
        except BaseException as error:
            self._release()
            if batch.error is not error:
                # another writer's row may be the cause: wait until that row is durable
                self._await_commit(batch)
            raise
        self._release()
        self._await_commit(batch)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the write lock, for a writer that commits for itself."""
        self._acquire()
        try:
            if self._batch is not None:
                self._end(self._batch)
            yield
        finally:
            self._lock.release()

    def _acquire(self) -> None:
        with self._counting:
            self._waiting += 1
        try:
            mine = self._lock.acquire(timeout=self._patience)
        finally:
            with self._counting:
                self._waiting -= 1
        if not mine:
            raise ServiceUnavailable(self._silent, retry_after=5)

    def _begin(self) -> _Batch:
        connection = self._engine.connect()
        try:
            connection = connection.execution_options(stagedoor_writes=True)
            connection.begin()
        except BaseException:
            connection.close()
            raise
        self._batch = _Batch(connection)
        return self._batch

    def _release(self) -> None:
        """Release the lock; end the transaction, unless the next writer joins it."""
        batch = self._batch
        try:
            if batch is not None and (batch.error or not self._waiting or batch.writes >= MOST):
                self._end(batch)
        finally:
            self._lock.release()

    def _end(self, batch: _Batch) -> None:
        self._batch = None
        try:
            if batch.error is None:
                batch.connection.commit()
        except BaseException as error:
            batch.error = error
        finally:
            batch.over.set()
            batch.connection.close()

    def _await_commit(self, batch: _Batch) -> None:
        while not batch.over.wait(_PATIENCE_SECONDS):
            # the writer that was to join may have given up: the next holder of the lock commits
            if self._lock.acquire(blocking=False):
                try:
                    if self._batch is batch:
                        self._end(batch)
                finally:
                    self._lock.release()
        if batch.error is not None:
            raise ServiceUnavailable(self._silent, retry_after=5) from batch.error
