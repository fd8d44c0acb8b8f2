"""Running the emulator: in process, in a thread, as a process; state file, TLS, webhook."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stagedoor.emulator import Emulator, running
from stagedoor.emulator.state import StateError, load, save
from stagedoor.emulator.world import World
from tests.support.prepared import Prepared

SCRIPT = """
import json, sys
from pathlib import Path
from stagedoor.emulator import serve

options = json.loads(sys.argv[1])
if "state" in options:
    options["state"] = Path(options["state"])

def ready(where):
    print(json.dumps([where.url, str(where.ca_file)]), flush=True)

serve(port=0, ready=ready, **options)
"""


@contextmanager
def served(end: int = signal.SIGINT, **options: Any) -> Iterator[tuple[str, str]]:
    """URL and CA file of an emulator in a process of its own, ended by a signal."""
    process = Prepared(
        [sys.executable, "-c", SCRIPT, json.dumps(options)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        url, ca_file = json.loads(process.stdout.readline())
        yield url, ca_file
    finally:
        process.send_signal(end)
        assert process.wait(10) == 0
        process.stdout.close()


def issue(http: httpx2.Client) -> dict[str, Any]:
    told = http.post("/_emulator/tokens", json={"client_key": "emulator-client-key"})
    issued: dict[str, Any] = told.json()
    return issued


def open_id(http: httpx2.Client, token: str) -> httpx2.Response:
    return http.get("/v2/user/info/?fields=open_id", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_state_file_keeps_the_world_across_runs(tmp_path: Path, end: int) -> None:
    file = tmp_path / "world.json"
    with served(end, state=str(file)) as (url, _), httpx2.Client(base_url=url) as http:
        first = issue(http)
        http.post("/_emulator/clock", json={"advance": 3600})
        videos = http.get("/_emulator/world").json()["counts"]["videos"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with served(state=str(file)) as (url, _), httpx2.Client(base_url=url) as http:
        assert open_id(http, first["access_token"]).status_code == 200
        second = issue(http)
        assert second["open_id"] == first["open_id"]
        assert second["access_token"] != first["access_token"]
        world = http.get("/_emulator/world").json()
        assert world["counts"]["videos"] == videos
        http.post("/_emulator/clock", json={"advance": 86_400 - 3_600})
        assert open_id(http, first["access_token"]).status_code == 401


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', "\x00"])
def test_damaged_state_file_is_refused_in_words(tmp_path: Path, text: str) -> None:
    file = tmp_path / "world.json"
    file.write_text(text)
    world = World()
    with pytest.raises(StateError, match="no state file"):
        load(world, file)
    world.close()
    assert file.read_text() == text


def test_failed_write_leaves_the_old_state_file(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    emulator = Emulator()
    save(emulator.world, file)
    kept = file.read_bytes()
    emulator.world.all.hosts["bad"] = object()
    with pytest.raises(Exception, match=r"object"):
        save(emulator.world, file)
    emulator.close()
    assert file.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [file]


def test_tls_answers_to_who_trusts_its_authority() -> None:
    with served(tls=True) as (url, ca_file):
        assert url.startswith("https://")
        trusting = ssl.create_default_context(cafile=ca_file)
        with httpx2.Client(base_url=url, verify=trusting) as http:
            issued = issue(http)
            answer = http.get(
                "/v2/user/info/?fields=avatar_url",
                headers={"Authorization": f"Bearer {issued['access_token']}"},
            )
            assert answer.json()["data"]["user"]["avatar_url"].startswith(url)
        with httpx2.Client(base_url=url) as stranger, pytest.raises(httpx2.ConnectError):
            stranger.get("/")


def test_webhook_option_is_the_callback_of_the_ready_made_apps() -> None:
    hook = "http://127.0.0.1:1/hook"
    with running(webhook=hook) as server, httpx2.Client(base_url=server.url) as http:
        for _ in range(2):
            listed = http.get("/_emulator/apps").json()["apps"]
            hooks = {app["webhook_url"] for app in listed if not app["business"]}
            assert hooks == {hook}
            http.post("/_emulator/reset")


def test_taken_port_is_an_error() -> None:
    with running() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), running(port=port):
            pass


def test_in_process_without_a_server() -> None:
    tiktok_emulator = Emulator()

    async def call() -> int:
        transport = httpx2.ASGITransport(app=tiktok_emulator.asgi)
        async with (
            tiktok_emulator,
            httpx2.AsyncClient(transport=transport, base_url="http://tiktok.test") as http,
        ):
            issued = await http.post(
                "/_emulator/tokens", json={"client_key": "emulator-client-key"}
            )
            bearer = {"Authorization": f"Bearer {issued.json()['access_token']}"}
            answer = await http.get("/v2/user/info/?fields=open_id", headers=bearer)
            return answer.status_code

    assert asyncio.run(call()) == 200
    assert asyncio.run(call()) == 200
    tiktok_emulator.close()


def test_a_broken_handler_is_tiktoks_500_with_the_traceback_on_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with running() as server, httpx2.Client(base_url=server.url) as http:
        token = issue(http)["access_token"]
        for creator in server.world.all.creators.values():
            creator.colour = None
            creator.username = None
        server.world.videos_of(next(iter(server.world.all.creators)))[0].likes = "many"  # type: ignore[assignment]
        answer = http.get(
            "/v2/user/info/?fields=likes_count", headers={"Authorization": f"Bearer {token}"}
        )
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert answer.json()["error"]["log_id"] in caplog.text
    assert "Traceback" in caplog.text


def test_plugin_brings_nothing_heavy_to_pytests_start() -> None:
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pytest, stagedoor.testing.pytest_plugin as p; "
            "heavy = ('starlette', 'uvicorn', 'pydantic', 'httpx2'); "
            "print([name for name in heavy if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "[]"


def test_start_imports_nothing_that_only_some_calls_need() -> None:
    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from stagedoor.emulator import Emulator; Emulator().close(); "
            "print([m for m in ('jinja2', 'httpx2', 'av', 'trustme') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "[]"


def test_a_corrupt_answer_follows_the_work() -> None:
    with running() as server, httpx2.Client(base_url=server.url) as http:
        bearer = {"Authorization": f"Bearer {issue(http)['access_token']}"}
        path = "/v2/user/info/?fields=open_id,display_name"
        whole = http.get(path, headers=bearer).content
        http.post("/_emulator/faults", json={"operation": "display.user_info", "kind": "corrupt"})
        broken = http.get(path, headers=bearer)
        assert (broken.status_code, len(broken.content)) == (200, len(whole) // 2)
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            broken.json()
        assert http.get(path, headers=bearer).json()["error"]["code"] == "ok"
        wrong = {"operation": "media.upload_chunk", "kind": "corrupt"}
        refused = http.post("/_emulator/faults", json=wrong)
        assert (refused.status_code, refused.json()["error"]["problems"][0]["path"]) == (
            400,
            "kind",
        )
