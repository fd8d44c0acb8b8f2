"""The emulator as a process of its own, and clients that speak to it over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from stagedoor import TikTok
from tests.support import media, quick
from tests.support.local import Local, emulator
from tests.support.time_passing import skipped_waits


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[str]:
    with emulator() as url:
        yield url


@pytest.fixture(scope="session")
def emulator_http(emulator_process: str) -> Iterator[httpx2.Client]:
    with quick.client(emulator_process) as http:
        yield http


@pytest.fixture
def local(emulator_process: str, emulator_http: httpx2.Client) -> Iterator[Local]:
    """The local TikTok, as new for each test. Clients wait for nothing that its clock brings: the
    clock is moved on."""
    emulator_http.cookies.clear()
    local = Local(emulator_process, emulator_http)
    local.reset()
    with skipped_waits(local):
        yield local


@pytest.fixture
def tiktok(local: Local) -> Iterator[TikTok]:
    with local.client() as tiktok:
        yield tiktok


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of 17 MB and 3.2 seconds: three chunks of the smallest size."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    path.write_bytes(media.padded_video(17_000_000))
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A small real video: one chunk."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(media.video())
    return path


@pytest.fixture
def photo_host(local: Local, tmp_path: Path) -> Iterator[Path]:
    """A folder that https://photos.example.com serves, as far as the local TikTok can see."""
    folder = tmp_path / "photos"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        local.control("PUT", "hosts", {"photos.example.com": address})
        yield folder
        server.shutdown()
        thread.join()
