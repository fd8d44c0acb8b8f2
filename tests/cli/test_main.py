"""The command itself: what it lists, what it costs, and what it says to a slip of the pen."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from stagedoor.cli.overview import COMMANDS
from tests.support.every import every

from .conftest import Done, Shell

unprepared = pytest.mark.usefixtures("unprepared")
"""For what depends on when modules are loaded, and once for each way to an answer."""


@unprepared
def test_help_lists_every_command_with_what_it_does(shell: Shell) -> None:
    done = shell.run("--help")
    assert done.code == 0
    for name, purpose in COMMANDS.items():
        assert f"{name} " in done.out
        assert purpose in done.words


def test_help_is_shown_without_loading_a_library(shell: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "stagedoor.cli", "--help"],
        env=shell.env,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()
    }
    assert not loaded & {
        "click",
        "httpx2",
        "pydantic",
        "rich",
        "av",
        "starlette",
        "uvicorn",
        "anyio",
    }


_EXPLAINS = """
import os, sys
import click, httpx2, pydantic, rich.console, rich.progress, rich.table
import stagedoor.cli.settings
for command in sys.argv[1:]:
    sys.stdout.flush()
    if not (pid := os.fork()):
        sys.argv = ["stagedoor", command, "-h"]
        os.dup2(os.open(command, os.O_WRONLY | os.O_CREAT), 1)
        from stagedoor import cli
        try:
            code = cli.main()
        except SystemExit as end:
            code = end.code
        print("catalogue:", "stagedoor.platform.catalogue" in sys.modules, flush=True)
        os._exit(code or 0)  # to free all that was loaded takes longer than the command
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
"""Loads the libraries and what nearly all commands need of Stagedoor, and in a fork for each
command what that one needs itself."""


@pytest.fixture
def explained(shell: Shell) -> dict[str, tuple[str, str]]:
    """The exit code and the output of each command's help, in a process that has loaded no other
    command before."""
    command = [sys.executable, "-c", _EXPLAINS, *COMMANDS]
    codes = subprocess.check_output(command, cwd=shell.folder, env=shell.env, text=True).split()
    printed = [(shell.folder / name).read_text() for name in COMMANDS]
    return dict(zip(COMMANDS, zip(codes, printed, strict=True), strict=True))


@pytest.mark.timeout(180)
@every("command", COMMANDS)
def test_every_command_explains_its_options(
    explained: dict[str, tuple[str, str]], command: str
) -> None:
    code, out = explained[command]
    assert code == "0"
    assert f"Usage: stagedoor {command}" in out
    for line in out.partition("Options:\n")[2].splitlines():
        assert not line.strip().startswith("--") or len(line.split()) > 1, f"no help: {line}"
    assert "catalogue: False" in out, "it loads every product"


@unprepared
def test_the_version_is_the_packages(shell: Shell) -> None:
    assert shell.run("--version").out == f"stagedoor {version('stagedoor')}\n"


@unprepared
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("psot", "There is no command 'psot'. Did you mean 'post'?"),
        ("emulate", "There is no command 'emulate'. Did you mean 'emulator'?"),
        ("xyzzy", "There is no command 'xyzzy'."),
        ("--verson", "No such option '--verson'. Did you mean '--version'?"),
    ],
)
def test_a_slip_of_the_pen_is_met_with_a_suggestion(shell: Shell, typed: str, said: str) -> None:
    done = shell.run(typed)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_without_an_app_it_says_where_to_get_one(shell: Shell) -> None:
    for command in (["connect"], ["videos"], ["post", "a.mp4", "--draft"]):
        done = shell.run(*command)
        assert done.code == 1
        assert "developers.tiktok.com" in done.err
        assert "STAGEDOOR_TIKTOK_URL" in done.err
        assert done.err.count("\n") == 1


@unprepared
def test_half_an_app_is_not_taken_for_the_emulators_ready_made_one(shell: Shell) -> None:
    url = "http://127.0.0.1:9"
    done = shell.run("videos", TIKTOK_CLIENT_KEY="my-key", STAGEDOOR_TIKTOK_URL=url)
    assert done.code == 1
    assert "TIKTOK_CLIENT_SECRET" in done.err


@pytest.mark.parametrize(
    "url",
    [
        *("nonsense", "127.0.0.1:8701", "ftp://127.0.0.1", "http://"),
        *("http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http://a\udcff"),
    ],
)
def test_an_address_that_is_none_is_refused_with_an_example(shell: Shell, url: str) -> None:
    done = shell.run("videos", STAGEDOOR_TIKTOK_URL=url)
    assert done.code == 1
    assert "STAGEDOOR_TIKTOK_URL must be an address such as http://127.0.0.1:8701" in done.err
    assert done.err.count("\n") == 1
    done = shell.run("accounts", STAGEDOOR_SERVICE_URL=url, STAGEDOOR_TOKEN="t")
    assert "STAGEDOOR_SERVICE_URL must be an address such as http://127.0.0.1:8700" in done.err


@unprepared
def test_an_unreachable_tiktok_is_one_line(shell: Shell, connected_elsewhere: None) -> None:
    done = shell.run("videos")
    assert done.code == 1
    assert "not reached" in done.err
    assert "Nothing was sent." in done.err
    assert done.err.count("\n") == 1


@pytest.fixture
def connected_elsewhere(shell: Shell) -> None:
    """An account of a TikTok that is down."""
    from stagedoor import Tokens
    from stagedoor.cli import settings

    url = shell.env["STAGEDOOR_TIKTOK_URL"] = "http://127.0.0.1:9"
    config = settings.CommandSettings(url, None, None, shell.home)
    settings.remember(config, "maracooks", Tokens(access_token="act.hush"), 1.0)


@unprepared
def test_settings_come_from_a_dotenv_file_and_the_environment_wins(
    shell: Shell, connected_elsewhere: None
) -> None:
    url = shell.env.pop("STAGEDOOR_TIKTOK_URL")
    (shell.folder / ".env").write_text(
        f"# where TikTok is\nSTAGEDOOR_TIKTOK_URL={url}\n"
        "TIKTOK_CLIENT_KEY='k'\nTIKTOK_CLIENT_SECRET=hush-hush\n"
    )
    found = {item["what"]: item["found"] for item in shell.run("doctor", "--json").json}
    assert found["settings"] == f"also read from {(shell.folder / '.env').resolve()}"
    assert url in found["TikTok"]
    assert found["app"] == "client key k... (set)"
    done = shell.run("doctor", STAGEDOOR_TIKTOK_URL="http://127.0.0.1:11")
    assert "http://127.0.0.1:11 not reached" in done.out


def test_a_private_file_that_is_broken_is_named(shell: Shell, connected_elsewhere: None) -> None:
    (index,) = shell.home.rglob("index.json")
    for broken in ("not json", "[]", '{"maracooks": "yesterday"}'):
        index.write_text(broken)
        done = shell.run("videos")
        assert done.code == 1
        assert str(index) in done.err
        assert done.err.count("\n") == 1


def test_a_home_that_cannot_be_written_is_one_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    done = shell.run("videos", STAGEDOOR_TIKTOK_URL="http://127.0.0.1:9")
    assert done.code == 1
    assert str(tmp_path / "home") in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "typed", [["--help"], ["post", "--help"], ["doctor"], ["doctor", "--json"], ["accounts"]]
)
def test_a_closed_pipe_ends_a_command_silently(
    shell: Shell, connected_elsewhere: None, typed: list[str]
) -> None:
    """`stagedoor ... | head`: as a program does that SIGPIPE ends."""
    assert shell.unread(*typed) == Done(141, "", "")
