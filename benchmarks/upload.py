"""A large video's way out through `publish_video`, against curl sending the same chunks."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from stagedoor import plan_chunks

from .contest import contest, ratio, typical
from .process import ROOT, free_port, python, serving, tool
from .row import Benchmark, Better, Length, Row
from .sink import RECEIVED, UPLOAD

SPEED = 0.5
MEMORY = 120
GIB = 1 << 30
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of the video in a file of its own: curl can't send a range of a file."""

    file: Path
    offset: int
    length: int


def _write(folder: Path, size: int) -> tuple[Path, list[Chunk]]:
    """The video, and its chunks as the client divides it; written now, so both are in memory."""
    block = os.urandom(_BLOCK)
    video = folder / "video.mp4"
    with video.open("wb") as file:
        for _ in range(size // _BLOCK):
            file.write(block)
    chunks: list[Chunk] = []
    with video.open("rb") as file:
        for offset, length in plan_chunks(size).ranges():
            chunk = Chunk(folder / f"chunk-{len(chunks):03}.mp4", offset, length)
            chunk.file.write_bytes(file.read(length))
            chunks.append(chunk)
    return video, chunks


def _curl(chunks: list[Chunk], size: int, url: str) -> list[str]:
    """One process and one connection for all chunks, with the headers that the client sends."""
    return [tool("curl"), *_joined(_one(chunk, size, url) for chunk in chunks)]


def _one(chunk: Chunk, size: int, url: str) -> list[str]:
    last = chunk.offset + chunk.length - 1
    headers = (
        "Content-Type: video/mp4",
        f"Content-Range: bytes {chunk.offset}-{last}/{size}",
        "Expect:",  # curl would wait for a 100 first
    )
    options = ["--silent", "--show-error", "--fail", "--output", os.devnull]
    options += ["--write-out", "%{time_total}\n", "--upload-file", str(chunk.file)]
    return [*options, *(part for header in headers for part in ("--header", header)), url]


def _joined(transfers: Iterator[list[str]]) -> list[str]:
    joined: list[str] = []
    for transfer in transfers:
        joined += ["--next", *transfer] if joined else transfer
    return joined


def _rows(size: int, rounds: int, folder: Path, base: str) -> list[Row]:
    video, chunks = _write(folder, size)
    command = _curl(chunks, size, f"{base}{UPLOAD}?upload_id=1&upload_token=1")

    def checked(seconds: float) -> float:
        received = httpx2.get(base + RECEIVED).json()
        assert received == size, f"{received} of {size} bytes arrived"
        return seconds

    def curl() -> float:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return checked(sum(float(line) for line in done.stdout.split()))

    rows = []
    for mode in ("sync", "async"):
        peaks: list[int] = []

        def ours(mode: str = mode, peaks: list[int] = peaks) -> float:
            child = python("-m", "benchmarks.uploader", mode, base, str(video))
            done = subprocess.run(child, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            result = json.loads(done.stdout)
            peaks.append(result["peak"])
            return checked(result["seconds"])

        seconds = contest(ours, curl, rounds)
        mine, theirs = (size / (1 << 20) / taken for taken in typical(seconds))
        name = f"upload of {size // GIB} GiB, {mode}"
        rows.append(
            Row(
                name,
                1 / ratio(seconds),
                SPEED,
                f"{mine:,.0f} MiB/s, curl {theirs:,.0f} MiB/s",
                Better.HIGHER,
            )
        )
        most = f"the most of {len(peaks)} runs"
        rows.append(Row(f"{name}: memory", max(peaks) / 1e6, MEMORY, most, unit="MB"))
    return rows


def run(length: Length) -> list[Row]:
    port = free_port()
    rows = []
    # 4 GB is the most that TikTok takes.
    plans = [(GIB, 9)] if length is Length.SHORT else [(GIB, 15), (4 * GIB, 5)]
    for size, rounds in plans:
        with (
            serving(python("-m", "benchmarks.sink", str(port)), port),
            tempfile.TemporaryDirectory(prefix="stagedoor-upload-") as folder,
        ):
            rows += _rows(size, rounds, Path(folder), f"http://127.0.0.1:{port}")
    return rows


BENCHMARK = Benchmark("upload", run)
