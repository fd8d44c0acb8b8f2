"""Files that are meant to do harm break the child that reads them, and nothing else."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from stagedoor.connector.media.prober import Bad, Gone, Good, Prober
from stagedoor.connector.media.storage import Storage
from tests.support import media


def put(folder: Path, data: bytes, pieces: int = 1) -> list[tuple[str, int]]:
    size = -(-len(data) // pieces)
    parts = []
    for number in range(pieces):
        part = data[number * size : (number + 1) * size]
        (folder / f"part{number}").write_bytes(part)
        parts.append((f"part{number}", len(part)))
    return parts


def test_facts_of_a_file_in_one_piece_and_in_many(tmp_path: Path) -> None:
    prober = Prober(Storage(None, tmp_path))
    found = prober.probe("video", put(tmp_path, media.video()))
    assert isinstance(found, Good)
    assert found.facts["codec"] == "h264"
    assert prober.probe("video", put(tmp_path, media.video(), 7)) == found
    photo = prober.probe("photo", put(tmp_path, media.photo()))
    assert isinstance(photo, Good)
    png = prober.probe("photo", put(tmp_path, media.photo(kind="png")), 3)
    assert png == Bad(("is PNG, TikTok takes JPEG or WebP",))
    assert prober.probe("video", [("nothing", 5)]) == Gone()
    assert isinstance(prober.probe("video", put(tmp_path, media.sound())), Bad)
    prober.close()


def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    fifo = tmp_path / "endless"
    os.mkfifo(fifo)
    prober = Prober(Storage(None, tmp_path), seconds=1.5)
    begun = time.monotonic()
    found = prober.probe("video", [("endless", 100)])
    assert isinstance(found, Bad)
    assert "within 2 s" in found.problems[0]
    assert time.monotonic() - begun < 5
    assert isinstance(
        Prober(Storage(None, tmp_path)).probe("video", put(tmp_path, media.video())), Good
    )
    prober.close()


def test_a_child_that_dies_is_replaced(tmp_path: Path) -> None:
    prober = Prober(Storage(None, tmp_path), children=1)
    parts = put(tmp_path, media.video())
    assert isinstance(prober.probe("video", parts), Good)
    os.kill(prober._idle[0]._process.pid, signal.SIGKILL)
    assert isinstance(prober.probe("video", parts), Good)
    prober.close()


def test_many_threads_share_few_children(tmp_path: Path) -> None:
    prober = Prober(Storage(None, tmp_path))
    parts = put(tmp_path, media.video())
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(prober.probe("video", parts)))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert all(isinstance(one, Good) for one in found)
    assert len(prober._idle) <= 2
    prober.close()
