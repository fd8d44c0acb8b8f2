"""Group commit of deliveries in one thread: a commit has all that arrived while the previous one
was written."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Sequence

from ..clock import Clock
from ..database import Database
from ..errors import ApiError, ServiceUnavailable
from . import store
from .store import InboxEntry

BATCH = 512
MAX_WAITING = 4096
"""Deliveries that may wait for their commit; more are refused, and TikTok delivers them again."""

logger = logging.getLogger("stagedoor.webhooks")

_Waiting = tuple[InboxEntry, "asyncio.Future[None]", asyncio.AbstractEventLoop]


class InboxWriter:
    """Call `keep` from an event loop; `close` from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def keep(self, entry: InboxEntry) -> asyncio.Future[None]:
        """The future is done once the entry is committed; `ServiceUnavailable` when it can't be."""
        if self._queue.qsize() >= MAX_WAITING:
            raise ServiceUnavailable(
                "Too many deliveries wait to be kept. Try again.", retry_after=5
            )
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="stagedoor inbox", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        self._queue.put((entry, kept, loop))
        return kept

    def close(self) -> None:
        """Write the entries that were accepted, and stop the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, going_on = [first], True
            while len(batch) < BATCH:
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
                if item is None:
                    going_on = False
                    break
                batch.append(item)
            self._keep(batch)
            if not going_on:
                return

    def _keep(self, batch: Sequence[_Waiting]) -> None:
        try:
            self._write([entry for entry, _, _ in batch])
        except ApiError as error:
            logger.warning("%d deliveries could not be kept: %s", len(batch), error)
            _tell(batch, error)
        except Exception:
            if len(batch) > 1:  # an entry that the database refuses must not fail the others
                for item in batch:
                    self._keep([item])
                return
            logger.exception("a delivery could not be kept")
            _tell(batch, ServiceUnavailable("The delivery could not be kept. Try again."))
        else:
            _tell(batch, None)

    def _write(self, entries: Sequence[InboxEntry]) -> None:
        now = self._clock.now()
        with self._database.begin() as connection:
            store.add(connection, entries, self._database.sqlite, now)


def _tell(batch: Sequence[_Waiting], error: ApiError | None) -> None:
    loop = batch[0][2]
    futures = [kept for _, kept, _ in batch]

    def settle() -> None:
        for kept in futures:
            if kept.done():  # the task that waited has gone
                continue
            if error is None:
                kept.set_result(None)
            else:
                kept.set_exception(error)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:  # the event loop is closed: nobody waits any more
        return
