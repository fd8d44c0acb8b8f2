"""The only module that uses the workflow engine: other code calls `start`, and never names the
engine.

A job is a kind and refs (ids; never a secret, since arguments are stored unencrypted), mostly one.
A job is started once for each key. Its handler is called until it reports that it is done, by
another worker if this one dies. A handler keeps its own journal and reads it before it acts, so the
engine's journal of steps isn't used. Importing the engine takes over a second: only workers do.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from .database import pooler
from .errors import ServiceUnavailable
from .private_files import private_database, private_folder
from .settings import Settings

NAME = "stagedoor"
VERSION = "3"
"""The engine runs only workflows of its own version: change it when the shape of `_run` changes."""
_THREADS = 32
_KEEP_SECONDS = 86_400
_UNAVAILABLE_SECONDS = 2.0

logger = logging.getLogger("stagedoor.jobs")


class JobResult(StrEnum):
    """The result of a handler's call."""

    AGAIN = "again"
    DONE = "done"


Handler = Callable[[str], JobResult]


@dataclass(frozen=True, slots=True)
class Batched:
    """A handler that one job calls for several refs, concurrently.

    The cost of a job in the engine is a good part of the cost of a handler's call. The job lasts as
    long as its slowest ref; the other refs don't wait for it.
    """

    handler: Handler
    refs: int
    """The largest number of refs in one job."""


class Shutdown:
    """Whether this process is shutting down: then no work starts that must not be interrupted."""

    def __init__(self) -> None:
        self._event = threading.Event()

    @property
    def begun(self) -> bool:
        return self._event.is_set()

    def begin(self) -> None:
        self._event.set()


