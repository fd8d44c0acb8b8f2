"""SQLite has one writer: threads write in turns, and one commit makes several turns durable.

A commit costs more than most turns. Who finds somebody waiting at the end of its turn leaves the
transaction open for them; nobody goes on before the commit that holds their turn. A turn that
fails takes back what it wrote itself, and no more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from ..errors import Unavailable

MOST = 32
"""Turns in one transaction: other processes want to write, too."""
_PATIENCE_SECONDS = 0.05
_SAVEPOINT = "stagedoor_turn"


class _Batch:
    """A transaction that is open, and who waits for its end."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.turns = 0
        self.over = threading.Event()
        self.error: BaseException | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What fails inside is undone, and what others wrote before stays.

        Where that can't be had, `error` is set: nothing of the batch may be committed.
        """
        if self.turns:
            self.connection.exec_driver_sql(f"SAVEPOINT {_SAVEPOINT}")
        try:
            yield
        except BaseException as error:
            self._undo(error)
            raise
        if self.turns:
            self.connection.exec_driver_sql(f"RELEASE {_SAVEPOINT}")
        self.turns += 1

    def _undo(self, error: BaseException) -> None:
        # SQLite itself ends a transaction after some errors, such as a full disk
        raw: Any = self.connection.connection.dbapi_connection
        if not self.turns or not raw.in_transaction:
            self.error = error
            return
        try:
            self.connection.exec_driver_sql(f"ROLLBACK TO {_SAVEPOINT}")
        except BaseException:
            self.error = error
            raise


class Together:
    """The writers of one process."""

    def __init__(self, engine: Engine, patience_seconds: float, silent: str) -> None:
        self._engine = engine
        self._patience = patience_seconds
        self._silent = silent
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One turn. What it wrote is durable when the block has ended without an error."""
        self._await_turn()
        try:
            batch = self._batch or self._begin()
        except BaseException:
            self._pass_on()
            raise
        try:
            with batch.turn():
                yield batch.connection
        except BaseException as error:
            self._pass_on()
            if batch.error is not error:
                # it may have failed for what another turn wrote: that is durable by then
                self._await_end(batch)
            raise
        self._pass_on()
        self._await_end(batch)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A turn of who commits what it writes itself."""
        self._await_turn()
        try:
            if self._batch is not None:
                self._end(self._batch)
            yield
        finally:
            self._turn.release()

    def _await_turn(self) -> None:
        with self._counting:
            self._waiting += 1
        try:
            mine = self._turn.acquire(timeout=self._patience)
        finally:
            with self._counting:
                self._waiting -= 1
        if not mine:
            raise Unavailable(self._silent, retry_after=5)

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

    def _pass_on(self) -> None:
        """End a turn; with it the transaction, unless the next turn joins it."""
        batch = self._batch
        try:
            if batch is not None and (batch.error or not self._waiting or batch.turns >= MOST):
                self._end(batch)
        finally:
            self._turn.release()

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

    def _await_end(self, batch: _Batch) -> None:
        while not batch.over.wait(_PATIENCE_SECONDS):
            # who was to join may have given up: whoever gets a turn sees to the commit
            if self._turn.acquire(blocking=False):
                try:
                    if self._batch is batch:
                        self._end(batch)
                finally:
                    self._turn.release()
        if batch.error is not None:
            raise Unavailable(self._silent, retry_after=5) from batch.error
