"""Bringing a database to the newest shape, by migrations named for their reason."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from .engine import Database

_FOLDER = Path(__file__).parent.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def upgrade(database: Database) -> None:
    """Run what is missing; one process at a time does it, the others find it done."""
    config = _config()
    with database.begin() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7268451)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(database: Database) -> bool:
    """Whether the database has the newest shape."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
