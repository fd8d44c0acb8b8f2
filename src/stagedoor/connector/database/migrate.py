"""Migrating a database to the newest schema. Migrations are named for their reason."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import column, inspect, select, table

from .engine import Database

_FOLDER = Path(__file__).parent.parent / "migrations"
_SHAPE = table("alembic_version", column("version_num"))


class NewerDatabase(Exception):
    """The database was migrated by a later version of Stagedoor."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the missing migrations, up to `revision`. One process at a time does so; the others then
    find nothing to do. Raises `NewerDatabase`."""
    # imported here: only a process that migrates waits for Alembic to load
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    with database.begin() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7268451)")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise NewerDatabase(
                "The database was brought to its shape by a newer version of Stagedoor: start "
                f"that version, or use another database ({error})"
            ) from error


def newest() -> str:
    """The revision of the last migration: the files are named by their revisions, in order."""
    return max(path.stem.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def current(database: Database) -> bool:
    """Whether the database has the newest schema."""
    with database.read() as connection:
        if not inspect(connection).has_table(_SHAPE.name):
            return False
        return connection.scalars(select(_SHAPE.c.version_num)).all() == [newest()]
