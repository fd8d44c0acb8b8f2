"""What `stagedoor doctor` finds about a service on this machine: its database and media store."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from stagedoor.connector import settings as service
from stagedoor.connector.database import Database
from stagedoor.connector.database.migrate import current
from stagedoor.connector.errors import ApiError
from stagedoor.connector.media.identity import StoreIdentity
from stagedoor.connector.media.storage import Storage


def media_store() -> str | None:
    """What is wrong with the media store; empty: nothing. None: no service was set up here.

    Writes nothing and makes no folder.
    """
    try:
        config = service.load()
    except service.SettingsError:
        return None
    if config.embedded and not Path(make_url(config.database_url).database or "").is_file():
        return None
    database = Database(config.database_url)
    try:
        if not current(database):
            return None
        return StoreIdentity(Storage(config.media_url, config.data / "media"), database).look()
    except ApiError as error:
        return error.message
    finally:
        database.close()
