"""The service as a process that is killed, beside a local TikTok that sees everything."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from stagedoor.cli.demo.processes import free_port
from stagedoor.connector import keys
from stagedoor.connector import settings as settings_module
from stagedoor.connector.tenants.roles import Role
from stagedoor.connector.tenants.tokens import mint
from tests.support import media
from tests.support.connecting import consent
from tests.support.local import Local, emulator
from tests.support.prepared import Prepared
from tests.support.site import running_site

ROOT = Path(__file__).parents[2]
CALL = "/api/upstream/call/tiktok-provider"
ORG = "acme"
MEDIA_HOST, FILM_HOST = "media.example.com", "films.example.com"
SCOPES = ("user.info.basic", "user.info.profile", "video.list", "video.publish", "video.upload")
YEARS = 10 * 365 * 86_400

_INJECT = Path(__file__).with_name("inject")
_PATIENCE = 60.0
_STEP_SECONDS = 2.0


class Installation:
    """One installation: a data directory, a port, and one process of the service at a time."""

    def __init__(self, folder: Path, local: Local, films: str, database_url: str = "") -> None:
        self.local = local
        self.data = folder / "data"
        self.films = films
        self.deaths = 0
        self.starts = 0
        self.version = ""
        """Of the next process, where it isn't the code's own."""
        self.careful = True
        """Whether a request that makes something carries its key, so that it may be repeated."""
        self._drill = folder / "drill"
        self._drill.mkdir()
        self._armed = self._drill / "armed"
        self._orders = 0
        self.next_points: list[str] = []
        self._log = folder / "log"
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._environment = {
            "PYTHONPATH": f"{_INJECT}{os.pathsep}{ROOT}",
            "PYTHONUNBUFFERED": "1",
            "STAGEDOOR_DRILL": str(self._drill),
            "STAGEDOOR_DATA": str(self.data),
            "STAGEDOOR_HOME": str(folder / "home"),
            "STAGEDOOR_DATABASE_URL": database_url,
            "STAGEDOOR_PUBLIC_URL": self.url,
            "STAGEDOOR_PULL_URL": f"https://{MEDIA_HOST}",
            "STAGEDOOR_TIKTOK_URL": local.url,
            "STAGEDOOR_CLOCK": f"{local.url}/_emulator/clock",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.http = httpx2.Client(base_url=self.url, timeout=60)
        self._headers: dict[str, str] = {}

    @property
    def environ(self) -> dict[str, str]:
        """The environment of its process and its commands."""
        return os.environ | self._environment

    # its process

    def start(self) -> None:
        """A new process; returns when it answers, or died as it was told to."""
        self.starts += 1
        command = [sys.executable, "-m", "stagedoor.cli", "serve", "--port", str(self._port)]
        environment = os.environ | self._environment
        if self.version:
            environment["STAGEDOOR_DRILL_VERSION"] = self.version
        with self._log.open("ab") as log:
            self._process = Prepared(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        end = time.monotonic() + _PATIENCE
        while not self._answers():
            if self.dead and self._armed.exists():
                return
            assert not self.dead, f"the service ended at its start: {self.tail()}"
            assert time.monotonic() < end, f"the service didn't start: {self.tail()}"
            time.sleep(0.03)

    def _answers(self) -> bool:
        try:
            return self.http.get("/healthz").is_success
        except httpx2.TransportError:
            return False

    def arm(self, point: str = "") -> None:
        """From now on points are counted; at this one the process dies."""
        self._orders += 1
        new = self._drill / "new"
        new.write_text(f"{self._orders}\n{point}")
        new.rename(self._armed)

    def disarm(self) -> list[str]:
        """The points that were passed since `arm`, and no more counting."""
        self._armed.unlink(missing_ok=True)
        points = self._drill / "points"
        found = points.read_text().splitlines() if points.exists() else []
        points.unlink(missing_ok=True)
        return found

    @property
    def dead(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def revive(self) -> bool:
        """Start again if it is dead, armed with the next of `next_points`; whether it was."""
        if not self.dead:
            return False
        assert self._process is not None
        assert self._process.returncode == -9, f"it ended by itself: {self.tail()}"
        self.deaths += 1
        self._armed.unlink(missing_ok=True)
        if self.next_points:
            self.arm(self.next_points.pop(0))
        self.start()
        return True

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """As a deployment does."""
        if self._process is not None:
            self._process.terminate()
            assert self._process.wait(_PATIENCE) in (0, -signal.SIGTERM), self.tail()
            self._process = None

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    # what a caller does, who goes on whatever happens

    def authorise(self) -> None:
        settings = settings_module.load(environ=self._environment)
        token = mint(
            settings.jwt,
            keys.load(settings.keys_file).jwt,
            org=ORG,
            user="drill",
            role=Role.ADMIN,
            now=self.local.now(),
            seconds=YEARS,
        )
        self._headers = {"orgid": ORG, "authorization": f"Bearer {token}"}

    def request(self, method: str, url: str, **more: Any) -> httpx2.Response:
        """A request that is repeated until it is answered, as a careful backend does."""
        end = time.monotonic() + _PATIENCE
        answer: httpx2.Response | None
        while True:
            try:
                answer = self.http.request(method, url, **more)
            except httpx2.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500 and not _busy(answer):
                return answer
            assert time.monotonic() < end, f"{method} {url}: {answer} {self.tail()}"
            if answer is None:
                self._mourn()
            else:
                time.sleep(0.1)

    def _mourn(self) -> None:
        """Wait a moment for a broken connection's process to be dead, and start it again."""
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if self.revive():
                return
            time.sleep(0.01)

    def api(
        self, method: str, path: str, body: Any = None, key: str | None = None, **query: Any
    ) -> Any:
        once = {"idempotency-key": key} if key and self.careful else {}
        headers = self._headers | once
        answer = self.request(method, path, json=body, headers=headers, params=query or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def call(self, operation: str, body: Mapping[str, Any], key: str | None = None) -> Any:
        return self.api("POST", f"{CALL}/{operation}", body, key)

    def upload(self, url: str, data: bytes, piece: int = 8 << 20) -> None:
        """In pieces; after a broken one it goes on where the service says."""
        offset, size = 0, len(data)
        while offset < size:
            block = data[offset : offset + piece]
            said = {"content-range": f"bytes {offset}-{offset + len(block) - 1}/{size}"}
            answer = self.request("PUT", url, content=block, headers=said)
            assert answer.status_code in (201, 202, 409), answer.text
            offset = int(self.request("HEAD", url).headers["upload-offset"])

    def connect(self, creator: str | None = None) -> str:
        """Connect one of the local TikTok's creators; the integration's id."""
        asked = {"scopes": list(SCOPES), "returnUrl": "http://127.0.0.1:9/connected"}
        begun = self.call("get-auth-url", asked)
        came_back = self.http.get(consent(begun["authUrl"], creator))
        returned = parse_qs(urlsplit(came_back.headers["location"]).query)
        assert returned["integration"] == ["connected"], returned
        return returned["integrationId"][0]

    def pause_sync(self) -> None:
        """Pause synchronisation: its calls and commits would come at moments of their own between
        those that a drill counts."""
        [platform] = self.api("GET", "/api/sync/platforms")["platforms"]
        for one in platform["syncTypes"]:
            self.api("POST", f"/api/sync/pause/{one['syncType']}", {})

    def post(self, publish_id: str) -> dict[str, Any]:
        return dict(self.api("GET", f"/api/posts/{publish_id}"))

    def count(self, *states: str) -> int:
        """How many posts are in one of these states."""
        found, cursor = 0, None
        while True:
            query: dict[str, Any] = {"state": list(states), "limit": 200}
            if cursor:
                query["cursor"] = cursor
            page = self.api("GET", "/api/posts", **query)
            found, cursor = found + len(page["posts"]), page["nextCursor"]
            if cursor is None:
                return found

    def until(self, check: Callable[[], Any], seconds: float = _PATIENCE) -> None:
        """Wait until `check` gives something true; time passes meanwhile."""
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, f"not within {seconds} s: {self.tail()}"
            time.sleep(0.05)
            self.pass_time(0.2)

    def pass_time(self, seconds: float = _STEP_SECONDS) -> None:
        self.revive()
        self.local.advance(seconds)

    def until_over(self, publish_id: str) -> dict[str, Any]:
        """The post once it is final, with time passing and deaths mended."""
        end = time.monotonic() + _PATIENCE
        while (post := self.post(publish_id))["state"] not in OVER:
            assert time.monotonic() < end, f"{json.dumps(post, indent=1)}\n{self.tail()}"
            time.sleep(0.05)
            self.pass_time()
        return post

    def settled(self) -> list[dict[str, Any]]:
        """All that TikTok knows of posts, after it had the time to publish what it may have."""
        for _ in range(5):
            found = self.local.publishes()
            if all(one["status"] in _SETTLED for one in found):
                break
            self.local.advance(_STEP_SECONDS)
        return found

    def close(self) -> None:
        self.kill()
        self.http.close()


_SETTLED = ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX", "FAILED")
OVER = ("published", "inInbox", "failed", "cancelled", "unknown")


def _busy(answer: httpx2.Response) -> bool:
    """A refusal that says that the same again may do."""
    if answer.is_success or not answer.headers.get("content-type", "").startswith(
        "application/json"
    ):
        return False
    return bool(answer.json()["error"]["retryable"]) and answer.status_code == 409


@contextmanager
def installation(database_url: str = "", webhooks: bool = False) -> Iterator[Installation]:
    """An installation with one connected account, its process running; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="stagedoor-drill-"))
    try:
        with (
            emulator() as url,
            running_site() as site,
            httpx2.Client(base_url=url, timeout=60) as http,
        ):
            local = Local(url, http)
            local.reset()
            site.pages["/film.mp4"] = media.video()
            made = Installation(folder, local, f"https://{FILM_HOST}/film.mp4", database_url)
            local.control("PUT", "hosts", {MEDIA_HOST: made.url, FILM_HOST: site.url})
            if webhooks:
                address = f"{made.url}/connect/webhook/tiktok"
                local.control("PATCH", "apps/emulator-client-key", {"webhook_url": address})
            try:
                made.start()
                made.authorise()
                made.pause_sync()
                made.connect()
                yield made
            finally:
                made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
