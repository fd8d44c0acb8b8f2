"""`stagedoor emulator`: a local TikTok in a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

import stagedoor

from .conftest import Shell, Started

ADDRESS = r"^TikTok emulator on (https?://\S+)$"


def health(url: str, **options: object) -> int:
    return httpx2.get(f"{url}/_emulator/health", trust_env=False, **options).status_code  # type: ignore[arg-type]


def stopped(running: Started) -> int:
    running.process.send_signal(signal.SIGINT)
    return running.process.wait(20)


def test_it_says_where_it_answers_and_how_to_use_it(shell: Shell) -> None:
    with shell.started("emulator", "--port", "0") as running:
        url = running.line(ADDRESS)[1]
        running.line("Ctrl-C ends it")
        assert health(url) == 200
        assert f"  use it             export STAGEDOOR_TIKTOK_URL={url}" in running.lines
        assert f"  look inside        {url}/_emulator/" in running.lines
        assert shell.run("doctor", STAGEDOOR_TIKTOK_URL=url).code == 0
        assert stopped(running) in (0, 130)


def test_a_taken_port_is_said_in_one_line(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = shell.run("emulator", "--port", str(port))
    assert done.code == 1
    assert f"can't listen on 127.0.0.1 port {port}: Address already in use." in done.err
    assert "--port 0 takes a free one" in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_the_world_is_kept_over_restarts(shell: Shell, tmp_path: Path) -> None:
    state = tmp_path / "world.json"
    with shell.started("emulator", "--port", "0", "--state", state) as running:
        url = running.line(ADDRESS)[1]
        made = httpx2.post(
            f"{url}/_emulator/creators", json={"username": "new.face"}, trust_env=False
        )
        assert made.status_code == 201
        stopped(running)
    assert state.exists()
    with shell.started("emulator", "--port", "0", "--state", state) as running:
        url = running.line(ADDRESS)[1]
        kept = httpx2.get(f"{url}/_emulator/creators/new.face", trust_env=False)
        assert kept.json()["username"] == "new.face"


def test_a_state_that_cannot_be_read_is_said_in_one_line(shell: Shell) -> None:
    (shell.folder / "world.json").write_text("not a world")
    done = shell.run("emulator", "--port", "0", "--state", "world.json")
    assert done.code == 1
    assert "world.json" in done.err
    assert done.err.count("\n") == 1
    assert (shell.folder / "world.json").read_text() == "not a world"


def test_a_state_that_could_not_be_written_at_the_end_is_refused_at_the_start(
    shell: Shell,
) -> None:
    done = shell.run("emulator", "--port", "0", "--state", "nowhere/world.json")
    assert done.code == 2
    assert "There is no folder for nowhere/world.json." in done.err


def test_the_same_seed_is_the_same_world(shell: Shell) -> None:
    shown = []
    for seed in ("7", "7", "8"):
        with shell.started("emulator", "--port", "0", "--seed", seed) as running:
            profile = httpx2.get(f"{running.line(ADDRESS)[1]}/@maracooks", trust_env=False)
            shown.append(re.findall(r"<li><a [^>]+>([^<]+)</a>", profile.text))
    assert len(shown[0]) > 10
    assert shown[0] == shown[1] != shown[2]


def test_with_tls_it_answers_https_to_whom_trusts_its_certificate(shell: Shell) -> None:
    with shell.started("emulator", "--port", "0", "--tls") as running:
        url = running.line(ADDRESS)[1]
        assert url.startswith("https://127.0.0.1:")
        certificate = running.line(r"export SSL_CERT_FILE=(\S+)")[1]
        trusting = ssl.create_default_context(cafile=certificate)
        assert health(url, verify=trusting) == 200
        with pytest.raises(httpx2.ConnectError):
            health(url)
        found = shell.run("doctor", STAGEDOOR_TIKTOK_URL=url, SSL_CERT_FILE=certificate)
        assert found.code == 0, found.out


_ASKED_BY_NAME = """
import os, socket, httpx, requests
real, port = socket.getaddrinfo, int(os.environ["PORT"])
def here(host, *rest, **more):  # as a hosts file does, and as if it were port 443
    return real("127.0.0.1" if host == "open.tiktokapis.com" else host, port, *rest[1:], **more)
