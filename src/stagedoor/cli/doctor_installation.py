"""Findings of `stagedoor doctor` about a service on this machine; creates no folders or keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from stagedoor.connector import keys as key_files
from stagedoor.connector import settings as settings_module
from stagedoor.connector.database import Database
from stagedoor.connector.database.migrate import current
from stagedoor.connector.errors import ApiError
from stagedoor.connector.media.identity import StoreIdentity
from stagedoor.connector.media.storage import Storage
from stagedoor.connector.pauses import store as pauses
from stagedoor.connector.settings import Settings, SettingsError
from stagedoor.connector.vault import opening

from . import terminal
from .findings import Finding, FindingMark


def examine() -> Iterator[Finding]:
    """Findings about the service; none if no service was ever started with these settings."""
    try:
        settings = settings_module.load()
        if not opening.may_exist(settings):
            return
        with closing(Database(settings.database_url)) as database:
            yield _vault(settings, database)
            yield from _media_store(settings, database)
            yield from _pause(database)
    except (SettingsError, ApiError) as error:
        said = error.message if isinstance(error, ApiError) else str(error)
        yield Finding(FindingMark.WRONG, "service", "can't be used", said)


def _pause(database: Database) -> Iterator[Finding]:
    if not current(database):
        return
    with database.read() as connection:
        row = pauses.service(connection)
    if not row.paused:
        yield Finding(FindingMark.OK, "publishing", "goes on")
        return
    why = row.paused_why or "somebody paused it"
    if row.paused_reason == "restored":
        why = f"the database counts as restored: {row.paused_why}"
    yield Finding(
        FindingMark.WRONG,
        "publishing",
        f"is paused; {why}",
        "look at what was made since the backup, then run 'stagedoor resume'",
    )


def _media_store(settings: Settings, database: Database) -> Iterator[Finding]:
    """Whether the media store is the one that the database knows; read-only."""
    if not current(database):
        return
    storage = Storage(settings.media_url, settings.data / "media")
    problem = StoreIdentity(storage, database).look()
    if problem:
        yield Finding(
            FindingMark.WRONG,
            "media store",
            "not the one that the service's database knows",
            problem,
        )
    else:
        yield Finding(FindingMark.OK, "media store", "the one that the service's database knows")


def _vault(settings: Settings, database: Database) -> Finding:
    known = key_files.found(settings)
    uses = opening.examine(database, known)
    source = opening.source(settings)
    if any(use.closed for use in uses):
        return Finding(
            FindingMark.WRONG, "vault", "its keys don't open it", opening.words(settings, uses)
        )
    if known is None:
        return Finding(
            FindingMark.NOTE, "vault", f"{source} doesn't exist yet, and the vault is empty"
        )
    held = sum(use.wraps for use in uses)
    return Finding(
        FindingMark.OK, "vault", f"{source} opens all of it ({terminal.counted(held, 'data key')})"
    )
