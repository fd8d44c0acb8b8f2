"""Probing files in a limited number of child processes, shared fairly and with a time limit."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from stagedoor import child_process

from ..errors import ServiceUnavailable
from ..fair_queue import Shares
from .blocking_slots import BlockingSlots
from .errors import MediaGone
from .storage import Parts, Storage

CHILDREN = 3
SHARE = 2
"""The most children that one organisation's files may occupy."""
WAITING = 8
"""The most callers of one organisation that may wait for a child."""
SECONDS = 60.0
"""The time limit for a file of any size; each GiB has more, since a WebM is read to its end. A file
that takes longer without using the processor points to a problem of the machine or the store: it
can be retried."""
_SECONDS_PER_GIB = 30.0
CPU_SECONDS = 10.0
"""A file that needs more processor time is refused."""
_CPU_SECONDS_PER_GIB = 10.0
_PATIENCE = 60.0
"""How long a caller waits for a child."""
_REUSED = 500
"""A child is replaced after this many files, which frees leaked memory."""
_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Good:
    """The file passes. `facts` has seconds, fps, pixels, and FFmpeg's names."""

    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """The file breaks TikTok's limits, or can't be read. `problems` lists each problem."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """The file's bytes aren't in the store."""


Probed = Good | Bad | Gone


class _File(Protocol):
    def seek(self, offset: int, /) -> int: ...
    def read(self, size: int, /) -> bytes | None: ...


class Prober:
    """A few child processes that are kept and reused. Thread-safe.

    A probe blocks its thread: never call it from a thread that authenticates or serves requests.
    """

    def __init__(
        self,
        storage: Storage,
        seconds: float = SECONDS,
        children: int = CHILDREN,
        share: int = SHARE,
        cpu_seconds: float = CPU_SECONDS,
    ) -> None:
        self._storage = storage
        self._seconds = seconds
        self._cpu_seconds = cpu_seconds
        share = min(share, children)
        self._slots = BlockingSlots(Shares(children, share, share, WAITING))
        self._idle: list[Child] = []
        self._working: set[Child] = set()
        self._closed = False
        self._lock = threading.Lock()

    def probe(self, org: str, kind: str, parts: Parts, number: int = 1) -> Probed:
        """Probe a `video` or a `photo`, or an `ad video` or `ad photo`, whose limits are those of
        ads; `number` is the photo's place in its post.

        Raises `Busy` where the organisation has many files to probe, `ServiceUnavailable` where it
        took too long, and the errors of reading from the store.
        """
        with self._slots.slot(org, _PATIENCE):
            try:
                with self._storage.open(parts) as file:
                    found = self._ask(kind, number, parts, file)
            except MediaGone:
                return Gone()
        if "facts" in found:
            return Good(found["facts"])
        return Bad(tuple(found["problems"]))

    def _ask(self, kind: str, number: int, parts: Parts, file: Any) -> dict[str, Any]:
        size = sum(length for _, length in parts)
        more = size / (1 << 30)
        order = {
            "kind": kind,
            "number": number,
            "size": size,
            "cpu": self._cpu_seconds + more * _CPU_SECONDS_PER_GIB,
        }
        seconds = self._seconds + more * _SECONDS_PER_GIB
        try:
            return self._ask_child(order, file, seconds)
        except _DiedUsed:  # the file before this one may have been the cause
            return self._ask_child(order, file, seconds)

    def _ask_child(self, order: dict[str, Any], file: Any, seconds: float) -> dict[str, Any]:
        with self._lock:
            if self._closed:
                raise _ending()
            child = self._idle.pop() if self._idle else Child()
            self._working.add(child)
        try:
            found = child.ask(order, file, seconds)
        finally:
            with self._lock:
                self._working.discard(child)
                kept = child.alive and child.asked < _REUSED and not self._closed
                if kept:
                    self._idle.append(child)
            if not kept:
                child.end()
        if self._closed and "facts" not in found:
            raise _ending()
        return found

    def close(self) -> None:
        """End all children; a thread that waits for one gets an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            working = tuple(self._working)
        for child in idle:
            child.end()
        for child in working:  # ended by the thread that waits for it
            child.kill()


def _ending() -> ServiceUnavailable:
    return ServiceUnavailable("This process is about to end: try again.", retry_after=5)


class _DiedUsed(Exception):
    """A child that had probed other files before died without a response."""


class Child:
    """One child process that runs a module of this package. Any failure to answer ends it."""

    def __init__(self, module: str = "probe", *arguments: str, fds: Sequence[int] = ()) -> None:
        self.asked = 0
        self.alive = True
        self._late = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            pass_fds=fds,
            env=child_process.environment(),
        )

    def ask(self, order: dict[str, Any], file: _File, seconds: float) -> dict[str, Any]:
        """The child's response. Raises `_DiedUsed`, and the errors of reading `file`."""
        self.asked += 1
        watch = threading.Timer(seconds, self._take_too_long)
        watch.daemon = True
        watch.start()
        try:
            return self._converse(order, file)
        except _Unreadable as error:
            self.end()
            raise error.cause from None
        except (OSError, ValueError):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # if it ends by itself, its exit code says why
            self.end()
            return self._said_nothing(seconds)
        except BaseException:
            self.end()
            raise
        finally:
            watch.cancel()

    def _converse(self, order: dict[str, Any], file: _File) -> dict[str, Any]:
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            raise OSError
        questions.write(json.dumps(order).encode() + b"\n")
        questions.flush()
        while True:
            found = json.loads(answers.readline(_LINE))
            match found:
                case {"read": [int(start), int(length)]}:
                    questions.write(_bytes(file, start, length, order["size"]))
                    questions.flush()
                case {"facts": dict()} | {"problems": list()}:
                    return dict(found)
                case _:
                    raise ValueError

    def _said_nothing(self, seconds: float) -> dict[str, Any]:
        if self._late:
            raise ServiceUnavailable(
                f"A file couldn't be looked into within {seconds:.0f} s: the machine or the media "
                "store is busy. Nothing was lost: try again.",
                retry_after=10,
            )
        if self._process.returncode == -_signal("SIGXCPU"):
            return {"problems": ["takes more processor time to be read than any real media"]}
        if self.asked > 1:
            raise _DiedUsed
        return {"problems": ["broke the program that reads it"]}

    def _take_too_long(self) -> None:
        self._late = True
        self._process.kill()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        self.alive = False
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class _Unreadable(ValueError):
    """The store failed while the child was reading."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _bytes(file: _File, start: int, length: int, size: int) -> bytes:
    """Read exactly `length` bytes of the file. Raises `_Unreadable`."""
    if start < 0 or length < 0 or start + length > size:
        raise ValueError("a child asks for bytes that the file doesn't have")
    try:
        file.seek(start)
        data = b""
        while len(data) < length:
            more = file.read(length - len(data))
            if not more:
                raise MediaGone("The media's bytes aren't all in the store any more.")
            data += more
        return data
    except Exception as error:
        raise _Unreadable(error) from error


def _signal(name: str) -> int:
    import signal

    return int(getattr(signal, name, 0))
