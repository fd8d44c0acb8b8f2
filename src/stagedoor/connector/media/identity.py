"""Checks whether the media store that this process sees belongs to the database.

Database and store hold the same identity, which the first start writes. A process with another
folder, an empty mount point or another bucket finds none there, or another one: it does no work
that needs media, so that no post fails because its files are elsewhere.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid

from sqlalchemy import Connection

from ..database import Database, TenantConnection, organisations_with
from ..errors import ApiError
from ..installation import store as installation
from .errors import StoreFailed, StoreForeign
from .models import media
from .storage import Storage

KEY = "stagedoor-store"
"""The object that holds the store's identity."""
_NAME = "media_store"
_GOOD_SECONDS = {True: 10.0, False: 60.0}
"""How long a good result is cached: for a folder, which may be unmounted, and for a remote
store."""
_BAD_SECONDS = 2.0
_ORGANISATIONS, _FILES = 20, 5
"""How many files are looked for to recognise a store without an identity."""
_SETTINGS = (
    "Give it the same STAGEDOOR_DATA or STAGEDOOR_MEDIA_URL as the other processes, or mount the "
    "folder."
)
_TOLD = (
    "This process doesn't see the media store of this installation, and does nothing with media. "
    "Nothing was lost: its log says what is to be done."
)

logger = logging.getLogger("stagedoor.media")


class StoreIdentity:
    """The check of one process. Thread-safe. Don't call it inside a transaction."""

    def __init__(self, storage: Storage, database: Database) -> None:
        self._storage = storage
        self._database = database
        self._lock = threading.Lock()
        self._problem = ""
        self._recognised = False
        self._warned = ""
        self._asking: threading.Thread | None = None
        self._until = 0.0

    def check(self) -> None:
        """Raise `StoreForeign` if it is the wrong store, or the error of reading the identity.

        If the right store has been recognised before and doesn't answer now, nothing is raised:
        only operations on the store fail.
        """
        try:
            problem = self.problem()
        except StoreFailed:
            if not self._recognised:
                raise
            return
        if problem:
            raise StoreForeign(_TOLD)

    def problem(self) -> str:
        """The problem, for the operator; empty: none. The first start records the identity.

        Raises the errors of database and store.
        """
        with self._lock:
            if time.monotonic() < self._until:
                return self._problem
            found = self._claim() or self.look()
            if found and found != self._problem:
                logger.error("%s", found)
            elif self._problem and not found:
                logger.info("the media store is the right one again")
            self._problem, self._recognised, self._warned = found, not found, ""
            good = _GOOD_SECONDS[self._storage.url is None]
            self._until = time.monotonic() + (_BAD_SECONDS if found else good)
            return found

    def stands_in_the_way(self) -> bool:
        """Whether work that needs media must be left to other processes now.

        Never waits for a remote store: the last result counts until a thread has a new one.
        """
        if self._storage.url is None:
            return not self._asked_well()
        asking = self._asking is not None and self._asking.is_alive()
        if not asking and time.monotonic() >= self._until:
            self._asking = threading.Thread(target=self._ask_remote, name="identity", daemon=True)
            self._asking.start()
        return not self._recognised

    def _ask_remote(self) -> None:
        if not self._asked_well():
            time.sleep(_BAD_SECONDS)

    def _asked_well(self) -> bool:
        try:
            return not self.problem()
        except ApiError as error:
            if str(error) != self._warned:
                self._warned = str(error)
                logger.warning("the media store can't be asked for its identity: %s", error)
            return False

    def look(self) -> str:
        """`problem` without a cache and without writing anything."""
        with self._database.read() as connection:
            ours = installation.get(connection, _NAME)
        theirs = self._theirs()
        if ours is None:
            if theirs is None and not self._is_ours_or_new():
                return (
                    f"The media store ({self._place}) holds none of the files that the database "
                    f"knows. {_SETTINGS}"
                )
            return ""
        if theirs is None:
            return (
                f"The media store ({self._place}) isn't the one that the database knows: it has "
                f"no object named {KEY}. {_SETTINGS} If its files are lost for good, make that "
                f"object with this text in it: {ours}"
            )
        if theirs != ours:
            return (
                f"The media store ({self._place}) is of another installation: its object {KEY} "
                f"says {theirs}, the database says {ours}. {_SETTINGS}"
            )
        return ""

    @property
    def _place(self) -> str:
        return "STAGEDOOR_MEDIA_URL" if self._storage.url else str(self._storage.folder)

    def _theirs(self) -> str | None:
        if self._storage.url is None and not self._storage.folder.is_dir():
            return None
        found = self._storage.get(KEY)
        return None if found is None else found.decode("ascii", "replace").strip()

    def _claim(self) -> str:
        """Record the identity of a new installation, or of one that had none; a text if there is a
        problem.

        The store is written first: a process that dies in between leaves an identity that the next
        one takes over.
        """
        with self._database.read() as connection:
            if installation.get(connection, _NAME) is not None:
                return ""
        if not self._is_ours_or_new():
            return ""
        self._storage.create(KEY, uuid.uuid4().hex.encode())
        theirs = self._theirs()
        if theirs is None:
            return f"The media store ({self._place}) doesn't keep what is written to it."
        with self._database.begin() as connection:
            installation.claim(connection, _NAME, theirs)
        return ""

    def _is_ours_or_new(self) -> bool:
        """Whether the store holds files that the database knows, or the database knows no files."""
        with self._database.read() as connection:
            keys = _some_files(connection)
        return not keys or any(self._storage.has(key) for key in keys)


def _some_files(connection: Connection) -> list[str]:
    found = []
    for org in organisations_with(connection, media, media.c.received > 0)[:_ORGANISATIONS]:
        tenant = TenantConnection(connection, org)
        newest = tenant.select(media, media.c.parts).where(media.c.received > 0)
        rows = tenant.all(newest.order_by(media.c.created.desc()).limit(_FILES))
        found += [row.parts[0][0] for row in rows if row.parts]
    return found
