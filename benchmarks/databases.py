"""Both databases of the service, empty, with all tables."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from stagedoor.connector.database import Database, metadata
from stagedoor.connector.database.migrate import upgrade
from stagedoor.connector.domains import CONNECTOR
from tests.support import postgres

KINDS = ("SQLite", "PostgreSQL")


@contextlib.contextmanager
def database(kind: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder and the settings of a service on a new database."""
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="stagedoor-bench-"))
        folder = Path(name)
        if kind == "SQLite":
            url = f"sqlite:///{folder / 'data' / 'stagedoor.db'}"
        else:
            server = stack.enter_context(postgres.running())
            url = server.url(server.copy())
        CONNECTOR.import_tables()
        made = Database(url)
        upgrade(made)
        with made.begin() as connection:
            metadata.create_all(connection)
        made.close()
        yield (
            folder,
            {
                "STAGEDOOR_DATA": str(folder / "data"),
                "STAGEDOOR_HOME": str(folder / "home"),
                "STAGEDOOR_DATABASE_URL": url,
                "TIKTOK_CLIENT_KEY": "emulator-client-key",
                "TIKTOK_CLIENT_SECRET": "emulator-client-secret",
            },
        )
