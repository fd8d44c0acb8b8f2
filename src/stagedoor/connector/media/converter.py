"""Measuring and converting files in child processes."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from stagedoor.platform.media import MAX_FILE, PHOTO

from ..errors import ServiceUnavailable
from ..fair_queue import Shares
from ..private_files import private_folder
from .blocking_slots import BlockingSlots
from .conversion import ConversionPlan
from .prober import Bad, Child, Good, Probed
from .service import MediaKind, Medium
from .storage import RESERVE, Storage

_MEASURING = Shares(total=2, org=1, agent=1, waiting=8)
_PATIENCE = 30.0
_MEASURE_SECONDS, _MEASURE_CPU = 60.0, 20.0
_SECONDS = 60.0
_CPU_PER_SECOND = 12.0
"""Processor seconds for each second of a video: 4096 pixels at 60 frames a second need as many."""
_MOST_CPU = 3_600.0
_WALL = 4.0
"""Real seconds for each processor second that a conversion may take."""


class Converter:
    """Runs `converting` in child processes. Thread-safe. Its methods block for long."""

    def __init__(self, storage: Storage, folder: Path) -> None:
        self._storage = storage
        self._folder = folder
        self._measuring = BlockingSlots(_MEASURING)
        self._running: set[Child] = set()
        self._closed = False
        self._lock = threading.Lock()

    def close(self) -> None:
        """End all children; a thread that waits for one gets `ServiceUnavailable`."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for child in running:  # ended by the thread that waits for it
            child.kill()

    def measure(self, medium: Medium) -> Probed:
        """The facts of a file, whatever its format. Raises `Busy`, and the errors of reading it."""
        with self._measuring.slot(medium.org, _PATIENCE):
            return self._ask(medium, {"cpu": _MEASURE_CPU, "most": 0}, None, _MEASURE_SECONDS)

    @contextmanager
    def converted(self, medium: Medium, plan: ConversionPlan) -> Iterator[tuple[Probed, IO[bytes]]]:
        """Convert a file; gives the outcome and the result's open file, which is deleted at the
        end. Raises `ServiceUnavailable` after too long a time."""
        target = plan.order
        private_folder(self._folder)
        most = PHOTO.max_bytes if medium.kind is MediaKind.PHOTO else MAX_FILE
        most = int(min(most, max(0, self._free() - RESERVE)))
        cpu = min(_MOST_CPU, _SECONDS + _CPU_PER_SECOND * target["seconds"])
        with tempfile.TemporaryFile(dir=self._folder) as out:
            order = {"cpu": cpu, "most": most, "target": target}
            yield self._ask(medium, order, out, cpu * _WALL), out

    def _free(self) -> float:
        import shutil

        return min(self._storage.free(), shutil.disk_usage(self._folder).free)

    def _ask(
        self, medium: Medium, order: dict[str, Any], out: IO[bytes] | None, seconds: float
    ) -> Probed:
        number = 2 if out is None else out.fileno()
        with self._lock:
            if self._closed:
                raise _ending()
            child = Child("converting", str(number), fds=() if out is None else (number,))
            self._running.add(child)
        try:
            with self._storage.open(medium.parts) as file:
                size = sum(length for _, length in medium.parts)
                order = {"kind": medium.kind.value, "size": size, **order}
                found = child.ask(order, file, seconds)
        finally:
            with self._lock:
                self._running.discard(child)
            child.end()
        if self._closed and "facts" not in found:
            raise _ending()
        if "facts" in found:
            return Good(found["facts"])
        return Bad(tuple(found["problems"]))


def _ending() -> ServiceUnavailable:
    return ServiceUnavailable("This process is about to end: try again.", retry_after=5)
