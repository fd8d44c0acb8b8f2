"""The emulator as a process of its own, and clients that speak to it over real HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stagedoor import AsyncTikTok, Hosts, RetryPolicy, TikTok, Tokens
from stagedoor.cli.demo.film import make_video
from tests.support import media

KEY, SECRET = "emulator-client-key", "emulator-client-secret"
UNAUDITED = "emulator-unaudited-key"
QUICK = RetryPolicy(first_delay=0.01, max_delay=0.05)


@dataclass
class Local:
    """The local TikTok and short ways to its control routes."""

    url: str
    http: httpx2.Client

    @property
    def hosts(self) -> Hosts:
        return Hosts.at(self.url)

    def control(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.http.request(method, f"/_emulator/{path}", json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def settings(self, **changed: Any) -> None:
        self.control("PATCH", "settings", changed)

    def fault(self, operation: str, kind: str, **more: Any) -> None:
        self.control("POST", "faults", {"operation": operation, "kind": kind} | more)

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def now(self) -> float:
        return float(self.control("GET", "clock")["now"])

    def tokens(self, client_key: str = KEY, **asked: Any) -> Tokens:
        """Tokens of the first creator for an app, without going through the consent page."""
        issued = self.control("POST", "tokens", {"client_key": client_key} | asked)
        return Tokens(
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            open_id=issued["open_id"],
        )

    def client(self, client_key: str = KEY, tokens: Tokens | None = None, **more: Any) -> TikTok:
        return TikTok(
            client_key,
            SECRET,
            tokens=tokens or self.tokens(client_key),
            hosts=self.hosts,
            **({"retry": QUICK} | more),
        )

    def async_client(self, tokens: Tokens | None = None, **more: Any) -> AsyncTikTok:
        return AsyncTikTok(
            KEY,
            SECRET,
            tokens=tokens or self.tokens(),
            hosts=self.hosts,
            **({"retry": QUICK} | more),
        )

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """The requests of an operation as the emulator saw them."""
        seen: list[dict[str, Any]] = self.control("GET", "requests", operation=operation)[
            "requests"
        ]
        return seen

    def publishes(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "publishes")["publishes"])

    def phone(self, method: str, path: str, body: Any = None) -> Any:
        return self.control(method, f"phone/maracooks/{path}", body)


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[str]:
    command = [sys.executable, "-m", "stagedoor.cli", "emulator", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        match = re.search(r"on (http://\S+)", process.stdout.readline())
        assert match, "the emulator didn't start"
        yield match[1]
        process.terminate()


@pytest.fixture
def local(emulator_process: str) -> Iterator[Local]:
    with httpx2.Client(base_url=emulator_process, timeout=30) as http:
        local = Local(emulator_process, http)
        local.control("POST", "reset", {})
        local.settings(processing_seconds=0.05, moderation_seconds=0.05)
        yield local


@pytest.fixture
def tiktok(local: Local) -> Iterator[TikTok]:
    with local.client() as tiktok:
        yield tiktok


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of about 17 MB: three chunks of the smallest size."""
    return make_video(tmp_path_factory.mktemp("film") / "film.mp4", seconds=5)


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
