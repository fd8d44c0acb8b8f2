"""Clients of others: MCP's official TypeScript SDK, LangChain's adapters, and TikTok's SDK for
TikTok API for Business.

Each is installed apart from the project's own environment (scripts/mcp-clients) and asked as a
process; what can't be installed fails the test with the reason.
"""

from __future__ import annotations

import fcntl
import json
import select
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]
_HERE = Path(__file__).parent
_INSTALL_SECONDS = 600
_SECONDS = 50


def installed(client: str) -> Path:
    """Where a client is installed, now if need be."""
    lock = Path(tempfile.gettempdir()) / "stagedoor-mcp-clients.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = subprocess.run(
            [_ROOT / "scripts" / "mcp-clients", client],
            capture_output=True,
            text=True,
            timeout=_INSTALL_SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip()) / client


class Asked:
    """A client in a process that answers a line of JSON with another, and goes on: to load what it
    needs takes most of the time of one answer."""

    def __init__(self, *command: str | Path) -> None:
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    def __call__(self, asked: dict[str, Any]) -> Any:
        """The answer that the client got."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
        if not select.select([process.stdout], [], [], _SECONDS)[0]:
            self.end()
            raise AssertionError(f"no answer within {_SECONDS} s")
        line = process.stdout.readline()
        if not line:
            self._said.seek(0)
            said = self._said.read().decode()
            self.end()
            raise AssertionError(said)
        return json.loads(line)

    def _started(self) -> subprocess.Popen[str]:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )

    def end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()
        self._said.close()


@contextmanager
def typescript(folder: Path) -> Iterator[Asked]:
    """The official TypeScript client."""
    yield from _ended(Asked("node", _HERE / "typescript" / "client.mjs", folder))


@contextmanager
def langchain(folder: Path) -> Iterator[Asked]:
    """LangChain's tools."""
    yield from _ended(Asked(folder / "bin" / "python", _HERE / "langchain" / "ask"))


def _ended(client: Asked) -> Iterator[Asked]:
    try:
        yield client
    finally:
        client.end()


def business(folder: Path, asked: dict[str, Any]) -> Any:
    """The answer of TikTok's SDK."""
    return _asked([str(folder / "bin" / "python"), str(_HERE / "business" / "ask")], asked)


def _asked(command: Sequence[str], asked: dict[str, Any]) -> Any:
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
