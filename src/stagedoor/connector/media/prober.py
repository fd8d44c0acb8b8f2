"""Asking the child that looks into files, and ending it when it takes too long."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .storage import Parts, Storage

SECONDS = 60.0
CHILDREN = 2
_REUSED = 500
"""A child is replaced after so many files: what a file leaked doesn't stay."""


@dataclass(frozen=True, slots=True)
class Good:
    """The file passes. `facts` has seconds, fps, pixels, FFmpeg's names."""

    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """The file breaks TikTok's limits, or can't be read. `problems` name each."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """Its bytes aren't in the store."""


Probed = Good | Bad | Gone


class Prober:
    """A few children that are kept and used again; safe to share between threads."""

    def __init__(
        self, storage: Storage, seconds: float = SECONDS, children: int = CHILDREN
    ) -> None:
        self._storage = storage
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(children)
        self._idle: list[_Child] = []
        self._lock = threading.Lock()

    def probe(self, kind: str, parts: Parts, number: int = 1) -> Probed:
        """Look into a `video` or a `photo`; `number` is the photo's place in its post."""
        order = {
            "kind": kind,
            "number": number,
            "url": self._storage.url,
            "folder": str(self._storage.folder),
            "parts": [list(part) for part in parts],
        }
        with self._places:
            found = self._ask(order)
            if found is _DIED:  # of the file before this one, perhaps
                found = self._ask(order, fresh=True)
        match found:
            case _End():
                why = f"couldn't be read within {self._seconds:.0f} s, or broke the reader"
                return Bad((why,))
            case {"gone": True}:
                return Gone()
            case {"facts": facts}:
                return Good(facts)
            case _:
                return Bad(tuple(found["problems"]))

    def _ask(self, order: dict[str, Any], fresh: bool = False) -> dict[str, Any] | _End:
        with self._lock:
            child = self._idle.pop() if self._idle and not fresh else None
        child = child or _Child()
        found = child.ask(order, self._seconds)
        if isinstance(found, _End) or child.asked >= _REUSED:
            child.end()
        else:
            with self._lock:
                self._idle.append(child)
        return found

    def close(self) -> None:
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.end()


class _End(Enum):
    """How a child ended without an answer."""

    DIED = "died"
    TOO_LONG = "too long"


_DIED = _End.DIED


class _Child:
    """One process, and a thread that waits for its words."""

    def __init__(self) -> None:
        self.asked = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.probe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._listen, name="probe", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        out = self._process.stdout
        if out is not None:
            for line in out:
                self._said.put(line)
        self._said.put("")

    def ask(self, order: dict[str, Any], seconds: float) -> dict[str, Any] | _End:
        """Its answer, or how it ended."""
        self.asked += 1
        try:
            if self._process.stdin is None:
                return _End.DIED
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            found = json.loads(self._said.get(timeout=seconds))
        except queue.Empty:
            return _End.TOO_LONG
        except (OSError, ValueError):
            return _End.DIED
        return found if isinstance(found, dict) else _End.DIED

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
