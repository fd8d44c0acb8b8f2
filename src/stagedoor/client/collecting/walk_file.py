"""A file that a walk fills, over as many runs as it takes.

Until all rows are there, they lie in a SQLite database beside the file, with the place of the next
page: the rows of a page and that place are one transaction. Then the file is written beside its
place and renamed, and the database is deleted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from ..errors import CollectionError
from ..place import WalkPlace
from . import formats
from .formats import RowFormat, TableColumns
from .job import other_tiktok

PART = ".part"
_NEW = ".new"
_VERSION = 1
_APPLICATION = 0x53746467
"""SQLite's `application_id` of our databases."""
_TABLES = """
create table meta (name text primary key, value text not null) without rowid;
create table rows (number integer primary key, key text not null unique, text text not null);
"""


def format_of(path: Path) -> RowFormat:
    """The format that a file's name ends with. Raises `ValueError`."""
    try:
        return RowFormat(path.suffix.removeprefix(".").lower())
    except ValueError:
        endings = ", ".join(f".{one}" for one in RowFormat)
        raise ValueError(f"'{path.name}' ends with none of {endings}") from None


class WalkFile:
    """A file that isn't complete yet, which one process fills at a time. Every method blocks."""

    def __init__(
        self,
        path: Path,
        asked: Mapping[str, Any],
        *,
        tiktok: str,
        defaults: Mapping[str, Any] | None = None,
        resume: bool = False,
    ) -> None:
        """Begin a file of what `asked` and `defaults` describe (JSON); with `resume`, go on with
        it: `defaults` are then those that it began with. `tiktok` is the address that is asked.

        Raises `CollectionError`, and changes nothing, for a file that is there already or that is
        of something else, was damaged, or is in use; `ConfigurationError` if the format needs a
        library that isn't installed.
        """
        self.path, self.part = path, path.with_name(path.name + PART)
        formats.check(format_of(path))
        if not path.parent.is_dir():
            raise CollectionError(f"{path.parent} is no folder.")
        # an empty one is of a command that was killed before it began
        unfinished = self.part.exists() and self.part.stat().st_size > 0
        if path.exists() and not unfinished:
            raise CollectionError(_there(path, resume))
        if unfinished and not resume:
            raise CollectionError(
                f"{self.part} is of a command that was stopped: go on with it by --resume, or "
                "delete it to begin anew. Nothing was changed."
            )
        self._db = self._opened(unfinished)
        try:
            if not unfinished:
                self._begin({**(defaults or {}), **asked}, tiktok)
            self.asked: Mapping[str, Any] = self._checked(asked, tiktok)
            self._is_written(resume)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.part.exists() and not self.path.exists() and self.place is None:
            empty = self.count() == 0 and not self.complete
        else:
            empty = False
        self._db.close()
        if empty:  # nothing to go on with
            self.part.unlink()

    # opening

    def _opened(self, unfinished: bool) -> sqlite3.Connection:
        mode = "rw" if unfinished else "rwc"
        try:
            db = sqlite3.connect(
                f"{self.part.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
            )
        except sqlite3.Error as error:
            raise CollectionError(f"{self.part} can't be opened: {error}.") from error
        try:
            db.execute("pragma locking_mode=exclusive")
            db.execute("pragma synchronous=full")
            db.execute("begin exclusive")
            db.execute("commit")
            if unfinished:
                self._must_be_ours(db)
            return db
        except sqlite3.Error as error:
            db.close()
            code = getattr(error, "sqlite_errorcode", None)
            if code == sqlite3.SQLITE_BUSY:
                why = "another process writes to it: wait for it"
            elif code == sqlite3.SQLITE_FULL or not unfinished:
                why = str(error)
            else:
                why = f"it is damaged, or no file of this command ({error})"
            raise CollectionError(
                f"{self.part} can't be used: {why}. Nothing was changed."
            ) from error
        except BaseException:
            db.close()
            raise

    def _must_be_ours(self, db: sqlite3.Connection) -> None:
        (application,) = db.execute("pragma application_id").fetchone()
        if application != _APPLICATION:
            raise sqlite3.DatabaseError("it is of another program")
        (found,) = db.execute("pragma quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    def _begin(self, asked: Mapping[str, Any], tiktok: str) -> None:
        with self._transaction():
            self._db.execute(f"pragma application_id={_APPLICATION}")
            for statement in _TABLES.strip().split(";\n"):
                self._db.execute(statement)
            self._set("version", _VERSION)
            self._set("asked", asked)
            self._set("tiktok", tiktok)

    def _checked(self, asked: Mapping[str, Any], tiktok: str) -> Mapping[str, Any]:
        """The file's request, which has to agree with `asked`, as its TikTok with `tiktok`. Raises
        `CollectionError`."""
        try:
            version, kept = self._get("version"), self._get("asked")
            if not isinstance(version, int) or version > _VERSION:
                raise CollectionError(
                    f"{self.part} was written by a newer Stagedoor (version {version}): use that."
                )
            found: Mapping[str, Any] = dict(kept)
            of = self._get("tiktok")
            self.place  # noqa: B018
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise CollectionError(f"{self.part} is damaged. Nothing was changed.") from error
        plain = json.loads(json.dumps(asked))
        names = [name for name in plain if found.get(name) != plain[name]]
        if names:
            raise CollectionError(
                f"{self.part} is of another command (it differs in {', '.join(names)}): name "
                "another file, or ask for the same. Nothing was changed."
            )
        if of not in (None, tiktok):
            raise CollectionError(other_tiktok(self.part, of, tiktok, "file"))
        return found

    # what is there

    @property
    def place(self) -> WalkPlace | None:
        """Where the walk goes on; None: at its beginning."""
        kept = self._get("place")
        return None if kept is None else WalkPlace.model_validate(kept)

    @property
    def complete(self) -> bool:
        """Whether all rows are there, so that only the file is missing."""
        return bool(self._get("complete"))

    def count(self) -> int:
        """The number of rows."""
        (number,) = self._db.execute("select count(*) from rows").fetchone()
        return int(number)

    def has(self, key: str) -> bool:
        found = self._db.execute("select 1 from rows where key = ?", (key,)).fetchone()
        return found is not None

    # filling

    def keep(
        self,
        rows: Iterable[tuple[str, Mapping[str, Any]]],
        place: WalkPlace | None = None,
        *,
        complete: bool = False,
        most: int | None = None,
    ) -> None:
        """Keep rows by their keys, and where the walk goes on after them.

        Rows whose key is there are left out, and those beyond `most` in all, with which the file
        is complete.
        """
        texts = [(key, json.dumps(row, ensure_ascii=False)) for key, row in rows]
        with self._transaction():
            self._db.executemany("insert or ignore into rows (key, text) values (?, ?)", texts)
            if most is not None:
                self._db.execute(
                    "delete from rows where number in"
                    " (select number from rows order by number limit -1 offset ?)",
                    (most,),
                )
                complete = complete or self.count() >= most
            self._set("place", None if place is None else place.model_dump(mode="json"))
            self._set("complete", complete)

    def finish(self, table: TableColumns) -> int:
        """Write the file and delete the database; returns the number of rows."""
        if not self._is_written(resume=True):
            self._write(table)
        number = self.count()
        self._db.close()
        self.part.unlink()
        return number

    def _is_written(self, resume: bool) -> bool:
        """Whether the file is there as it was written. Raises `CollectionError` for another."""
        if not self.path.exists():
            return False
        if self._get("bytes") != self.path.stat().st_size:
            raise CollectionError(_there(self.path, resume))
        return True

    def _write(self, table: TableColumns) -> None:
        new = self.path.with_name(self.path.name + _NEW)
        try:
            formats.write(new, format_of(self.path), table, self._rows())
            with self._transaction():
                self._set("bytes", new.stat().st_size)
            new.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                new.unlink()
            raise CollectionError(
                f"{self.path} can't be written: {error.strerror or error}. All rows are in "
                f"{self.part}; run the same command with --resume when there is room."
            ) from error

    def _rows(self) -> Iterator[dict[str, Any]]:
        for (text,) in self._db.execute("select text from rows order by number"):
            yield json.loads(text)

    # transactions and single values

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("begin immediate")
            yield
            self._db.execute("commit")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._db.execute("rollback")
            raise CollectionError(
                f"{self.part} can't be written: {error}. What was found before is kept; run the "
                "same command with --resume when there is room."
            ) from error

    def _get(self, name: str) -> Any:
        found = self._db.execute("select value from meta where name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def _set(self, name: str, value: Any) -> None:
        self._db.execute("insert or replace into meta values (?, ?)", (name, json.dumps(value)))


def _there(path: Path, resume: bool) -> str:
    if resume:
        return (
            f"{path} is there, and not of an unfinished command ({path.name}{PART}): it is "
            "complete, or another program's. Nothing was changed."
        )
    return f"{path} is there already: name another file, or move it away. Nothing was changed."