socket.getaddrinfo = here
for library in (httpx, requests):
    answer = library.get("https://open.tiktokapis.com/v2/user/info/?fields=open_id")
    print(answer.status_code, answer.json()["error"]["code"])
"""
_ASKED_BY_NAME_IN_NODE = """
import https from "node:https";
const lookup = (name, options, done) =>
  options.all ? done(null, [{address: "127.0.0.1", family: 4}]) : done(null, "127.0.0.1", 4);
const at = {host: "open.tiktokapis.com", port: process.env.PORT, path: "/v2/user/info/", lookup};
const told = (answer) => { console.log(answer.statusCode); answer.destroy(); };
https.get({...at, agent: false}, told).on("error", (error) => console.log(error.code));
"""


def test_what_it_prints_lets_other_programs_trust_tiktoks_names(shell: Shell) -> None:
    with shell.started("emulator", "--port", "0", "--tls") as running:
        port = running.line(ADDRESS)[1].rpartition(":")[2]
        running.line("Ctrl-C ends it")
        told = dict(zip(running.lines, running.lines[1:], strict=False))

        def ask(command: list[str], exports: str = "", text: str | None = None) -> str:
            given = dict(one.split("=", 1) for one in exports.split() if "=" in one)
            env = {"PATH": os.environ["PATH"], "HOME": str(shell.folder), "PORT": port} | given
            done = subprocess.run(
                command, env=env, input=text, capture_output=True, text=True, timeout=50, check=True
            )
            return done.stdout

        names = told["  hosts file, with --port 443, for Python and Node"].split()
        assert names[0] == "127.0.0.1"
        assert {"open.tiktokapis.com", "www.tiktok.com", "business-api.tiktok.com"} <= {*names}
        python = told["  Python (httpx, requests)"]
        answers = ask([sys.executable, "-c", _ASKED_BY_NAME], python)
        assert answers.split() == ["401", "access_token_invalid"] * 2
        node = ["node", "--input-type=module"]
        assert ask(node, told["  Node"], _ASKED_BY_NAME_IN_NODE) == "401\n"
        distrusting = ask(node, "", _ASKED_BY_NAME_IN_NODE)
        assert "CERT" in distrusting or "VERIFY" in distrusting
        curl = shlex.split(told["  curl"])
        url = "https://www.tiktok.com/@maracooks"
        assert "maracooks" in ask([*curl[:-1], "--silent", "--show-error", url])
        browser = shlex.split(told["  browser, in a profile of its own"])
        quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", url]
        assert "maracooks" in ask([*browser[:-1], *quiet])


def test_webhooks_are_said_to_go_where_they_were_sent(shell: Shell) -> None:
    target = "http://127.0.0.1:9/hooks"
    with shell.started("emulator", "--port", "0", "--webhook", target) as running:
        url = running.line(ADDRESS)[1]
        running.line(f"webhooks go to +{target}")
        app = httpx2.get(f"{url}/_emulator/apps/emulator-client-key", trust_env=False).json()
    assert app["webhook_url"] == target


def test_a_further_host_name_is_answered_to_where_it_was_allowed(shell: Shell) -> None:
    with shell.started("emulator", "--port", "0", "--allow-host", "tiktok-emulator") as running:
        url = running.line(ADDRESS)[1]
        assert health(url, headers={"host": "tiktok-emulator:8701"}) == 200
        assert health(url, headers={"host": "evil.example:8701"}) == 421
        stopped(running)


def test_scripts_run_where_they_were_allowed(shell: Shell) -> None:
    here = str(Path(stagedoor.__file__).parents[1])  # for the processes of scripts
    options = ("--port", "0", "--allow-scripts")
    with shell.started("emulator", *options, PYTHONPATH=here) as running:
        url = running.line(ADDRESS)[1]
        packages = running.line(r"scripts +export PYTHONPATH=(\S+)$")[1]
        assert (Path(packages) / "pyrqs" / "rqs.py").is_file()
        with httpx2.Client(base_url=f"{url}/_emulator", trust_env=False, timeout=60) as http:
            code = {"code": "open('o', 'w').write('1')"}
            made = http.post("/compute/scripts", json=code).json()["id"]
            http.post("/clock", json={"advance": 0})  # waits for it
            shown = http.get(f"/compute/scripts/{made}").json()
        assert shown["files"] == {"o": 1}, shown
        stopped(running)
