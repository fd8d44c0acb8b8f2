"""The journal of a collection: a SQLite database in its folder.

The rows of a page and the place where the next page begins are one transaction, so a process that
ends at any moment has neither lost nor doubled a row. Rows stay here until all of their window are
there; then they become files, and leave.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ..errors import CollectionError
from .folder_lock import locked
from .job import VERSION, CollectionJob, RowKind, other_tiktok
from .windows import CollectionFile, CollectionTask, SearchWindow

_NAME = "collection.sqlite"
_CLOCK_SLACK = 300.0
_TABLES = """
create table if not exists meta (name text primary key, value text not null);
create table if not exists windows (
    id integer primary key, first text not null, last text not null, until text not null,
    state text not null, cursor integer not null default 0, search_id text, searched_at real,
    read_at real
);
create table if not exists rows (
    kind text not null, window integer not null, key text not null, text text not null,
    primary key (kind, window, key)
) without rowid;
create table if not exists tasks (
    kind text not null, key text not null, window integer not null, cursor integer,
    state text not null, primary key (kind, key)
) without rowid;
create index if not exists tasks_of_window on tasks (window, kind, state);
create table if not exists files (
    kind text not null, window integer not null, name text not null, rows integer not null,
    bytes integer not null, primary key (kind, window)
);
create table if not exists days (
    window integer not null, day text not null, videos integer not null, primary key (window, day)
);
create table if not exists spent (
    pool text not null, day text not null, requests integer not null, primary key (pool, day)
);
"""


class Journal:
    """The journal of one folder, which one process uses at a time. Every method blocks."""

    def __init__(
        self, folder: Path, job: CollectionJob | None, now: float, tiktok: str | None = None
    ) -> None:
        """Open a folder's journal, or begin one for `job`. Raises `CollectionError`.

        `tiktok`: the address that is asked; a folder holds the answers of one.
        """
        self.folder = folder
        path = folder / _NAME
        if job is None and not path.exists():
            raise CollectionError(f"{folder} holds no collection.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CollectionError(f"{folder} can't be made: {error.strerror}.") from error
        if not path.exists():
            self._must_be_empty()
        with ExitStack() as opened:
            opened.callback(os.close, locked(folder))
            try:
                self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                opened.callback(self._db.close)
                self._db.execute("pragma journal_mode=wal")
                self._db.execute("pragma synchronous=full")
                self._db.executescript(_TABLES)
                self.job = self._begin(job, now)
                self._is_of(tiktok)
            except sqlite3.DatabaseError as error:
                raise CollectionError(f"{path} is damaged or can't be written: {error}.") from error
            self._opened = opened.pop_all()

    def close(self) -> None:
        self._opened.close()

    def _must_be_empty(self) -> None:
        with suppress(FileNotFoundError):
            if any(self.folder.iterdir()):
                raise CollectionError(
                    f"{self.folder} isn't empty and holds no collection: name another folder."
                )

    def _begin(self, job: CollectionJob | None, now: float) -> CollectionJob:
        stored = self.get("job")
        if stored is None:
            if job is None:
                raise CollectionError(f"{self.folder} holds no collection.")
            with self.transaction():
                self.set("version", VERSION)
                self.set("job", job.stored())
        else:
            version = self.get("version")
            if not isinstance(version, int) or version > VERSION:
                raise CollectionError(
                    f"{self.folder} was written by a newer Stagedoor (version {version}): use that."
                )
            kept = _job(stored)
            if job is not None and job.stored() != stored:
                raise CollectionError(_differs(self.folder, stored, job.stored()))
            job = kept
        latest = float(self.get("clock") or 0.0)
        if now < latest - _CLOCK_SLACK:
            at = datetime.fromtimestamp(latest, UTC)
            raise CollectionError(
                f"the clock is behind this collection, which was written to at "
                f"{at:%Y-%m-%d %H:%M} UTC: set the clock, or wait until then."
            )
        with self.transaction():
            self.set("clock", max(now, latest))
        assert job is not None  # noqa: S101
        return job

    def _is_of(self, tiktok: str | None) -> None:
        kept = self.get("tiktok")
        if tiktok is None or kept == tiktok:
            return
        if kept is not None:
            raise CollectionError(other_tiktok(self.folder, kept, tiktok, "folder"))
        with self.transaction():
            self.set("tiktok", tiktok)

    # transactions and single values

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are one. Raises `CollectionError` where they can't be kept."""
        try:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
        except sqlite3.DatabaseError as error:
            with suppress(sqlite3.DatabaseError):
                self._db.execute("rollback")
            raise CollectionError(
                f"{self.folder} can't be written: {error}. What was collected before is kept; run "
                "the same command again when there is room."
            ) from error

    def get(self, name: str) -> Any:
        found = self._db.execute("select value from meta where name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def set(self, name: str, value: Any) -> None:
        self._db.execute("insert or replace into meta values (?, ?)", (name, json.dumps(value)))

    # windows

    def windows(self, state: str | None = None) -> list[SearchWindow]:
        query = "select * from windows"
        rows = self._db.execute(
            f"{query} where state = ? order by id" if state else f"{query} order by id",
            (state,) if state else (),
        )
        return [_window(row) for row in rows]

    def unfinished(self) -> SearchWindow | None:
        row = self._db.execute("select * from windows where state != 'done' order by id").fetchone()
        return None if row is None else _window(row)

    def gap(self, until: date) -> tuple[date, date] | None:
        """The latest days, at most until `until`, that no window covers yet: the first and the
        last of them. None when all are covered."""
        last = min(until, self.job.end)
        for window in sorted(self.windows(), key=lambda one: one.last, reverse=True):
            if window.last < last:
                return max(window.last + timedelta(days=1), self.job.start), last
            last = min(last, window.first - timedelta(days=1))
        return None if last < self.job.start else (self.job.start, last)

    def open_window(self, first: date, last: date) -> SearchWindow:
        with self.transaction():
            made = self._db.execute(
                "insert into windows (first, last, until, state) values (?, ?, ?, 'open')",
                (first.isoformat(), last.isoformat(), last.isoformat()),
            )
        return SearchWindow(
            int(made.lastrowid or 0), first, last, last, "open", 0, None, None, None
        )

    def keep_page(
        self,
        window: SearchWindow,
        rows: Iterable[tuple[str, str]],
        tasks: Iterable[tuple[RowKind, str]],
        pool: str,
        day: str,
    ) -> None:
        """Keep a page of videos with the window's new state, and what is to be read of them."""
        with self.transaction():
            self._add(RowKind.VIDEOS, window.id, rows)
            self._db.executemany(
                "insert or ignore into tasks values (?, ?, ?, null, 'waiting')",
                [(kind.value, key, window.id) for kind, key in tasks],
            )
            self._keep_window(window)
            self._spend(pool, day)

    def keep_window(self, window: SearchWindow) -> None:
        with self.transaction():
            self._keep_window(window)

    def _keep_window(self, window: SearchWindow) -> None:
        self._db.execute(
            "update windows set first = ?, until = ?, state = ?, cursor = ?, search_id = ?,"
            " searched_at = ?, read_at = ? where id = ?",
            (
                window.first.isoformat(),
                window.until.isoformat(),
                window.state,
                window.cursor,
                window.search_id,
                window.searched_at,
                window.read_at,
                window.id,
            ),
        )

    def read_again(self, window: SearchWindow) -> None:
        """Reset a window, to be read again; its files stay until the new ones are there."""
        with self.transaction():
            self._db.execute("delete from rows where window = ?", (window.id,))
            self._db.execute(
                "update tasks set state = 'waiting', cursor = null where window = ?", (window.id,)
            )
            window.until, window.state, window.cursor = window.last, "open", 0
            window.search_id = window.searched_at = window.read_at = None
            self._keep_window(window)

    # tasks

    def task(self, window: int) -> CollectionTask | None:
        row = self._db.execute(
            "select kind, key, window, cursor from tasks where window = ? and state = 'waiting'"
            " order by kind, key limit 1",
            (window,),
        ).fetchone()
        return None if row is None else CollectionTask(RowKind(row[0]), *row[1:])

    def keep_task(
        self, task: CollectionTask, rows: Iterable[tuple[str, str]], state: str, pool: str, day: str
    ) -> None:
        """Keep a page of a task, and where it goes on."""
        with self.transaction():
            self._add(task.kind, task.window, rows)
            self._db.execute(
                "update tasks set cursor = ?, state = ? where kind = ? and key = ?",
                (task.cursor, state, task.kind.value, task.key),
            )
            self._spend(pool, day)

    def refused(self) -> dict[str, int]:
        rows = self._db.execute(
            "select kind, count(*) from tasks where state = 'refused' group by kind"
        )
        return dict(rows.fetchall())

    # rows

    def _add(self, kind: RowKind, window: int, rows: Iterable[tuple[str, str]]) -> None:
        self._db.executemany(
            "insert or ignore into rows values (?, ?, ?, ?)",
            [(kind.value, window, key, text) for key, text in rows],
        )

    def rows(self, kind: RowKind, window: int) -> Iterator[dict[str, Any]]:
        """The rows of a window, in the order of their keys."""
        found = self._db.execute(
            "select text from rows where kind = ? and window = ? order by key",
            (kind.value, window),
        )
        for (text,) in found:
            yield json.loads(text)

    def counts(self) -> dict[str, int]:
        """Rows by kind, in files and still here."""
        found = dict.fromkeys((kind.value for kind in self.job.kinds), 0)
        written = "select kind, sum(rows) from files group by kind"
        waiting = (
            "select kind, count(*) from rows where (kind, window) not in"
            " (select kind, window from files) group by kind"
        )
        for query in (written, waiting):
            for kind, number in self._db.execute(query):
                found[kind] = found.get(kind, 0) + number
        return found

    def count(self, kind: RowKind, window: int) -> int:
        (number,) = self._db.execute(
            "select count(*) from rows where kind = ? and window = ?", (kind.value, window)
        ).fetchone()
        return int(number)

    # files

    def files(self) -> list[CollectionFile]:
        found = self._db.execute("select * from files order by window, kind")
        return [CollectionFile(RowKind(row[0]), *row[1:]) for row in found]

    def keep_files(
        self, window: int, files: Sequence[CollectionFile], days: dict[str, int]
    ) -> None:
        """Record a window's new files, which are renamed after; its rows leave."""
        with self.transaction():
            for one in files:
                self._keep_file(one)
            self._db.execute("delete from rows where window = ?", (window,))
            self._db.execute("update windows set state = 'done' where id = ?", (window,))
            self._keep_days(window, days)

    def replace_file(self, file: CollectionFile, days: dict[str, int] | None) -> None:
        """Record the new content of a file, which is renamed after."""
        with self.transaction():
            self._keep_file(file)
            if days is not None:
                self._keep_days(file.window, days)

    def _keep_file(self, file: CollectionFile) -> None:
        self._db.execute(
            "insert or replace into files values (?, ?, ?, ?, ?)",
            (file.kind.value, file.window, file.name, file.rows, file.bytes),
        )

    def _keep_days(self, window: int, days: dict[str, int]) -> None:
        self._db.execute("delete from days where window = ?", (window,))
        self._db.executemany(
            "insert into days values (?, ?, ?)", [(window, day, n) for day, n in days.items()]
        )

    def days(self) -> dict[date, int]:
        """Videos by the UTC day on which they were posted; days without any are left out."""
        found = self._db.execute("select day, sum(videos) from days group by day order by day")
        return {date.fromisoformat(day): int(number) for day, number in found}

    # quota

    def _spend(self, pool: str, day: str) -> None:
        if pool:
            self._db.execute(
                "insert into spent values (?, ?, 1)"
                " on conflict (pool, day) do update set requests = requests + 1",
                (pool, day),
            )

    def spent(self, pool: str, day: str) -> int:
        found = self._db.execute(
            "select requests from spent where pool = ? and day = ?", (pool, day)
        ).fetchone()
        return 0 if found is None else int(found[0])

    def requests(self) -> dict[str, int]:
        return dict(self._db.execute("select pool, sum(requests) from spent group by pool"))


def _window(row: Sequence[Any]) -> SearchWindow:
    id_, first, last, until, *others = row
    day = date.fromisoformat
    return SearchWindow(id_, day(first), day(last), day(until), *others)


def _job(stored: dict[str, Any]) -> CollectionJob:
    day = {name: datetime.strptime(stored[name], "%Y%m%d").date() for name in ("start", "end")}
    return CollectionJob.made(
        stored["query"],
        day["start"],
        day["end"],
        [one for one in stored["kinds"] if one != RowKind.VIDEOS],
        stored["format"],
        stored["fields"],
    )


def _differs(folder: Path, stored: dict[str, Any], asked: dict[str, Any]) -> str:
    names = ", ".join(name for name in asked if asked[name] != stored.get(name))
    return (
        f"{folder} holds another collection (it differs in {names}): name another folder, or ask "
        f"for the same, which is in {folder / 'manifest.json'}."
    )
