"""Processes of Stagedoor without the second that each of them needs to load its modules.

`Prepared` is a `subprocess.Popen` for commands of the interpreter's own: a server, one for each
pytest worker, has loaded the modules and forks for each process. What a test gets is a process
of its own, with its arguments, environment, folder, signals and exit code.

What such a process can't show is how modules are loaded: tests of that start one by `Popen`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_SERVER = Path(__file__).with_name("fork_server.py")
_COMMAND = Path(sys.executable).with_name("stagedoor")
_AT_START = ("PYTHONIOENCODING", "PYTHONUTF8", "PYTHONHOME", "PYTHONDEVMODE", "LANG", "LC_ALL")
"""Variables that Python reads before it runs any code: a process may set none of its own."""


class Prepared(subprocess.Popen[Any]):
    """`stagedoor ...`, `python -m stagedoor.cli ...` or `python -c ...`, forked."""

    _ended: int = -1
    """Of a pipe: the process' id, then how it ended."""
    _status: int | None = None

    def _execute_child(self, args: Any, *more: Any) -> None:
        cwd, environment, pipes = more[4], more[5], more[9:15]
        asked = dict(os.environ if environment is None else environment)
        order = _order([os.fspath(arg) for arg in args]) | {
            "cwd": os.fspath(cwd or Path.cwd()),
            "environment": asked,
        }
        given = pipes[0], pipes[3], pipes[5]
        streams = [fd if fd != -1 else own for own, fd in enumerate(given)]
        self._ended, tell = os.pipe()
        try:
            _server(asked.get("PYTHONWARNINGS", "")).send(order, [*streams, tell])
        finally:
            os.close(tell)
            self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]
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
        try:
            status = self._told(0 if flags & os.WNOHANG else None)
        except TimeoutError:
            return 0, 0
        os.close(self._ended)
        return self.pid, status

    def _internal_poll(self, _deadstate: int | None = None, *_: Any) -> int | None:
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


def prepared(args: Sequence[Any], environment: Mapping[str, str]) -> type[subprocess.Popen[Any]]:
    """What to start these with: `Prepared` if they can be, else `Popen`."""
    at_start = any(
        name in environment and environment[name] != os.environ.get(name) for name in _AT_START
    )
    try:
        _order([os.fspath(arg) for arg in args])
    except ValueError:
        return subprocess.Popen
    return subprocess.Popen if at_start else Prepared


def _order(args: list[str]) -> dict[str, Any]:
    match args:
        case [sys.executable, "-m", "stagedoor.cli", *_]:
            return {"argv": ["stagedoor", *args[3:]], "code": None}
        case [sys.executable, "-c", code, *_]:
            return {"argv": ["-c", *args[3:]], "code": code}
        case [command, *_] if command == str(_COMMAND):
            return {"argv": args, "code": None}
    raise ValueError(f"the server of prepared processes doesn't know {args[:3]}")


class _Server:
    """A process that has everything loaded, and forks; it ends with this process."""

    def __init__(self, warnings: str) -> None:
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()
        environment = {**os.environ, "PYTHONWARNINGS": warnings}
        with other:
            os.set_inheritable(other.fileno(), True)
            self._process = subprocess.Popen(
                [sys.executable, str(_SERVER), str(other.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[other.fileno()],
            )
        atexit.register(self._end)

    def send(self, order: dict[str, Any], fds: list[int]) -> None:
        with self._lock:
            socket.send_fds(self._socket, [json.dumps(order).encode()], fds)

    def _end(self) -> None:
        self._socket.close()
        self._process.wait(30)


@cache
def _server(warnings: str) -> _Server:
    return _Server(warnings)
