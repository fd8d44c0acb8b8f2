"""The one door to the workflow engine: the rest says `start`, and never the engine's name.

A job is a kind and refs (ids; never a secret, arguments are stored in clear), mostly one. It is
begun once for each key, and its handler is called until it says that it is done, by another
worker if this one dies. A handler keeps a journal of its own and looks at it before it acts, so
the engine isn't asked to keep a second one. Importing it costs over a second: only workers do.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from .database import pooler
from .errors import Unavailable
from .private_files import private_database
from .settings import Settings

NAME = "stagedoor"
VERSION = "3"
"""The engine runs only workflows of its own version: it changes when the shape of `_run` does."""
_THREADS = 32
_KEEP_SECONDS = 86_400
_UNAVAILABLE_SECONDS = 2.0

logger = logging.getLogger("stagedoor.jobs")


class Turn(StrEnum):
    """What a handler says after a call."""

    AGAIN = "again"
    DONE = "done"


Handler = Callable[[str], Turn]


@dataclass(frozen=True, slots=True)
class Many:
    """A handler that one job calls for several refs, side by side.

    To the engine a job costs as much as a good part of what a handler does. The job lasts as long
    as its slowest ref, and the others don't wait for it.
    """

    handler: Handler
    refs: int
    """The most that one job takes."""


_handlers: dict[str, Handler] = {}
"""Of this process: the engine finds workflows by name, so they can't be closures."""

_threads: list[ThreadPoolExecutor] = []
"""Of this process, too, while its engine runs: where jobs of many refs call their handler."""

_leaving: list[Callable[[str, str], None]] = []
"""Of this process, too: how to give jobs back, once it is about to end."""


def leaving() -> bool:
    """Whether this process is about to end: nothing begins now that must not be broken off."""
    return bool(_leaving)


class Jobs:
    """The engine in this process; one at a time."""

    def __init__(
        self,
        settings: Settings,
        worker: str,
        handlers: Mapping[str, Handler | Many],
        pooled: bool = False,
    ) -> None:
        """`pooled`: there is a connection pooler before the database."""
        self._settings = settings
        self._pooled = pooled
        self._worker = worker
        _leaving.clear()
        _handlers.clear()
        self._most: dict[str, int] = {}
        for kind, given in handlers.items():
            many = given if isinstance(given, Many) else Many(given, 1)
            _handlers[kind], self._most[kind] = many.handler, many.refs
        self._run: Callable[[str, Sequence[str]], None] | None = None

    def launch(self) -> None:
        """Start the engine; it resumes what this worker left behind."""
        from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

        if self._settings.embedded:
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
        }
        config.update(pooler.engine_options(self._pooled))  # type: ignore[typeddict-item]
        _threads[:] = [ThreadPoolExecutor(_THREADS, "stagedoor job")]
        DBOS(config=config)
        self._run = DBOS.workflow(name="stagedoor.job")(_workflow)
        DBOS.launch()

    def most(self, kind: str) -> int:
        """How many refs a job of this kind takes."""
        return self._most.get(kind, 1)

    def start(self, kind: str, refs: Sequence[str], key: str) -> None:
        """Begin a job; a second start with the same `key` is the first one."""
        from dbos import DBOS, SetWorkflowID

        if self._run is None:
            raise RuntimeError("the engine isn't launched")
        with SetWorkflowID(key):
            DBOS.start_workflow(self._run, kind, list(refs))

    def adopt(self, dead: Sequence[str]) -> int:
        """Begin anew what workers that died had running; how many jobs there were.

        Resuming them would strand what an older version of the service began. May be called by
        several workers, and again after a death on the way: each job gets one successor.
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
                refs = [refs] if isinstance(refs, str) else refs  # versions before 3 had one
                self.start(kind, refs, _successor(status.workflow_id))
        if left:
            DBOS.cancel_workflows([status.workflow_id for status in left])
        return len(left)

    def tidy(self, now_real: float) -> None:
        """Delete what ended a day ago; the engine keeps everything otherwise."""
        from datetime import UTC, datetime

        from dbos import DBOS

        before = datetime.fromtimestamp(now_real - _KEEP_SECONDS, UTC).isoformat()
        ended = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=1000
        )
        if ended:
            DBOS.delete_workflows([status.workflow_id for status in ended])

    def stop(self, give_back: Callable[[str, str], None], wait_seconds: float = 8) -> None:
        """Let calls that run come to their end for a moment; another worker takes over the rest.

        `give_back` gets kind and ref of each job that would call its handler meanwhile.
        """
        from dbos import DBOS

        _leaving.append(give_back)
        # asked for here: the engine's own wait begins with a whole second of sleep
        end = time.monotonic() + wait_seconds
        while time.monotonic() < end and DBOS.list_workflows(
            status="PENDING", executor_id=self._worker, limit=1
        ):
            time.sleep(0.02)
        DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
        for pool in _threads:
            pool.shutdown(wait=False)
        _threads.clear()


def _successor(key: str) -> str:
    """The key of the job that does again what this one began."""
    first, _, number = key.partition(".")
    return f"{first}.{int(number or 1) + 1}"


def _workflow(kind: str, refs: Sequence[str]) -> None:
    if len(refs) == 1:
        _to_its_end(kind, refs[0])
        return
    # the job is over when all are: what one raises must not end it before
    begun = [_threads[0].submit(_to_its_end, kind, ref) for ref in refs]
    failed = [error for error in (one.exception() for one in begun) if error is not None]
    if failed:
        raise failed[0]


def _to_its_end(kind: str, ref: str) -> None:
    while _turn(kind, ref) is Turn.AGAIN:
        pass


def _turn(kind: str, ref: str) -> Turn:
    try:
        for give_back in _leaving:
            give_back(kind, ref)
            return Turn.DONE
        return _handlers[kind](ref)
    except Unavailable as error:
        # its due row is gone: nobody but this job brings it back
        logger.warning("a job waits for the database: %s", error)
        time.sleep(_UNAVAILABLE_SECONDS)
        return Turn.AGAIN


def _prefer_wal(settings: Settings) -> None:
    """Once is enough: SQLite remembers the journal mode, and the engine gains half its speed."""
    import sqlite3

    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection: Any = sqlite3.connect(settings.data / "engine.db")
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


@cache
def _know_milliseconds() -> None:
    """On Python 3.12 and later the engine counts on SQLite 3.42; Debian 12 has 3.40.

    Its schema calls `unixepoch('subsec')`, which an older SQLite doesn't know: it is given one.
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
