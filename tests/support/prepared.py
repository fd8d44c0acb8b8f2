"""Processes of Stagedoor without the second that each of them needs to load its modules.

`Prepared` is a `subprocess.Popen` whose commands run Stagedoor: a server, one for all pytest
workers, has loaded the modules and forks for each process. A test gets a process of its own, with
its arguments, environment, folder, signals and exit code. The processes that such a process starts
(`stagedoor up` starts an emulator) are forked in the same way. Every other command is started as
`Popen` starts it.

A forked process can't show how modules are loaded: tests of that start theirs by `Popen`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

_SERVER = Path(__file__).with_name("fork_server.py")
_COMMAND = Path(sys.executable).with_name("stagedoor")
_CLI = "stagedoor.cli"
_MODULES = ("stagedoor.cli.demo.receiver", "stagedoor.connector.media.probe")
"""Further modules that a forked process may run, as `python -m` does."""
_AT_START = ("PYTHONUTF8", "PYTHONHOME", "PYTHONDEVMODE", "LANG", "LC_ALL")
"""Variables that Python reads before it runs any code: a forked process may set none of its own."""
_PLAIN = {
    "executable": None,
    "preexec_fn": None,
    "pass_fds": (),
    "shell": False,
    "gid": None,
    "gids": None,
    "uid": None,
    "umask": -1,
    "start_new_session": False,
    "process_group": -1,
}
"""Options of `Popen` that only a process of its own can have set otherwise."""
_PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
_PARAMETERS = tuple(signature(subprocess.Popen._execute_child).parameters)[1:]  # type: ignore[attr-defined]


class Prepared(subprocess.Popen[Any]):
    """Forks `stagedoor ...`, `python -m stagedoor.cli ...` and `python -c ...`."""

    _ended: int = -1
    """Of a pipe: the process' id, then how it ended; -1 if the process is no fork."""

    def _execute_child(self, args: Any, *more: Any) -> None:
        given = dict(zip(_PARAMETERS, (args, *more), strict=True))
        environment = os.environ if given["env"] is None else given["env"]
        asked = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
        order = _order(args)
        plain = all(given[name] == value for name, value in _PLAIN.items())
        if order is None or not plain or _differs_at_start(asked):
            super()._execute_child(args, *more)  # type: ignore[misc]
            return
        server = _inherited or _connected()
        order |= {"cwd": os.fspath(given["cwd"] or Path.cwd()), "environment": asked}
        of_child = given["p2cread"], given["c2pwrite"], given["errwrite"]
        streams = [fd if fd != -1 else own for own, fd in enumerate(of_child)]
        self._ended, tell = os.pipe()
        try:
            server.send(order, [*streams, tell])
        finally:
            os.close(tell)
            self._close_pipe_fds(*(given[name] for name in _PIPES))  # type: ignore[attr-defined]
        self.pid = self._told(None)
        self._child_created = True

    def _told(self, seconds: float | None) -> int:
        if not select.select([self._ended], [], [], seconds)[0]:
            raise TimeoutError
        told = os.read(self._ended, 4)
        if len(told) != 4:
            raise RuntimeError("the server of prepared processes has ended")
        return int(struct.unpack("i", told)[0])

    def _try_wait(self, flags: int) -> tuple[int, int]:
        """As `os.waitpid`, which knows children alone."""
        if self._ended == -1:
            return super()._try_wait(flags)  # type: ignore[misc, no-any-return]
        try:
            status = self._told(0 if flags & os.WNOHANG else None)
        except TimeoutError:
            return 0, 0
        os.close(self._ended)
        return self.pid, status

    def _internal_poll(self, _deadstate: int | None = None, *more: Any) -> int | None:
        if self._ended == -1:
            return super()._internal_poll(_deadstate, *more)  # type: ignore[misc, no-any-return]
        if self.returncode is None and self._waitpid_lock.acquire(False):  # type: ignore[attr-defined]
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)  # type: ignore[attr-defined]
            except (OSError, RuntimeError):
                if _deadstate is None:
                    raise
                self.returncode = _deadstate
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]
        return self.returncode


def _differs_at_start(environment: dict[str, str]) -> bool:
    return any(
        name in environment and environment[name] != os.environ.get(name) for name in _AT_START
    )


def _order(args: Any) -> dict[str, Any] | None:
    """The request for the server; None if it can't fork for such a command."""
    if isinstance(args, str | bytes | os.PathLike):
        return None
    match [os.fsdecode(arg) for arg in args]:
        case [sys.executable, "-m", module, *rest] if module == _CLI:
            return {"argv": ["stagedoor", *rest], "code": None, "module": None}
        case [sys.executable, "-m", module, *rest] if module in _MODULES:
            return {"argv": ["-m", *rest], "code": None, "module": module}
        case [sys.executable, "-c", code, *rest]:
            return {"argv": ["-c", *rest], "code": code, "module": None}
        case [command, *rest] if command == str(_COMMAND):
            return {"argv": [command, *rest], "code": None, "module": None}
    return None


class _Line:
    """A connection to a server."""

    def __init__(self, connection: socket.socket) -> None:
        self._fd = connection.detach()  # a socket would warn when a forked process leaves it open
        self._lock = threading.Lock()

    def send(self, order: dict[str, Any], fds: list[int]) -> None:
        with self._lock, socket.socket(fileno=os.dup(self._fd)) as connection:
            socket.send_fds(connection, [json.dumps(order).encode()], fds)

    def close(self) -> None:
        os.close(self._fd)


_inherited: _Line | None = None
"""In a forked process: the connection to the server that forked it."""


def fork_again(connection: socket.socket) -> None:
    """In a forked process: start its own processes in the same way."""
    global _inherited
    _inherited = _Line(connection)
    subprocess.Popen = Prepared  # type: ignore[misc]


_shared: str | None = None
"""In a pytest worker: the address of the server that pytest started."""


def share(address: str) -> None:
    """From now on, use the server at this address, which another process has started."""
    global _shared
    _shared = address


def address() -> str:
    """The address of the server that this process uses."""
    return _shared or start(_SERVER)


def load() -> None:
    """Let the server load everything now, so that the first test needn't wait for it."""
    _connected()


@cache
def _connected() -> _Line:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(address())
    return _Line(connection)


@cache
def start(server: Path) -> str:
    """Start a server, which ends with this process; returns its address."""
    # a Unix socket's path is under 107 bytes: not below TMPDIR
    folder = Path(tempfile.mkdtemp(prefix="stagedoor-forks-", dir="/tmp"))
    path = str(folder / "socket")
    life, end_of_life = socket.socketpair()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening, end_of_life:
        listening.bind(path)
        listening.listen()
        fds = [listening.fileno(), end_of_life.fileno()]
        process = subprocess.Popen(
            [sys.executable, str(server), *map(str, fds)],
            env={**os.environ, "PYTHONWARNINGS": ""},
            stdin=subprocess.DEVNULL,
            pass_fds=fds,
        )
    held = life.detach()  # a socket would warn when a forked process leaves it open

    def end() -> None:
        os.close(held)
        process.wait(30)
        shutil.rmtree(folder)

    atexit.register(end)
    return path
