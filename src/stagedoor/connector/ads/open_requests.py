"""Changes of budgets under way in organisations without a limit, which a first limit waits for.

A change writes its row and reads the limits after that; a new limit is written, and the rows are
read after that. So one of the two sees the other, whichever is first.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from .. import leases
from ..database import Database, TenantConnection
from ..errors import ApiError
from . import store

logger = logging.getLogger("stagedoor.ads")

_SECONDS = 60.0
"""Longer than a request to TikTok takes: the row is renewed right before each one."""
_PAUSES = (0.01, 0.05)


class OpenRequest:
    """A change of budgets under way."""

    def __init__(self, database: Database, org: str) -> None:
        self._database = database
        self._org = org
        self._id = uuid.uuid4().hex
        self._told = False

    def renew(self) -> None:
        """Write that a request is about to be sent."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, self._org)
            store.put_request(tenant, self._id, leases.hold(_SECONDS))
        self._told = True

    def end(self) -> None:
        """Write that no request is under way any more. Idempotent."""
        if self._told:
            with self._database.begin() as connection:
                store.remove_request(TenantConnection(connection, self._org), self._id)
            self._told = False


class OpenRequests:
    """The changes of budgets under way of all organisations. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def one(self, org: str) -> Iterator[OpenRequest]:
        """A change, which ends with the block."""
        request = OpenRequest(self._database, org)
        try:
            yield request
        finally:
            try:
                request.end()
            except (ApiError, SQLAlchemyError):
                # what was done stays done: a new limit waits until the row has expired
                logger.warning("a change of budgets wasn't ended", exc_info=True)

    def wait(self, org: str, seconds: float) -> bool:
        """Wait until the changes under way now have ended; False: they haven't within this time."""
        end = time.monotonic() + seconds
        while self._held(org):
            if time.monotonic() > end:
                return False
            time.sleep(random.uniform(*_PAUSES))  # noqa: S311
        return True

    def _held(self, org: str) -> bool:
        """Whether a process that lives has a change under way; rows of others are removed."""
        with self._database.read() as connection:
            rows = store.requests(TenantConnection(connection, org))
        left = [row.id for row in rows if leases.is_free(row)]
        if left:
            with self._database.begin() as connection:
                for one in left:
                    store.remove_request(TenantConnection(connection, org), one)
        return len(left) < len(rows)
