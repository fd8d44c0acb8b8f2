"""The process behind `prepared`: it loads Stagedoor once, and forks for each order.

Its arguments are the file descriptors of two sockets: one that listens, and one whose other end
closes when the server is to end. A message on a connection is an order in JSON with four file
descriptors: the streams of the new process, and a pipe that is told its id and how it ended.
Connections are those of pytest workers, and of the processes that the server forked.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import inspect
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

LIBRARIES = (
    "alembic.command",
    "alembic.config",
    "alembic.context",
    "anyio._backends._asyncio",
    "av",
    "cedarpy",
    "dbos",
    "dbos._sys_db_postgres",
    "dbos._sys_db_sqlite",
    "httpcore2",
    "mcp.server.streamable_http_manager",
    "obstore.store",
    "psutil",
    "psycopg",
    "sqlite3",
    "trio",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "uvloop",
)
"""Modules that Stagedoor imports late: they are most of the time of a service's start."""
_NOT_IMPORTED = ("__main__", "receiver", "probe", "pytest_plugin", "migrations")
"""Modules of Stagedoor that are run by their names, or by Alembic and pytest."""
_OF_TLS = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that say which certificates a process trusts."""
_LARGEST = 1 << 20
_FILTERS = tuple(warnings.filters)
"""The warning filters that Python starts with by default."""


@dataclass
class Forked:
    """In a new process: its order, its three streams, and a connection to the server."""

    order: dict[str, Any]
    streams: list[int]
    line: socket.socket


def serve(
    listening: socket.socket, life: socket.socket, running: dict[int, int] | None = None
) -> Forked | None:
    """Fork for each order until the other end of `life` is closed; returns in each new process,
    and at the end. The keys of `running` are then the processes that still run.

    Forked processes have connections of their own, for the processes that they start.
    """
    running = {} if running is None else running
    lines: dict[int, socket.socket] = {}
    woken, wakes = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    while True:
        watched = [listening.fileno(), life.fileno(), woken, *lines]
        ready = select.select(watched, [], [])[0]
        if life.fileno() in ready:
            return None
        if listening.fileno() in ready:
            line, _ = listening.accept()
            lines[line.fileno()] = line
        if woken in ready:
            with suppress(BlockingIOError):
                os.read(woken, 4096)
            _reap(running)
        for line in [lines[fd] for fd in ready if fd in lines]:
            message, fds, _, _ = socket.recv_fds(line, _LARGEST, 4)
            if not message:
                del lines[line.fileno()]
                line.close()
                continue
            server_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                for fd in (woken, wakes, fds[3], *running.values()):
                    os.close(fd)
                for one in (listening, life, *lines.values(), server_end):
                    one.close()
                return Forked(json.loads(message), fds[:3], child_end)
            child_end.close()
            lines[server_end.fileno()] = server_end
            for fd in fds[:3]:
                os.close(fd)
            running[pid] = fds[3]
            with suppress(BrokenPipeError):  # the process that sent the order may be dead
                os.write(fds[3], struct.pack("i", pid))


def _reap(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        tell = running.pop(pid)
        with suppress(BrokenPipeError):
            os.write(tell, struct.pack("i", status))
        os.close(tell)


def become(order: dict[str, Any], fds: list[int]) -> None:
    """Be as a process that was just started so."""
    os.chdir(order["cwd"])
    environment: dict[str, str] = order["environment"]
    if any(os.environ.get(name) != environment.get(name) for name in _OF_TLS):
        importlib.import_module("stagedoor.client.transport").tls.cache_clear()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
    for fd in fds:
        os.close(fd)
    buffered = not os.environ.get("PYTHONUNBUFFERED")
    encoding, errors = _encoding(os.environ.get("PYTHONIOENCODING", ""))
    sys.stdin = _stream(0, "r", encoding, errors)
    sys.stdout = _stream(1, "w", encoding, errors, buffered)
    sys.stderr = _stream(2, "w", encoding, "backslashreplace", buffered, lines=True)
    sys.argv = list(order["argv"])
    sys.orig_argv = [sys.executable, *sys.argv]
    sys.path[0] = ""
    _warn_as(os.environ.get("PYTHONWARNINGS", ""))
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    if paths := [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]:
        sys.path[1:1] = paths
        sys.modules.pop("sitecustomize", None)
        importlib.invalidate_caches()
        with suppress(ModuleNotFoundError):
            importlib.import_module("sitecustomize")


def _warn_as(options: str) -> None:
    """Filter warnings as Python does that starts with these options and then loads modules."""
    filters: Any = warnings.filters
    of_modules = filters[: -len(_FILTERS)]
    sys.warnoptions[:] = options.split(",") if options else []
    filters[:] = _FILTERS
    processed: Any = vars(warnings)["_processoptions"]
    processed(sys.warnoptions)
    filters[:0] = of_modules
    # changes nothing besides that Python sees that the list is another one
    warnings.simplefilter("default", append=True)


def run(work: Callable[[], Any]) -> None:
    """Run to the end of the process.

    Python's own end frees everything that was loaded, one object after the other, which writes to
    all memory that is shared with the server: ten times the work of the fork. What has an effect
    outside of the process is done: threads end, handlers are called, what the process itself made
    is looked through for what was left open, and what was written is sent.
    """
    code: int | None = None
    try:
        work()
    except SystemExit as error:
        if not isinstance(error.code, int | None):
            raise
        code = error.code
    threading.__dict__["_shutdown"]()
    atexit._run_exitfuncs()
    gc.collect()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(code)  # Python itself says what is to be said
    os._exit((code or 0) & 0xFF)


def run_code(code: str) -> None:
    """Run a program to the end of the process, as `python -c` does."""
    compiled = compile(code, "<string>", "exec")
    run(lambda: exec(compiled, {"__name__": "__main__"}))  # noqa: S102


def load() -> None:
    """Import everything, and compute what a process computes once; fails if that starts a thread,
    which a fork would not have."""
    package = importlib.import_module("stagedoor")
    names = [one.name for one in pkgutil.walk_packages(package.__path__, "stagedoor.")]
    for name in LIBRARIES:
        importlib.import_module(name)
    modules = [
        importlib.import_module(name)
        for name in names
        if not set(name.split(".")) & set(_NOT_IMPORTED)
    ]
    for module in modules:
        for function in list(vars(module).values()):
            if _computed_once(function, module):
                function()
    _build_routes()
    require_no_thread()


def require_no_thread() -> None:
    """Fail if the process has more threads than this: a forked process would not have them."""
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("a module starts a thread when it is imported")


def _computed_once(function: Any, module: ModuleType) -> bool:
    """Whether it is a cached function of the module that takes nothing and gives something."""
    if not hasattr(function, "cache_clear") or function.__module__ != module.__name__:
        return False
    declared = inspect.signature(function)
    return not declared.parameters and declared.return_annotation not in (None, "None")


def _build_routes() -> None:
    """The framework builds what it needs of a route at its first use, and keeps it."""
    app = importlib.import_module("stagedoor.connector.app")
    connector = importlib.import_module("stagedoor.connector.domains").CONNECTOR
    agents = importlib.import_module("stagedoor.agents.domains").DOMAINS
    for _ in app.iter_route_contexts(app.framework(connector.routers() + agents.routers()).routes):
        pass


def _encoding(asked: str) -> tuple[str, str]:
    """The encoding of the streams and how they handle errors, as PYTHONIOENCODING says."""
    encoding, _, errors = asked.partition(":")
    return encoding or "utf-8", errors or ("strict" if encoding else "surrogateescape")


def _stream(
    fd: int, mode: str, encoding: str, errors: str, buffered: bool = True, lines: bool = False
) -> io.TextIOWrapper:
    raw: Any = open(  # noqa: SIM115
        fd, f"{mode}b", -1 if buffered or mode == "r" else 0, closefd=False
    )
    lines = lines or os.isatty(fd)
    return io.TextIOWrapper(raw, encoding, errors, line_buffering=lines, write_through=not buffered)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listening, life = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:])
    if life in select.select([listening, life], [], [])[0]:
        sys.exit()  # no test started a process
    gc.disable()
    # the module beside this file; a script has its own folder in front
    prepared = importlib.import_module("prepared")

    # the module of this name takes the function's place in its package
    from stagedoor.cli import main

    load()
    gc.freeze()
    gc.enable()
    forked = serve(listening, life)
    if forked is not None:
        order = forked.order
        prepared.fork_again(forked.line)
        become(order, forked.streams)
        if order["code"] is not None:
            run_code(order["code"])
        elif order["module"] is not None:
            run(lambda: runpy.run_module(order["module"], run_name="__main__", alter_sys=True))
        else:
            run(main)
