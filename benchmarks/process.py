"""Processes of the benchmarks: servers of their own, and commands that are timed."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0


def _environment() -> dict[str, str]:
    """Ours, but with bytecode kept: installed packages have theirs, so ours must too."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


ENVIRONMENT = _environment()


class ToolMissing(Exception):
    """A program that the benchmarks measure with isn't installed."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def tool(name: str) -> str:
    """Where a program is; Debian keeps nginx where only root's PATH leads."""
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))
    for folder in path.split(os.pathsep):
        candidate = Path(folder) / name
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    raise ToolMissing(f"{name} isn't installed: run scripts/bench-tools")


def wait_until(ready: Callable[[], bool], server: subprocess.Popen[bytes], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if server.poll() is not None:
            raise RuntimeError(f"{what} ended with {server.returncode} instead of answering")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not answer within {PATIENCE:.0f} s")
        time.sleep(0.002)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def serving(
    command: Sequence[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A server on `port` for as long as the block lasts; `environment` is added to ours."""
    told = {**ENVIRONMENT, **(environment or {})}
    server = subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), server, command[0] + " " + " ".join(command[1:3]))
        yield server
    finally:
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def seconds(command: Sequence[str]) -> float:
    """How long a command takes from start to end."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun
