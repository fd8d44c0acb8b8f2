"""Checks at startup whether the vault's keys decrypt the data keys in the database.

A vault whose keys are gone answers every request with an error, for ever, and new keys beside old
data keys would hide that. So a process with the wrong keys doesn't start, and new keys are made
only for a vault that holds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Row, func, inspect, select
from sqlalchemy.engine import make_url

from stagedoor.platform.counting import counted

from .. import keys as key_files
from ..database import Database
from ..errors import ServiceUnavailable
from ..keys import Keys
from ..settings import Settings, SettingsError
from . import envelope
from .envelope import KEY, Sealed
from .models import data_keys

RESET = "'stagedoor vault reset' gives the tokens up and keeps everything else"


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The number of data keys that a vault key wraps by its id, and the number that it really
    unwraps."""

    key_id: str
    known: bool
    """Whether this process has a vault key with this id."""
    wraps: int
    opens: int

    @property
    def closed(self) -> int:
        return self.wraps - self.opens


class WrongKeys(SettingsError):
    """The keys of this process don't unwrap the vault's data keys."""


def keys_for(settings: Settings, database: Database) -> Keys:
    """The keys in force; a first start makes some. Raises `WrongKeys` instead of making keys where
    the vault has data keys already."""
    found = key_files.found(settings)
    if found is not None:
        return found
    uses = examine(database, None)
    if uses:
        raise WrongKeys(words(settings, uses))
    return key_files.make(settings)


def keys_of(settings: Settings) -> Keys:
    """`keys_for` for a database that isn't open; no database file is created. Raises `WrongKeys`
    where the service couldn't start with these keys; a database that doesn't answer isn't asked."""
    found = key_files.found(settings)
    if not may_exist(settings):
        return found or key_files.make(settings)
    with closing(Database(settings.database_url)) as database:
        if found is None:
            return keys_for(settings, database)
        with suppress(ServiceUnavailable):
            check(settings, database, found)
    return found


def may_exist(settings: Settings) -> bool:
    """Whether there may be a database: False for SQLite where its file isn't there."""
    path = make_url(settings.database_url).database or ""
    return not settings.embedded or Path(path).is_file()


def check(settings: Settings, database: Database, keys: Keys) -> None:
    """Raises `WrongKeys` unless every data key unwraps."""
    uses = examine(database, keys)
    if any(use.closed for use in uses):
        raise WrongKeys(words(settings, uses))


def examine(database: Database, keys: Keys | None) -> list[KeyUse]:
    """The use of each vault key that is known or referenced, the known ones first and in their
    order."""
    ring = _ring(keys)
    wraps: dict[str, int] = dict.fromkeys(ring, 0)
    opens: dict[str, int] = dict.fromkeys(ring, 0)
    for row in _rows(database):
        wraps[row.wrapping_key] = wraps.get(row.wrapping_key, 0) + 1
        opens[row.wrapping_key] = opens.get(row.wrapping_key, 0) + opens_with(ring, row)
    return [KeyUse(key_id, key_id in ring, wraps[key_id], opens[key_id]) for key_id in wraps]


def closed_rows(database: Database, keys: Keys) -> list[Row[Any]]:
    """The data keys that no key of this process unwraps."""
    ring = _ring(keys)
    return [row for row in _rows(database) if not opens_with(ring, row)]


def sampled(database: Database, keys: Keys) -> bool:
    """Whether this process's vault keys unwrap one data key each: cheap enough for a health check.

    A key that this process doesn't have yet is no failure while others work: another process may
    have been started with it already.
    """
    ring = _ring(keys)
    newest = select(func.max(data_keys.c.id)).group_by(data_keys.c.wrapping_key)
    with database.read() as connection:
        rows = connection.execute(select(data_keys).where(data_keys.c.id.in_(newest))).all()
    known = [row for row in rows if row.wrapping_key in ring]
    return all(opens_with(ring, row) for row in known) and bool(known or not rows)


def opens_with(ring: dict[str, AESGCM], row: Row[Any]) -> bool:
    """Whether the ring's key with this row's key id unwraps the row."""
    try:
        cipher = ring.get(envelope.key_of(KEY, row.wrapped))
        if cipher is None:
            return False
        envelope.open_(KEY, cipher, (row.id, row.scope), row.wrapped)
    except Sealed:
        return False
    return True


def _ring(keys: Keys | None) -> dict[str, AESGCM]:
    return {} if keys is None else {key_id: AESGCM(key) for key_id, key in keys.vault.items()}


def _rows(database: Database) -> Iterator[Row[Any]]:
    with database.read() as connection:
        if not inspect(connection).has_table(data_keys.name):
            return
        rows = connection.execute(select(data_keys).order_by(data_keys.c.wrapping_key)).all()
    yield from rows


def source(settings: Settings) -> str:
    """The file or variable that the keys are read from, in the user's words."""
    return "STAGEDOOR_VAULT_KEYS" if settings.vault_keys else str(settings.keys_file)


def words(settings: Settings, uses: list[KeyUse]) -> str:
    """One line: which file or variable is meant, which keys are missing, and what to do."""
    said, uses = source(settings), [use for use in uses if use.closed]
    if not settings.vault_keys and not settings.keys_file.exists():
        ids = ", ".join(use.key_id for use in uses)
        held = sum(use.wraps for use in uses)
        return (
            f"{said} is missing, and the vault holds {count(held)} wrapped by {ids}: put the "
            f"file's backup back, or set STAGEDOOR_VAULT_KEYS. Without it, {RESET}."
        )
    told = "; ".join(
        f"its key {use.key_id} opens {use.opens} of {count(use.wraps)}"
        if use.known
        else f"it lacks the key {use.key_id}, which wraps {count(use.wraps)}"
        for use in uses
    )
    return (
        f"{said} doesn't open what the vault holds: {told}. Put the right keys back there; "
        f"without them, {RESET}."
    )


def count(number: int) -> str:
    return counted(number, "data key")
