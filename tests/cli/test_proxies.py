"""A proxy of the environment that can't be used: one line in every command that opens a client."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Shell

SOCKS = "socks5h://mara:hunter2@127.0.0.1:9"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJvcmdpZCI6ImFjbWUifQ.c2ln"
THROUGH = {"STAGEDOOR_SERVICE_URL": "http://127.0.0.1:9", "STAGEDOOR_TOKEN": TOKEN}
COMMANDS: list[tuple[tuple[str, ...], dict[str, str]]] = [
    (("doctor",), {}),
    (("videos",), THROUGH),
    (("connect",), {}),
    (("post", "film.mp4", "--privacy", "SELF_ONLY"), THROUGH),
    (("research", "query", "--where", "region_code=DE"), {}),
    (("serve", "--port", "0"), {}),
    (("worker",), {}),
    (("up",), {}),
    (("agents", "stdio"), {"STAGEDOOR_AGENT_KEY": "sda_x"}),
]


@pytest.mark.parametrize(("command", "settings"), COMMANDS, ids=lambda one: " ".join(one))
def test_a_socks_proxy_is_one_line_that_names_its_variable(
    shell: Shell, command: tuple[str, ...], settings: dict[str, str]
) -> None:
    (Path(shell.folder) / "film.mp4").write_bytes(b"no film")
    shell.env["STAGEDOOR_TIKTOK_URL"] = "http://127.0.0.1:9"
    done = shell.run(*command, ALL_PROXY=SOCKS, **settings)
    assert done.code != 0
    assert "ALL_PROXY names a SOCKS proxy (127.0.0.1:9)" in done.words
    assert "unset ALL_PROXY" in done.words
    assert "hunter2" not in done.words
