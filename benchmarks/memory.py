"""The memory of `stagedoor serve` while ten large files are sent to it at once."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from .process import tool
from .row import Benchmark, Length, Row
from .service import Stage, running

MEMORY = 250
UPLOADS = 10
GIB = 1 << 30
_BLOCK = 1 << 20
_SAMPLE_SECONDS = 0.02


class Peak:
    """The most that a process and its children held, as the kernel counts it, in bytes."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._most: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def bytes(self) -> int:
        """Of all processes together, also of those that ended: more than was held at one time."""
        return sum(self._most.values())

    def _look(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            for process in (self._root, *self._root.children(recursive=True)):
                held = _high_water(process.pid)
                self._most[process.pid] = max(held, self._most.get(process.pid, 0))


def _high_water(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has just ended
        return 0
    _, found, rest = status.partition("VmHWM:")
    return int(rest.split()[0]) * 1024 if found else 0


def run(length: Length) -> list[Row]:
    with running() as stage, tempfile.TemporaryDirectory(prefix="stagedoor-films-") as folder:
        film = _film(Path(folder), GIB)
        with Peak(stage.process.pid) as peak:
            seconds = _upload(stage, film)
    whole = UPLOADS * GIB / (1 << 20)
    return [
        Row(
            f"{UPLOADS} uploads of 1 GiB at once: memory of serve",
            peak.bytes / 1e6,
            MEMORY,
            f"half raw, half multipart; {whole / seconds:,.0f} MiB/s taken in and synced",
            unit="MB",
        )
    ]


def _film(folder: Path, size: int) -> Path:
    film, block = folder / "film.mp4", os.urandom(_BLOCK)
    with film.open("wb") as file:
        for _ in range(size // _BLOCK):
            file.write(block)
    return film


def _upload(stage: Stage, film: Path) -> float:
    """Seconds until all are there."""
    begun = [
        stage.org.call("init-video-upload", title="Large", privacyLevel="SELF_ONLY")
        for _ in range(UPLOADS)
    ]
    with ThreadPoolExecutor(UPLOADS) as threads:
        started = time.perf_counter()
        sent = [
            threads.submit(_curl, film, one["uploadUrl"], bool(number % 2))
            for number, one in enumerate(begun)
        ]
        for one in sent:
            one.result()
        seconds = time.perf_counter() - started
    for one in begun:
        medium = stage.org.send("GET", f"/api/posts/{one['publishId']}")["media"][0]
        assert medium["complete"], medium
        assert medium["received"] == film.stat().st_size, medium
        stage.org.send("DELETE", f"/api/posts/{one['publishId']}")
    return seconds


def _curl(film: Path, url: str, as_form: bool) -> None:
    how = ["-F", f"file=@{film}"] if as_form else ["-T", str(film)]
    command = [tool("curl"), "-sS", "--fail", "-o", os.devnull, "-H", "Expect:", *how, url]
    subprocess.run(command, check=True)


BENCHMARK = Benchmark("memory", run)
