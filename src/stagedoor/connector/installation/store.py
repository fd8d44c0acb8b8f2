"""Reading and writing the facts of the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from ..database import Database, Prepared
from .models import facts, installation

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_COUNT = Prepared(update(installation).values(effects=installation.c.effects + 1))
_SYSTEM = text(
    "SELECT (SELECT system_identifier::text FROM pg_control_system()), "
    "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
)


def get(connection: Connection, name: str) -> str | None:
    query = select(facts.c.value).where(facts.c.name == name)
    return connection.scalars(query).one_or_none()


def claim(connection: Connection, name: str, value: str) -> str:
    """Store a fact unless another process was first; returns the value in force."""
    new = _INSERT[connection.dialect.name](facts).values(name=name, value=value)
    connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))
    return get(connection, name) or value


def put(connection: Connection, name: str, value: str) -> None:
    new = _INSERT[connection.dialect.name](facts).values(name=name, value=value)
    connection.execute(
        new.on_conflict_do_update(index_elements=["name"], set_={"value": new.excluded.value})
    )


def count_effect(connection: Connection) -> None:
    """Count one more effect; called in the transaction that begins the effect's step, before it is
    sent."""
    _COUNT.run(connection, {})


def row(connection: Connection) -> Any:
    return connection.execute(select(installation)).one()


def change(connection: Connection, **values: Any) -> None:
    connection.execute(update(installation).values(**values))


def next_generation(connection: Connection, known: int, **values: Any) -> bool:
    """Optimistic write of the row: False if another process has changed it since `known`."""
    mine = update(installation).where(installation.c.generation == known)
    return connection.execute(mine.values(**values)).rowcount == 1


def system(database: Database) -> tuple[str | None, str | None]:
    """PostgreSQL's system identifier and timeline; (None, None) without permission to read them,
    and on SQLite."""
    if database.sqlite:
        return None, None
    try:
        with database.read() as connection:
            found = connection.execute(_SYSTEM).one()
    except DBAPIError:
        return None, None
    return str(found[0]), str(found[1])
