"""A proxy of the environment that can't be used: one line in every command that opens a client."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from stagedoor.cli.demo.processes import free_port
from stagedoor.client import Hosts, TikTok
from stagedoor.client.errors import ConfigurationError
from stagedoor.client.transport import opened
from stagedoor.testing import TikTokEmulator

from .conftest import Shell

SOCKS = "socks5h://mara:hunter2@127.0.0.1:9"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJvcmdpZCI6ImFjbWUifQ.c2ln"
AWAY = "http://stagedoor.invalid"
PORT = "a free port"
"""Stands for one in a command, until the command is run."""
THROUGH = {"STAGEDOOR_SERVICE_URL": AWAY, "STAGEDOOR_TOKEN": TOKEN}
COMMANDS: list[tuple[tuple[str, ...], dict[str, str]]] = [
    (("doctor",), {}),
    (("doctor",), THROUGH),
    (("videos",), THROUGH),
    (("connect",), {}),
    (("post", "film.mp4", "--privacy", "SELF_ONLY"), THROUGH),
    (("research", "query", "--where", "region_code=DE"), {}),
    (("serve", "--port", "0"), {}),
    (("worker",), {}),
    (("up",), {"STAGEDOOR_JWT_JWKS_URL": f"{AWAY}/jwks"}),
    (("agents", "stdio", "--url", AWAY), {"STAGEDOOR_AGENT_KEY": "sda_x"}),
]


@pytest.mark.parametrize(("command", "settings"), COMMANDS, ids=lambda one: " ".join(one))
def test_a_socks_proxy_is_one_line_that_names_its_variable(
    shell: Shell, command: tuple[str, ...], settings: dict[str, str]
) -> None:
    (Path(shell.folder) / "film.mp4").write_bytes(b"no film")
    shell.env["STAGEDOOR_TIKTOK_URL"] = AWAY
    shell.env |= {"TIKTOK_CLIENT_KEY": "key", "TIKTOK_CLIENT_SECRET": "secret"}
    done = shell.run(*command, ALL_PROXY=SOCKS, **settings)
    assert done.code != 0
    assert "ALL_PROXY names a SOCKS proxy (127.0.0.1:9)" in done.words
    assert "unset ALL_PROXY" in done.words
    assert "hunter2" not in done.words


LOCAL = {"STAGEDOOR_SERVICE_URL": "http://127.0.0.1:9", "STAGEDOOR_TOKEN": TOKEN}


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        (("doctor",), LOCAL),
        (("videos",), LOCAL),
        (("post", "film.mp4", "--privacy", "SELF_ONLY"), LOCAL),
        (("agents", "stdio", "--url", "http://127.0.0.1:9"), {"STAGEDOOR_AGENT_KEY": "sda_x"}),
    ],
    ids=lambda one: " ".join(one),
)
@pytest.mark.parametrize("proxy", [{"ALL_PROXY": SOCKS}, {"HTTP_PROXY": "http://127.0.0.1:1"}])
def test_loopback_is_reached_around_any_proxy(
    shell: Shell, command: tuple[str, ...], settings: dict[str, str], proxy: dict[str, str]
) -> None:
    (Path(shell.folder) / "film.mp4").write_bytes(b"no film")
    shell.env["STAGEDOOR_TIKTOK_URL"] = "http://127.0.0.1:9"
    done = shell.run(*command, **proxy, **settings)
    assert "reached" in done.words or "answer" in done.words
    assert "PROXY" not in done.words
    assert "Traceback" not in done.words


def test_a_service_on_loopback_is_found_around_a_proxy(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    for proxy in ({"ALL_PROXY": SOCKS}, {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": ""}):
        done = shell.run("doctor", **(LOCAL | {"STAGEDOOR_SERVICE_URL": tiktok.url} | proxy))
        assert f"{tiktok.url} answers, but is no Stagedoor" in done.words


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("command", "ready"),
    [
        (("serve", "--no-worker", "--port", "0"), r"Stagedoor on http://127\.0\.0\.1:"),
        (("worker",), r"worker w[0-9a-f]+ is at work"),
        (
            ("up", "--port", PORT, "--emulator-port", "0"),
            r"Stagedoor on http://127\.0\.0\.1:",
        ),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_a_service_that_reaches_only_loopback_starts_with_any_proxy(
    shell: Shell, command: tuple[str, ...], ready: str
) -> None:
    shell.env["STAGEDOOR_TIKTOK_URL"] = "http://127.0.0.1:9"
    command = tuple(str(free_port()) if word == PORT else word for word in command)
    with shell.started(*command, ALL_PROXY=SOCKS) as running:
        running.line(ready, 60)


def test_nothing_leaves_the_machine_around_a_proxy_that_can_not_be_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", SOCKS)
    with (
        opened(httpx2.Client, 5, reaches=("http://127.0.0.1:9",)) as http,
        pytest.raises(ConfigurationError, match="ALL_PROXY names a SOCKS proxy"),
    ):
        http.get(AWAY)
    with pytest.raises(ConfigurationError, match="ALL_PROXY"):
        TikTok()
    TikTok(hosts=Hosts.at("http://127.0.0.1:9")).close()
