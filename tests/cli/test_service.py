"""`up`, `serve`, `worker`, `token`, and `post` and `videos` through the service."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from stagedoor.cli.demo.consent import answer
from stagedoor.cli.demo.processes import free_port
from stagedoor.cli.remote import Remote
from tests.support import media

from .conftest import Shell


@dataclass
class Up:
    """`stagedoor up`, and how to reach it."""

    shell: Shell
    service: str
    emulator: str

    def token(self, org: str = "acme", *more: str) -> str:
        clock = f"{self.emulator}/_emulator/clock"
        done = self.shell.run("token", "--org", org, *more, STAGEDOOR_CLOCK=clock)
        assert done.code == 0, done.err
        return done.out.strip()

    def settings(self, org: str = "acme") -> dict[str, str]:
        return {"STAGEDOOR_SERVICE_URL": self.service, "STAGEDOOR_TOKEN": self.token(org)}

    def connect(self, org: str = "acme") -> None:
        with Remote(self.service, self.token(org)) as remote:
            started = remote.call("get-auth-url", returnUrl="https://saas.example.com/back")
            came = remote.http.get(answer(started["authUrl"]))
            assert "integration=connected" in came.headers["location"]


@contextmanager
def up(shell: Shell) -> Iterator[Up]:
    ports = free_port(), free_port()
    command = ("up", "--port", str(ports[0]), "--emulator-port", str(ports[1]))
    with shell.started(*command) as running:
        service = running.line(r"Stagedoor on (http://\S+)", 40)[1]
        emulator = running.line(r"TikTok emulator +(http://[^/]+)")[1]
        yield Up(shell, service, emulator)


@pytest.mark.timeout(120)
def test_up_runs_everything_and_posts_go_through_it(shell: Shell) -> None:
    clip = shell.folder / "clip.mp4"
    clip.write_bytes(media.video())
    with up(shell) as service:
        ready = httpx2.get(f"{service.service}/readyz").json()
        assert ready["status"] == "ok"

        env = service.settings()
        nobody = shell.run("videos", **env)
        assert nobody.code == 1
        assert "no account connected to the service" in nobody.words

        service.connect()
        undecided = shell.run("post", clip, **env)
        assert undecided.code == 2
        assert "@maracooks offers: PUBLIC_TO_EVERYONE" in undecided.words

        done = shell.run("post", clip, "--privacy", "PUBLIC_TO_EVERYONE", "--title", "Hi", **env)
        assert done.code == 0, done.err
        assert re.search(r"Published for @maracooks: .*\(publish_id \S+\)", done.words)

        drafted = shell.run("post", clip, "--draft", "--json", **env)
        assert drafted.json["state"] == "inInbox"

        listed = shell.run("videos", "--limit", "2", "--json", **env).json
        assert "Hi" in [video["title"] for video in listed]

        not_one = shell.folder / "notes.mp4"
        not_one.write_text("words")
        refused = shell.run("post", not_one, "--privacy", "SELF_ONLY", **env)
        assert refused.code == 1
        assert "can't be read as a video" in refused.words

        told = httpx2.get(f"{service.emulator}/_emulator/deliveries").json()["deliveries"]
        assert {item["state"] for item in told} == {"delivered"}
    # it was told to end, and nothing of it is left
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{service.emulator}/_emulator/clock")


def test_a_token_is_printed_and_nothing_else(shell: Shell) -> None:
    done = shell.run("token", "--org", "acme", "--role", "viewer")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.out)
    assert done.err == ""
    keys = shell.home / "keys.json"
    assert keys.stat().st_mode & 0o077 == 0
    without = shell.run("token")
    assert without.code == 2
    assert "--org" in without.err


@pytest.mark.timeout(90)
def test_serve_alone_keeps_what_a_worker_then_does(shell: Shell) -> None:
    port = free_port()
    with ExitStack() as stack:
        running = stack.enter_context(shell.started("serve", "--port", str(port), "--no-worker"))
        running.line(r"Stagedoor on http://127\.0\.0\.1:", 40)
        worker = stack.enter_context(shell.started("worker"))
        worker.line(r"worker w[0-9a-f]+ is at work", 40)
        assert httpx2.get(f"http://127.0.0.1:{port}/healthz").json() == {"status": "ok"}
        # nobody said how it is reached from outside: it is reached where it listens
        running.line(rf"reached by +http://127\.0\.0\.1:{port}$")
        told = httpx2.get(f"http://127.0.0.1:{port}/.well-known/oauth-authorization-server")
        assert told.json()["issuer"] == f"http://127.0.0.1:{port}"
    assert Path(shell.folder / "stagedoor-data" / "stagedoor.db").exists()


def test_a_taken_port_is_said_before_anything_starts(shell: Shell) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = shell.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "ddress already in use" in done.words


def test_settings_that_can_not_be_used_are_named(shell: Shell) -> None:
    database = shell.run("serve", STAGEDOOR_DATABASE_URL="mysql://x")
    assert database.code == 1
    assert "STAGEDOOR_DATABASE_URL must begin with postgresql://" in database.words
    lonely = shell.run("videos", STAGEDOOR_SERVICE_URL="http://127.0.0.1:9")
    assert lonely.code == 1
    assert "STAGEDOOR_TOKEN isn't" in lonely.words
    token = shell.run("token", "--org", "acme").out.strip()
    gone = {"STAGEDOOR_SERVICE_URL": "http://127.0.0.1:9", "STAGEDOOR_TOKEN": token}
    unreached = shell.run("videos", **gone)
    assert unreached.code == 1
    assert "isn't reached" in unreached.words
    odd = shell.run("videos", STAGEDOOR_SERVICE_URL="http://127.0.0.1:9", STAGEDOOR_TOKEN="x")
    assert "make one with 'stagedoor token'" in odd.words
