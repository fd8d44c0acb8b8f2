"""Reading and writing facts about the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from .models import facts

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def get(connection: Connection, name: str) -> str | None:
    query = select(facts.c.value).where(facts.c.name == name)
    return connection.scalars(query).one_or_none()


def claim(connection: Connection, name: str, value: str) -> str:
    """The value in force: the first one that any process wrote."""
    new = _INSERT[connection.dialect.name](facts).values(name=name, value=value)
    connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))
    return get(connection, name) or value


def put(connection: Connection, name: str, value: str) -> None:
    new = _INSERT[connection.dialect.name](facts).values(name=name, value=value)
    connection.execute(
        new.on_conflict_do_update(index_elements=["name"], set_={"value": new.excluded.value})
    )