class Jobs:
    """The workflow engine in this process; one instance at a time."""

    def __init__(
        self,
        settings: Settings,
        worker: str,
        handlers: Mapping[str, Handler | Batched],
        pooled: bool = False,
        shutdown: Shutdown | None = None,
    ) -> None:
        """`pooled`: there is a connection pooler in front of the database. `shutdown` is set by
        `stop`."""
        self._settings = settings
        self._pooled = pooled
        self._worker = worker
        self._shutdown = shutdown or Shutdown()
        self._give_back: Callable[[str, str], None] | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._handlers = {
            kind: given if isinstance(given, Batched) else Batched(given, 1)
            for kind, given in handlers.items()
        }
        self._run: Callable[[str, Sequence[str]], None] | None = None

    def launch(self) -> None:
        """Start the engine; it resumes the jobs that this worker left unfinished."""
        from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

        if self._settings.embedded:
            private_folder(self._settings.data)
            private_database(self._settings.data / "engine.db")
            _prefer_wal(self._settings)
            _know_milliseconds()
        config: DBOSConfig = {
            "name": NAME,
            "system_database_url": pooler.plain(self._settings.engine_url),
            "application_version": VERSION,
            "executor_id": self._worker,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": _THREADS,
            "log_level": "WARNING",
            # the engine's thread sleeps so long at a time on SQLite, and a stop waits for its end
            "notification_listener_polling_interval_sec": 0.1,
        }
        config.update(pooler.engine_options(self._pooled))  # type: ignore[typeddict-item]
        self._threads = ThreadPoolExecutor(_THREADS, "stagedoor job")
        DBOS(config=config)

        def job(kind: str, refs: Sequence[str]) -> None:
            self._perform(kind, refs)

        self._run = DBOS.workflow(name="stagedoor.job")(job)
        DBOS.launch()

    def most(self, kind: str) -> int:
        """The largest number of refs in a job of this kind."""
        known = self._handlers.get(kind)
        return 1 if known is None else known.refs

    def start(self, kind: str, refs: Sequence[str], key: str) -> None:
        """Start a job. Idempotent: a second start with the same `key` refers to the first job."""
        from dbos import DBOS, SetWorkflowID

        if self._run is None:
            raise RuntimeError("the engine isn't launched")
        with SetWorkflowID(key):
            DBOS.start_workflow(self._run, kind, list(refs))

    def adopt(self, dead: Sequence[str]) -> int:
        """Start the unfinished jobs of dead workers again; returns the number of jobs.

        Resuming them would strand jobs that an older version of the service started. Several
        workers may call this, and again after a crash in between: each job gets one successor.
        """
        from dbos import DBOS

        left = [
            status
            for worker in dead
            for status in DBOS.list_workflows(status="PENDING", executor_id=worker)
        ]
        for status in left:
            if status.input is not None:
                kind, refs = status.input["args"]
                refs = [refs] if isinstance(refs, str) else refs  # one ref before version 3
                self.start(kind, refs, _successor(status.workflow_id))
        if left:
            DBOS.cancel_workflows([status.workflow_id for status in left])
        return len(left)

    def tidy(self, now_real: float) -> None:
        """Delete jobs that ended a day ago; otherwise the engine keeps them for ever."""
        from datetime import UTC, datetime

        from dbos import DBOS

        before = datetime.fromtimestamp(now_real - _KEEP_SECONDS, UTC).isoformat()
        ended = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=1000
        )
        if ended:
            DBOS.delete_workflows([status.workflow_id for status in ended])

    def stop(self, give_back: Callable[[str, str], None], wait_seconds: float = 8) -> None:
        """Wait up to `wait_seconds` for running calls to end; another worker takes over the rest.

        `give_back` gets kind and ref of each job that would call its handler meanwhile.
        """
        from dbos import DBOS

        self._give_back = give_back
        self._shutdown.begin()
        # polled here: the engine's own wait begins with a whole second of sleep
        end = time.monotonic() + wait_seconds
        while time.monotonic() < end and DBOS.list_workflows(
            status="PENDING", executor_id=self._worker, limit=1
        ):
            time.sleep(0.02)
        DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
        if self._threads is not None:
            self._threads.shutdown(wait=False)

    def _perform(self, kind: str, refs: Sequence[str]) -> None:
        if len(refs) == 1 or self._threads is None:
            for ref in refs:
                self._run_to_end(kind, ref)
            return
        # the job ends when all refs have ended: one ref's error must not end it earlier
        begun = [self._threads.submit(self._run_to_end, kind, ref) for ref in refs]
        failed = [error for error in (one.exception() for one in begun) if error is not None]
        if failed:
            raise failed[0]

    def _run_to_end(self, kind: str, ref: str) -> None:
        while self._call(kind, ref) is JobResult.AGAIN:
            pass

    def _call(self, kind: str, ref: str) -> JobResult:
        try:
            if self._give_back is not None:
                self._give_back(kind, ref)
                return JobResult.DONE
            return self._handlers[kind].handler(ref)
        except ServiceUnavailable as error:
            # the due row is gone: only this job can finish the work
            logger.warning("a job waits for the database: %s", error)
            time.sleep(_UNAVAILABLE_SECONDS)
            return JobResult.AGAIN


def _successor(key: str) -> str:
    """The key of the job that repeats an unfinished job."""
    first, _, number = key.partition(".")
    return f"{first}.{int(number or 1) + 1}"


def _prefer_wal(settings: Settings) -> None:
    """Set the journal mode to WAL. Once is enough: SQLite stores the mode. It makes the engine
    faster by half."""
    import sqlite3

    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection: Any = sqlite3.connect(settings.data / "engine.db")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@cache
def _know_milliseconds() -> None:
    """Give SQLite `unixepoch('subsec')`, which the engine's schema calls.

    On Python 3.12 and later the engine relies on SQLite 3.42; Debian 12 has 3.40, which lacks it.
    """
    import sqlite3
    import time

    from sqlalchemy import Engine, event

    if sqlite3.sqlite_version_info >= (3, 42):
        return

    def unixepoch(*words: str) -> float:
        if any(word not in ("now", "subsec") for word in words):
            raise ValueError(f"unixepoch{words} isn't known here")
        return time.time() if "subsec" in words else int(time.time())

    def teach(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.create_function("unixepoch", -1, unixepoch)

    event.listen(Engine, "connect", teach)
