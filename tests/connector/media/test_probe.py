"""Files that are meant to do harm break the child that reads them, and nothing else."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from stagedoor.child_process import NEEDED
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.connector.fair_queue import Shares
from stagedoor.connector.media.blocking_slots import BlockingSlots, Busy
from stagedoor.connector.media.prober import CHILDREN, Bad, Gone, Good, Prober
from stagedoor.connector.media.storage import Parts, Storage
from tests.support import media
from tests.support.probing import end_kept_children


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
    found = prober.probe("acme", "video", put(tmp_path, media.video()))
    assert isinstance(found, Good)
    assert found.facts["codec"] == "h264"
    assert prober.probe("acme", "video", put(tmp_path, media.video(), 7)) == found
    photo = prober.probe("acme", "photo", put(tmp_path, media.photo()))
    assert isinstance(photo, Good)
    png = prober.probe("acme", "photo", put(tmp_path, media.photo(kind="png")), 3)
    assert png == Bad(("is PNG, TikTok takes JPEG or WebP",))
    assert prober.probe("acme", "video", [("nothing", 5)]) == Gone()
    assert isinstance(prober.probe("acme", "video", put(tmp_path, media.sound())), Bad)
    prober.close()


class Dripping(Storage):
    """A store whose reads end only when the child that asked for them is gone."""

    def open(self, parts: Parts) -> Any:
        storage = self

        class File(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                while not storage.over.wait(0.02):
                    if not children():
                        storage.over.set()
                return bytes(size or 0)

        return File()

    over = threading.Event()


@pytest.fixture(autouse=True)
def _no_others() -> None:
    """No child of an earlier test: these tests count them, and end them."""
    end_kept_children()


def children() -> list[int]:
    """Child processes of this one that look into files."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
            status = (path.parent / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if b"media.probe" in command and int(status[1]) == os.getpid() and status[0] != "Z":
            found.append(int(path.parent.name))
    return found


def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    prober = Prober(Dripping(None, tmp_path), seconds=1.5)
    with pytest.raises(ServiceUnavailable, match="within 2 s") as late:
        prober.probe("acme", "video", [("dripping", 100)])
    assert late.value.retryable  # it says nothing about the file
    assert children() == []
    prober.close()


def test_a_child_is_given_no_secret_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STAGEDOOR_JWT_SECRET", "AWS_SECRET_ACCESS_KEY", "TIKTOK_CLIENT_SECRET"):
        monkeypatch.setenv(name, "a-secret-of-the-service")
    with (tmp_path / "keys.json").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        prober = Prober(Storage(None, tmp_path))
        assert isinstance(prober.probe("acme", "video", put(tmp_path, media.video())), Good)
        (child,) = children()
        environment = Path(f"/proc/{child}/environ").read_bytes()
        assert b"PYTHONUTF8=1" in environment  # it can be read
        assert b"a-secret-of-the-service" not in environment
        names = {entry.partition(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
        assert names <= {*NEEDED, "PYTHONUTF8"}
        open_files = [os.readlink(path) for path in Path(f"/proc/{child}/fd").iterdir()]
        assert not [path for path in open_files if str(tmp_path) in path]
        prober.close()


def test_a_child_has_little_memory_and_time(tmp_path: Path) -> None:
    prober = Prober(Storage(None, tmp_path))
    prober.probe("acme", "video", put(tmp_path, media.video()))
    (child,) = children()
    limits = Path(f"/proc/{child}/limits").read_text()
    bounds = {
        line[:26].strip(): line[26:].split()[0] for line in limits.splitlines() if "Max" in line
    }
    assert int(bounds["Max address space"]) <= 768 << 20
    assert int(bounds["Max cpu time"]) <= 30
    assert bounds["Max file size"] == "0"
    prober.close()


def test_one_that_uses_up_its_processor_time_is_told_so(tmp_path: Path) -> None:
    class Ended(Storage):
        def open(self, parts: Parts) -> Any:
            class File(io.BytesIO):
                def read(self, size: int | None = -1, /) -> bytes:
                    for child in children():
                        os.kill(child, signal.SIGXCPU)  # as the kernel does
                    return bytes(size or 0)

            return File()

    prober = Prober(Ended(None, tmp_path))
    assert prober.probe("acme", "video", [("film", 1000)]) == Bad(
        ("takes more processor time to be read than any real media",)
    )
    prober.close()


def test_a_child_that_dies_is_replaced(tmp_path: Path) -> None:
    prober = Prober(Storage(None, tmp_path), children=1)
    parts = put(tmp_path, media.video())
    assert isinstance(prober.probe("acme", "video", parts), Good)
    os.kill(prober._idle[0]._process.pid, signal.SIGKILL)
    assert isinstance(prober.probe("acme", "video", parts), Good)
    prober.close()


def test_many_threads_share_few_children(tmp_path: Path) -> None:
    prober = Prober(Storage(None, tmp_path))
    parts = put(tmp_path, media.video())
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda org=org: found.append(prober.probe(org, "video", parts)))
        for org in ("acme", "other") * 6
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert all(isinstance(one, Good) for one in found)
    assert len(children()) <= CHILDREN
    prober.close()


def test_one_organisation_cannot_take_all_slots() -> None:
    slots = BlockingSlots(Shares(total=3, org=2, agent=2, waiting=2))
    end, held = threading.Event(), threading.Semaphore(0)
    refused: list[Busy] = []

    def attack() -> None:
        try:
            with slots.slot("attacker", 60):
                held.release()
                end.wait(60)
        except Busy as error:
            refused.append(error)

    threads = [threading.Thread(target=attack) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        assert held.acquire(timeout=30)
    with slots.slot("other", 0.0):  # at once, though more of the attacker waits
        pass
    while len(refused) < 4:  # two run, two wait, the others are told
        time.sleep(0.01)
    assert refused[0].retryable
    end.set()
    for thread in threads:
        thread.join()
    with slots.slot("attacker", 0.0), slots.slot("attacker", 0.0), pytest.raises(Busy):
        slots.slot("attacker", 0.0).__enter__()


@pytest.mark.parametrize(("held", "seconds"), [(0.01, 1.0), (6.0, 12.0), (600.0, 60.0)])
def test_a_refused_caller_comes_again_when_those_that_wait_had_their_slots(
    held: float, seconds: float
) -> None:
    now = 0.0
    slots = BlockingSlots(Shares(total=2, org=2, agent=2, waiting=4), lambda: now)
    for _ in range(3):
        with slots.slot("acme", 0.0):
            now += held
    waiting = [threading.Thread(target=_hold, args=(slots,)) for _ in range(4)]
    with slots.slot("acme", 0.0), slots.slot("acme", 0.0):
        for thread in waiting:
            thread.start()
        while slots._queue.waiting("acme") < 4:
            time.sleep(0.01)
        with pytest.raises(Busy) as refused, slots.slot("acme", 0.0):
            pass
    for thread in waiting:
        thread.join()
    assert refused.value.retry_after == seconds


def _hold(slots: BlockingSlots) -> None:
    with slots.slot("acme", 60.0):
        pass
