"""The service's public address, for commands that print links to it."""

from __future__ import annotations

from dataclasses import replace

from ..database import Database
from ..settings import Settings
from . import store

_FACT = "public_url"


def remember(database: Database, settings: Settings) -> None:
    """Store the address in force; the service that started last wins."""
    with database.begin() as connection:
        store.put(connection, _FACT, settings.public_url)


def recall(database: Database, settings: Settings) -> Settings:
    """The settings with the stored address, if this process was given none."""
    if settings.public_url_said:
        return settings
    with database.read() as connection:
        found = store.get(connection, _FACT)
    return settings if found is None else replace(settings, public_url=found)
