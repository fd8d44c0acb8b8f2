"""A database connection of one organisation (the tenant): every statement is bound to it."""

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
    """Builds statements that are all bound to the organisation."""

    def __init__(self, org: Any) -> None:
        self.org = org

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        return select(*(columns or (table,))).where(table.c[ORG] == self.org)

    def update(self, table: Table) -> Update:
        return update(table).where(table.c[ORG] == self.org)

    def delete(self, table: Table) -> Delete:
        return delete(table).where(table.c[ORG] == self.org)

    def insert_of(self, table: Table, *names: str) -> Insert:
        """An insert of one row of the organisation, with a bind parameter for each of `names`."""
        values = {name: bindparam(name, type_=table.c[name].type) for name in names}
        return insert(table).values({ORG: self.org, **values})


OF_TENANT = _Statements(bindparam(_TENANT))
"""For statements that are built once and run often, with named values: building one costs several
times the database's time for it. The `TenantConnection` that runs them binds its organisation."""


class TenantConnection(_Statements):
    """Reads and writes one organisation's rows, on one connection.

    No other code touches tables that have an `org` column (a test checks this).
    """

    def __init__(self, connection: Connection, org: str) -> None:
        if not org:
            raise ValueError("a tenant's connection needs an organisation")
        super().__init__(org)
        self.connection = connection

    def insert(self, table: Table, **values: Any) -> None:
        self.connection.execute(_insert(table), {**values, ORG: self.org})

    def insert_new(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows; a row that conflicts with a unique constraint is skipped."""
        if rows:
            dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
            bound = [{**row, ORG: self.org} for row in rows]
            self.connection.execute(dialect.insert(table).on_conflict_do_nothing(), bound)

    def insert_one_new(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert a row unless it conflicts with a unique constraint; returns whether it was
        inserted."""
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        new = dialect.insert(table).values({**row, ORG: self.org}).on_conflict_do_nothing()
        return self.connection.execute(new.returning(table.c[ORG])).first() is not None

    @overload
    def one(self, statement: Select[Any], **values: Any) -> Row[Any] | None: ...
    @overload
    def one(self, statement: Prepared, **values: Any) -> Any: ...
    def one(self, statement: Select[Any] | Prepared, **values: Any) -> Any:
        """The only row, or None."""
        values[_TENANT] = self.org
        if isinstance(statement, Prepared):
            return statement.one(self.connection, values)
        return self.connection.execute(statement, values).one_or_none()

    def all(self, statement: Select[Any] | Prepared, **values: Any) -> Sequence[Any]:
        values[_TENANT] = self.org
        if isinstance(statement, Prepared):
            return statement.all(self.connection, values)
        return self.connection.execute(statement, values).all()

    def delete_each(self, table: Table, keys: Sequence[Row[Any]]) -> None:
        """Delete rows by their keys: rows of the columns that the primary key has beside `org`.
        (SQLite looks for a list of composite keys through all rows of the organisation.)"""
        if keys:
            names = keys[0]._fields
            this = [table.c[name] == bindparam(f"of_{name}") for name in names]
            given = [{f"of_{name}": value for name, value in key._mapping.items()} for key in keys]
            self.connection.execute(self.delete(table).where(*this), given)

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` for a prepared statement of `OF_TENANT`, bound to the organisation."""
        return {**values, _TENANT: self.org}

    def run(self, statement: Update | Delete | Prepared, **values: Any) -> int:
        """Run the statement; the number of affected rows."""
        if isinstance(statement, Prepared):
            return statement.run(self.connection, self.parameters(values))
        given = {**values, _TENANT: self.org} if values else None
        return self.connection.execute(statement, given).rowcount


def renewing(change: Update, names: Iterable[str]) -> Update:
    """`change` as a statement that is built once: its new values come from `renewed`."""
    return change.values({name: bindparam(f"new_{name}") for name in names})


def renewed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


def organisations_with(
    connection: Connection,
    table: Table,
    *where: ColumnElement[bool],
    first: tuple[ColumnElement[Any], int] | None = None,
) -> Sequence[str]:
    """The names of the organisations that have such rows, to open a `TenantConnection` for each.

    Requests that come from TikTok (a webhook, a creator's browser) name no organisation. `first`:
    only so many rows are looked at, the first by this column.
    """
    query = select(table.c[ORG]).where(*where)
    if first is not None:
        column, limit = first
        rows = query.order_by(column).limit(limit).subquery()
        query = select(rows.c[ORG])
        return connection.scalars(query.distinct().order_by(rows.c[ORG])).all()
    return connection.scalars(query.distinct().order_by(table.c[ORG])).all()


def rows_of_all(connection: Connection, table: Table, *columns: Any) -> Sequence[Row[Any]]:
    """(organisation, columns) of every row: for the service's own use, never for a response to a
    caller."""
    return connection.execute(select(table.c[ORG], *columns)).all()


def any_row(connection: Connection, table: Table) -> bool:
    """Whether any organisation has a row in the table."""
    return connection.execute(select(table.c[ORG]).limit(1)).first() is not None
