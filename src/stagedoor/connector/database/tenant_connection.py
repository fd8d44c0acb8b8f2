"""A connection as one organisation (the tenant) uses it: binds every statement to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, overload

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from .metadata import ORG
from .prepared import Prepared

_TENANT = "tenant_org"

_insert = cache(insert)


class _Statements:
    """Every statement that it makes is bound to the organisation."""

    def __init__(self, org: Any) -> None:
        self.org = org

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        return select(*(columns or (table,))).where(table.c[ORG] == self.org)

    def update(self, table: Table) -> Update:
        return update(table).where(table.c[ORG] == self.org)

    def delete(self, table: Table) -> Delete:
        return delete(table).where(table.c[ORG] == self.org)

    def insert_of(self, table: Table, *names: str) -> Insert:
        """A row of the organisation; its values come by their names."""
        values = {name: bindparam(name, type_=table.c[name].type) for name in names}
        return insert(table).values({ORG: self.org, **values})


OF_TENANT = _Statements(bindparam(_TENANT))
"""For statements that are made once and run often, with their values by name: making one costs
several times what the database takes for it. The `TenantConnection` that runs them binds its
organisation."""


class TenantConnection(_Statements):
    """Reads and writes of one organisation's rows, on one connection.

    Nothing else touches tables that have an `org` column (a test looks for it).
    """

    def __init__(self, connection: Connection, org: str) -> None:
        if not org:
            raise ValueError("a tenant's connection needs an organisation")
        super().__init__(org)
        self.connection = connection

    def insert(self, table: Table, **values: Any) -> None:
        self.connection.execute(_insert(table), {**values, ORG: self.org})

    def insert_new(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert those that no unique constraint knows already."""
        if rows:
            dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
            bound = [{**row, ORG: self.org} for row in rows]
            self.connection.execute(dialect.insert(table).on_conflict_do_nothing(), bound)

    @overload
    def one(self, statement: Select[Any], **values: Any) -> Row[Any] | None: ...
    @overload
    def one(self, statement: Prepared, **values: Any) -> Any: ...
    def one(self, statement: Select[Any] | Prepared, **values: Any) -> Any:
        """Its only row, or None."""
        values[_TENANT] = self.org
        if isinstance(statement, Prepared):
            return statement.one(self.connection, values)
        return self.connection.execute(statement, values).one_or_none()

    def all(self, statement: Select[Any] | Prepared, **values: Any) -> Sequence[Any]:
        values[_TENANT] = self.org
        if isinstance(statement, Prepared):
            return statement.all(self.connection, values)
        return self.connection.execute(statement, values).all()

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` for a prepared statement of `OF_TENANT`, bound to the organisation."""
        return {**values, _TENANT: self.org}

    def run(self, statement: Update | Delete | Prepared, **values: Any) -> int:
        """How many rows it met."""
        if isinstance(statement, Prepared):
            return statement.run(self.connection, self.given(values))
        given = {**values, _TENANT: self.org} if values else None
        return self.connection.execute(statement, given).rowcount


def renewing(change: Update, names: Iterable[str]) -> Update:
    """`change` as a statement to be made once: its new values come from `renewed`."""
    return change.values({name: bindparam(f"new_{name}") for name in names})


def renewed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


def organisations_with(
    connection: Connection, table: Table, *where: ColumnElement[bool]
) -> Sequence[str]:
    """Which organisations have such rows: names alone, to open a `TenantConnection` for each.

    What comes from TikTok (a webhook, a creator's browser) names no organisation.
    """
    query = select(table.c[ORG]).where(*where).distinct().order_by(table.c[ORG])
    return connection.scalars(query).all()


def rows_of_all(connection: Connection, table: Table, *columns: Any) -> Sequence[Row[Any]]:
    """(organisation, columns) of every row: for what the service keeps of itself, and never for
    what a caller is shown."""
    return connection.execute(select(table.c[ORG], *columns)).all()


def any_row(connection: Connection, table: Table) -> bool:
    """Whether any organisation has a row in the table."""
    return connection.execute(select(table.c[ORG]).limit(1)).first() is not None
