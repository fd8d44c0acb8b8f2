"""Changes of a database behind the service's back."""

from __future__ import annotations

from sqlalchemy import text

from stagedoor.connector.database import Database


def sql(database: Database, *statements: str) -> None:
    """In one transaction. What SQLite's views and triggers write to a table that is renamed goes
    nowhere then, and doesn't follow it to its new name."""
    with database.begin() as connection:
        if database.sqlite:
            connection.execute(text("PRAGMA legacy_alter_table = ON"))
        for one in statements:
            connection.execute(text(one))
        if database.sqlite:
            connection.execute(text("PRAGMA legacy_alter_table = OFF"))
