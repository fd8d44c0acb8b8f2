"""A real PgBouncer in transaction mode, before the tests' PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.postgres import OWNER, Postgres

_PATH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
_PATIENCE = 30.0
_SETTINGS = """
[databases]
* = host={folder} user={owner}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""


class PgBouncer:
    """On a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str, query: str = "") -> str:
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}{query}"


@contextmanager
def running(server: Postgres, connections: int = 3) -> Iterator[PgBouncer]:
    """Each database gets so many connections."""
    program = shutil.which("pgbouncer", path=_PATH)
    if program is None:
        raise RuntimeError("PgBouncer isn't installed: run make setup, or scripts/pgbouncer")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = Path(tempfile.mkdtemp(prefix="stagedoor-pgbouncer-", dir="/tmp"))
    try:
        path = own / "pgbouncer.ini"
        path.write_text(
            _SETTINGS.format(folder=server.folder, owner=OWNER, port=port, connections=connections)
        )
        as_account: dict[str, Any] = {}
        if os.geteuid() == 0:  # it refuses to run as root
            account = pwd.getpwnam("nobody")
            as_account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            for each in (own, path):
                os.chown(each, account.pw_uid, account.pw_gid)
        with (own / "log").open("wb") as log:
            process = subprocess.Popen(
                [program, str(path)], cwd="/", stdout=log, stderr=log, **as_account
            )
        try:
            _await(process, port, own / "log")
            yield PgBouncer(port)
        finally:
            process.terminate()
            process.wait(_PATIENCE)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PgBouncer didn't start: {log.read_text()}") from None
            time.sleep(0.02)
