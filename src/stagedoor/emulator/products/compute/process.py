"""One run of a script in a process of its own, with limits; blocks until it ended."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from stagedoor import child_process

MOST_FILES = 100
_LOG_BYTES = 64 << 10
_LINE = 4 << 20
"""Bytes of one message of the child."""
_WATCH_SECONDS = 0.2

Answer = Callable[[dict[str, Any]], Iterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Real seconds, processor seconds, bytes of address space, bytes of all files."""

    seconds: float
    cpu_seconds: float
    memory: int
    output: int


@dataclass(slots=True)
class RunResult:
    """The files and the log of a run. `reason` says why it failed; empty: it didn't."""

    reason: str = ""
    line: int | None = None
    log: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


class ScriptProcess:
    """The run of one script. `answer` gives the messages that answer one of the script's."""

    def __init__(self, name: str, code: str, limits: ProcessLimits, answer: Answer) -> None:
        self._name, self._code, self._limits, self._answer = name, code, limits, answer
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = ""
        """Why the process was killed; empty: it wasn't."""
        self._lock = threading.Lock()
        self._over = threading.Event()

    def run(self) -> RunResult:
        with (
            tempfile.TemporaryDirectory(
                prefix="stagedoor-script-", ignore_cleanup_errors=True
            ) as home,
            tempfile.TemporaryFile() as log,
        ):
            work, spare = Path(home, "work"), Path(home, "tmp")
            work.mkdir()
            spare.mkdir()
            self._begin(work, log)
            watch = threading.Thread(target=self._watch, args=(Path(home),), daemon=True)
            watch.start()
            try:
                found = self._converse([str(work), str(spare)])
            finally:
                self._over.set()
                self._end()
                watch.join()
            outcome = self._judged(found, work)
            outcome.log = _tail(log)
            return outcome

    def kill(self, reason: str = "The emulator ended while it ran.") -> None:
        """End the process, and those that it started in its group."""
        with self._lock:
            self._stopped = self._stopped or reason
            if self._child is not None and self._child.returncode is None:
                _kill_group(self._child)

    def _begin(self, work: Path, log: IO[bytes]) -> None:
        with self._lock:
            if self._stopped:
                return
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", f"{__package__}.runner"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=work,
                env=child_process.environment(),
                start_new_session=True,
            )

    def _converse(self, folders: list[str]) -> dict[str, Any] | None:
        """Answer the script's messages until it tells its outcome; None: it told none."""
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            return None
        order = {
            "name": self._name,
            "code": self._code,
            "folders": folders,
            "memory": self._limits.memory,
            "cpu": self._limits.cpu_seconds,
            "written": self._limits.output,
        }
        with suppress(OSError, ValueError):
            _say(child.stdin, order)
            while line := child.stdout.readline(_LINE):
                message = json.loads(line)
                if not isinstance(message, dict) or "ended" in message or "failed" in message:
                    return message if isinstance(message, dict) else None
                for answer in self._answer(message):
                    _say(child.stdin, answer)
        return None

    def _end(self) -> None:
        child = self._child
        if child is None:
            return
        with self._lock:
            # a process that told its outcome has nothing more to do; before it is reaped, its
            # group can't be another one's
            _kill_group(child)
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _watch(self, home: Path) -> None:
        """Kill the process when it takes too long or leaves too much."""
        late = time.monotonic() + self._limits.seconds
        while not self._over.wait(_WATCH_SECONDS):
            if time.monotonic() > late:
                self.kill(f"It ran for longer than {self._limits.seconds:g} s.")
            elif _size(home) > self._limits.output:
                self.kill(self._too_much())

    def _too_much(self) -> str:
        return f"It left more than {self._limits.output:,} bytes, or more than {MOST_FILES} files."

    def _judged(self, found: dict[str, Any] | None, work: Path) -> RunResult:
        if self._stopped:
            return RunResult(self._stopped)
        if found is None:
            return RunResult(self._silent())
        if "failed" in found:
            line = found.get("line")
            return RunResult(str(found["failed"]), line if isinstance(line, int) else None)
        if _size(work) > self._limits.output:
            return RunResult(self._too_much())
        files = {path.relative_to(work).as_posix(): path.read_bytes() for path, _ in _regular(work)}
        if not files:
            return RunResult("It left no file in its folder, so there is nothing to review.")
        return RunResult(files=files)

    def _silent(self) -> str:
        code = self._child.returncode if self._child is not None else 0
        if -code == getattr(signal, "SIGXCPU", 0):
            return f"It used more than {self._limits.cpu_seconds:g} s of processor time."
        return (
            f"Its process ended with code {code} before the script did: by os._exit, a crash, or "
            "the end of its memory."
        )


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _regular(folder: Path) -> Iterator[tuple[Path, int]]:
    """The regular files below a folder with their sizes; links aren't followed."""
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(place, name)
            with suppress(OSError):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode):
                    yield path, status.st_size


def _size(folder: Path) -> float:
    """The bytes of all files; infinite if there are too many."""
    total = 0
    for number, (_, size) in enumerate(_regular(folder), 1):
        if number > MOST_FILES:
            return float("inf")
        total += size
    return total


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _LOG_BYTES))
    return log.read().decode(errors="replace")


def _say(out: IO[bytes], message: dict[str, Any]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()
