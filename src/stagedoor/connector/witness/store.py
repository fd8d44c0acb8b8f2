"""The installation's one row in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import DBAPIError

from ..database import Database, Prepared
from .models import installation

_COUNT = Prepared(update(installation).values(effects=installation.c.effects + 1))
_SYSTEM = text(
    "SELECT (SELECT system_identifier::text FROM pg_control_system()), "
    "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
)


def count_effect(connection: Connection) -> None:
    """One more effect is about to be sent: in the transaction that begins its step."""
    _COUNT.run(connection, {})


def row(connection: Connection) -> Any:
    return connection.execute(select(installation)).one()


def change(connection: Connection, **values: Any) -> None:
    connection.execute(update(installation).values(**values))


def next_generation(connection: Connection, known: int, **values: Any) -> bool:
    """Change the row unless another process has done so since `known`."""
    mine = update(installation).where(installation.c.generation == known)
    return connection.execute(mine.values(**values)).rowcount == 1


def system(database: Database) -> tuple[str | None, str | None]:
    """PostgreSQL's system identifier and timeline; None where nobody may ask for them."""
    if database.sqlite:
        return None, None
    try:
        with database.read() as connection:
            found = connection.execute(_SYSTEM).one()
    except DBAPIError:
        return None, None
    return str(found[0]), str(found[1])
