"""A worker: hands due rows to the engine, sends heartbeats, takes over from dead workers."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import delete, insert, select, update

from . import process_identity
from .clock import Clock
from .database import Database
from .errors import ServiceUnavailable
from .jobs import Jobs
from .schedule import store
from .schedule.models import workers
from .schedule.store import Due

LEASE_SECONDS = 30.0
ALIVE_SECONDS = 15.0
BEAT_SECONDS = 3.0
POLL_SECONDS = 0.1
BATCH = 64
STARTERS = 4

logger = logging.getLogger("stagedoor.worker")


class Worker:
    """A worker; it runs in threads of its own until it is stopped."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        make_jobs: Callable[[str], Jobs],
        real: Callable[[], float] = time.time,
        unable: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """`unable` returns the kinds of work that this process can't do now: other workers do
        them."""
        self.id = f"w{uuid.uuid4().hex}"
        self._database = database
        self._clock = clock
        self._jobs = make_jobs(self.id)
        self._real = real
        self._unable = unable
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._starters = ThreadPoolExecutor(STARTERS, "stagedoor starter")

    def start(self) -> None:
        """Launch the engine and the worker's threads."""
        self._jobs.launch()
        self._beat()
        for loop in (self._dispatch_loop, self._beat_loop):
            thread = threading.Thread(target=loop, name=f"stagedoor {loop.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Take no more work, give running work a moment, and leave the rest to other workers. A
        second call has no effect."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        for thread in self._threads:
            thread.join(10)
        self._starters.shutdown()
        self._jobs.stop(self._give_back)
        with self._database.begin() as connection:
            connection.execute(
                update(workers).where(workers.c.id == self.id).values(alive_until=0.0)
            )

    def _give_back(self, kind: str, ref: str) -> None:
        with self._database.begin() as connection:
            store.wait(connection, kind, ref, self._clock.now())

    def dispatch(self) -> int:
        """Hand one batch of due rows to the engine; returns the number of rows."""
        taken = store.take(
            self._database,
            self.id,
            self._clock.now(),
            self._real(),
            LEASE_SECONDS,
            BATCH,
            self._unable(),
        )
        # concurrently, since each start waits for the engine's database
        list(self._starters.map(self._start, self._parted(taken)))
        if taken:
            store.done(self._database, [row.id for row in taken])
        return len(taken)

    def _parted(self, rows: Sequence[Due]) -> Iterator[list[Due]]:
        """Group the rows by the jobs to be started."""
        for kind in dict.fromkeys(row.kind for row in rows):
            same = [row for row in rows if row.kind == kind]
            for first in range(0, len(same), most := self._jobs.most(kind)):
                yield same[first : first + most]

    def _start(self, rows: list[Due]) -> None:
        self._jobs.start(rows[0].kind, [row.ref for row in rows], _key(rows))

    def _dispatch_loop(self) -> None:
        while not self._stopping.is_set():
            try:
                busy = self.dispatch() == BATCH
            except ServiceUnavailable as error:
                logger.warning("due rows can't be read: %s", error)
                busy = False
            except Exception:
                logger.exception("due rows could not be handed over")
                busy = False
            if not busy:
                self._stopping.wait(POLL_SECONDS)

    def _beat_loop(self) -> None:
        tidied = time.monotonic()
        while not self._stopping.wait(BEAT_SECONDS):
            try:
                self._beat()
                if time.monotonic() - tidied > 3600:
                    tidied = time.monotonic()
                    self._jobs.tidy(self._real())
            except Exception:
                logger.exception("the worker's heartbeat failed")

    def _beat(self) -> None:
        """Send a heartbeat, and adopt the work of dead workers."""
        now = self._real()
        with self._database.begin() as connection:
            mine = update(workers).where(workers.c.id == self.id)
            if not connection.execute(mine.values(alive_until=now + ALIVE_SECONDS)).rowcount:
                connection.execute(
                    insert(workers).values(
                        id=self.id,
                        host=socket.gethostname(),
                        pid=os.getpid(),
                        process_started=process_identity.started(os.getpid()) or 0.0,
                        alive_until=now + ALIVE_SECONDS,
                    )
                )
            others = connection.execute(select(workers).where(workers.c.id != self.id)).all()
        dead = [
            row.id
            for row in others
            if row.alive_until < now
            or process_identity.is_gone(row.host, row.pid, row.process_started)
        ]
        if dead and not self._unable():
            self._take_over(dead)

    def _take_over(self, dead: Sequence[str]) -> None:
        # the rows go last: if this worker dies in between, the next one repeats it
        adopted = self._jobs.adopt(dead)
        with self._database.begin() as connection:
            freed = store.free(connection, dead)
            connection.execute(delete(workers).where(workers.c.id.in_(dead)))
        if adopted or freed:
            logger.info("took over %d jobs and %d due rows of workers that died", adopted, freed)


def _key(rows: Sequence[Due]) -> str:
    """The key of the job for these rows. Where a worker dies before it deletes them, they are taken
    again, perhaps beside other ones: those mustn't pass for begun."""
    if len(rows) == 1:
        return rows[0].id
    return hashlib.sha256(" ".join(sorted(row.id for row in rows)).encode()).hexdigest()
