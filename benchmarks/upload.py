"""A large video's way out through `publish_video`, against curl sending the same chunks."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stagedoor import plan_chunks
from stagedoor.platform import media
from stagedoor.platform.products import posting

from .contest import contest, ratio, typical
from .nginx import Server, canned
from .process import ROOT, python, tool
from .row import Benchmark, Better, Length, Row

SPEED = 0.5
MEMORY = 120
GIB = 1 << 30
UPLOAD = media.UPLOAD_PATHS[0]
_BLOCK = 1 << 20
_HEAD = 4096
"""More than the head of a request is long."""


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


def _answers(base: str) -> dict[str, bytes]:
    """The answers to the calls that a post needs besides its bytes."""
    data: dict[str, dict[str, object]] = {
        posting.CREATOR_INFO.path: {
            "creator_username": "first.creator",
            "creator_nickname": "First Creator",
            "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
            "comment_disabled": False,
            "duet_disabled": False,
            "stitch_disabled": False,
            "max_video_post_duration_sec": 600,
        },
        posting.VIDEO_INIT.path: {
            "publish_id": "v_pub_file~v2-1.7400000000000000000",
            "upload_url": f"{base}{UPLOAD}?upload_id=1&upload_token=1",
        },
        posting.STATUS.path: {"status": "PUBLISH_COMPLETE"},
    }
    error = {"code": "ok", "message": "", "log_id": "20261120155200A1B2C3D4E5F60718293A"}
    return {path: json.dumps({"data": d, "error": error}).encode() for path, d in data.items()}


def _rows(size: int, rounds: int, folder: Path, server: Server) -> list[Row]:
    video, chunks = _write(folder, size)
    base = server.url
    command = _curl(chunks, size, f"{base}{UPLOAD}?upload_id=1&upload_token=1")
    seen = 0

    def checked(seconds: float) -> float:
        """Once the server has logged every chunk at its full length."""
        nonlocal seen
        end = time.monotonic() + 5
        while len(logged := server.received()) < seen + len(chunks) and time.monotonic() < end:
            time.sleep(0.01)
        new, seen = logged[seen:], len(logged)
        received = sum(new)
        assert size < received < size + len(chunks) * _HEAD, f"{received} of {size} bytes arrived"
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
    rows = []
    # 4 GB is the most that TikTok takes.
    plans = [(GIB, 5)] if length is Length.SHORT else [(GIB, 15), (4 * GIB, 5)]
    for size, rounds in plans:
        with (
            canned(_answers, discards=[UPLOAD], log=True) as server,
            tempfile.TemporaryDirectory(prefix="stagedoor-upload-") as folder,
        ):
            rows += _rows(size, rounds, Path(folder), server)
    return rows


BENCHMARK = Benchmark("upload", run)
