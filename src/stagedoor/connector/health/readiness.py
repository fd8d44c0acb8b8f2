"""Whether database and media store accept writes: tested by a write, rarely and in one thread."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from ..database import Database
from ..errors import ApiError
from ..installation import store as installation
from ..media.service import MediaService

_HOLDS_SECONDS = 2.0
_HOLDS_REMOTE_SECONDS = 30.0
"""How long a result is cached: anybody may ask, and each write to a remote store has a cost."""
_PATIENCE = 5.0

logger = logging.getLogger("stagedoor.service")


@dataclass(slots=True)
class _Check:
    """A write check of one kind, and its last result."""

    write: Callable[[], str]
    holds: float
    found: str = ""
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Readiness:
    """The write checks of one process. It has threads of its own, since those that serve requests
    may all be busy."""

    def __init__(self, database: Database, media: MediaService) -> None:
        self._database = database
        self._media = media
        self._threads = ThreadPoolExecutor(2, "stagedoor readiness")
        remote = media.storage.url is not None
        self._database_check = _Check(self._write_database, _HOLDS_SECONDS)
        self._media_check = _Check(
            self._write_media, _HOLDS_REMOTE_SECONDS if remote else _HOLDS_SECONDS
        )

    def database(self) -> str:
        """Why the database accepts no writes, in words that anybody may see; empty: it does.

        Blocks for some seconds at most: never call it on an event loop.
        """
        return self._ask(self._database_check)

    def media(self) -> str:
        """The same for the media store."""
        return self._ask(self._media_check)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, check: _Check) -> str:
        with check.lock:
            if time.monotonic() >= check.until:
                try:
                    check.found = self._threads.submit(check.write).result(_PATIENCE)
                except TookTooLong:
                    check.found = f"takes no write within {_PATIENCE:.0f} s"
                check.until = time.monotonic() + check.holds
            return check.found

    def _write_database(self) -> str:
        try:
            with self._database.begin() as connection:
                installation.put(connection, "write_check", uuid.uuid4().hex)
        except (ApiError, SQLAlchemyError) as error:
            logger.warning("the database takes no writes: %s", error)
            return "takes no writes"
        return ""

    def _write_media(self) -> str:
        try:
            # first the write, which fails fast: reading the identity retries for minutes
            self._media.storage.try_write()
            if self._media.identity.problem():
                return "isn't the one that the database knows"
        except (ApiError, OSError) as error:
            logger.warning("the media store takes no writes: %s", error)
            return getattr(error, "message", "takes no writes")
        return ""
