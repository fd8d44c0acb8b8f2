"""Statements that are compiled once and handed to the driver as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update
from sqlalchemy.exc import DBAPIError


@contextmanager
def _told(connection: Connection) -> Iterator[None]:
    """The driver's errors as SQLAlchemy names them, without what was sent."""
    dialect = connection.dialect
    try:
        yield
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            None, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
        ) from error


class Prepared:
    """For where every microsecond counts: it takes a third of the time of the usual way.

    No type is converted on the way, so it is for text, numbers and bytes. Of a statement of
    `MINE`, a scope's `given` brings the organisation in.
    """

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Sequence[str] | None]] = {}

    def one(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, in the order of the columns."""
        cursor = self._sent(connection, values)
        try:
            with _told(connection):
                row: tuple[Any, ...] | None = cursor.fetchone()
        finally:
            cursor.close()
        return row

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        self._sent(connection, values).close()

    def _sent(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        dialect = connection.dialect
        known = self._compiled.get(dialect.name)
        if known is None:
            made: Any = self._statement.compile(dialect=dialect)
            known = self._compiled[dialect.name] = str(made), made.positiontup
        text, names = known
        cursor = connection.connection.cursor()
        try:
            with _told(connection):
                cursor.execute(text, values if names is None else [values[n] for n in names])
        except BaseException:
            cursor.close()
            raise
        return cursor
