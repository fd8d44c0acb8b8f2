"""An organisation's own view of the database: the one place that binds queries to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Row,
    Select,
    Table,
    Update,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from .metadata import ORG


class Scope:
    """Reads and writes of one organisation's rows, on one connection.

    Every statement that it makes is bound to the organisation; nothing else touches tables that
    have an `org` column (a test looks for it).
    """

    def __init__(self, connection: Connection, org: str) -> None:
        if not org:
            raise ValueError("a scope needs an organisation")
        self.connection = connection
        self.org = org

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        return select(*(columns or (table,))).where(table.c[ORG] == self.org)

    def update(self, table: Table) -> Update:
        return update(table).where(table.c[ORG] == self.org)

    def delete(self, table: Table) -> Delete:
        return delete(table).where(table.c[ORG] == self.org)

    def insert(self, table: Table, **values: Any) -> None:
        self.connection.execute(insert(table).values(**values, **{ORG: self.org}))

    def insert_new(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert those that no unique constraint knows already."""
        if rows:
            dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
            bound = [{**row, ORG: self.org} for row in rows]
            self.connection.execute(dialect.insert(table).on_conflict_do_nothing(), bound)

    def one(self, statement: Select[Any]) -> Row[Any] | None:
        return self.connection.execute(statement).one_or_none()

    def all(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        return self.connection.execute(statement).all()

    def run(self, statement: Update | Delete) -> int:
        """How many rows it met."""
        return self.connection.execute(statement).rowcount


def organisations_with(
    connection: Connection, table: Table, *where: ColumnElement[bool]
) -> Sequence[str]:
    """Which organisations have such rows: names alone, to open a `Scope` for each.

    What comes from TikTok (a webhook, a creator's browser) names no organisation.
    """
    query = select(table.c[ORG]).where(*where).distinct().order_by(table.c[ORG])
    return connection.scalars(query).all()
