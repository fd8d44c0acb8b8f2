"""`stagedoor serve` and `worker` refuse wrong settings in one line that names the setting."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import stagedoor
from stagedoor.cli import setting_names
from tests.support import postgres

from .conftest import Shell

NOBODY = "http://127.0.0.1:9"


def refused(shell: Shell, *command: str, **settings: str) -> str:
    """The one line that it says."""
    done = shell.run(*command, **settings)
    assert done.code == 1, done
    assert done.out == ""
    lines = [line for line in done.err.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, done.err
    return lines[0]


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres.running() as server:
        yield server.url("postgres").replace("+psycopg", "")


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGEDOOR_DATABASE_URL", "postgresql://stagedoor@127.0.0.1:9/stagedoor"),
        ("STAGEDOOR_DATABASE_URL", "sqlite:////proc/nowhere/stagedoor.db"),
        ("STAGEDOOR_CLOCK", f"{NOBODY}/clock"),
        ("STAGEDOOR_CLOCK", "tomorrow"),
    ],
)
def test_what_does_not_answer_at_the_start_is_named(
    shell: Shell, command: str, name: str, value: str
) -> None:
    port = ("--port", "0") if command == "serve" else ()
    assert name in refused(shell, command, *port, **{name: value})


def test_a_database_that_refuses_is_told_apart_from_one_that_is_down(
    shell: Shell, postgres_url: str
) -> None:
    for wrong in (
        postgres_url.replace("/postgres?", "/no_such_database?"),
        postgres_url.replace("stagedoor@", "nobody@"),
        f"{postgres_url}&no_such_option=1",
    ):
        said = refused(shell, "serve", "--port", "0", STAGEDOOR_DATABASE_URL=wrong)
        assert "STAGEDOOR_DATABASE_URL" in said
        assert "refuses" in said
    down = "postgresql://stagedoor:hush-hush@127.0.0.1:9/stagedoor"
    said = refused(shell, "serve", "--port", "0", STAGEDOOR_DATABASE_URL=down)
    assert "doesn't answer" in said
    with shell.started("serve", "--port", "0", STAGEDOOR_DATABASE_URL=postgres_url) as running:
        running.line("Stagedoor on", 40)


def test_settings_of_the_store_count_from_a_dotenv_file_too(shell: Shell) -> None:
    settings = ("STAGEDOOR_MEDIA_URL=s3://bucket/media", "AWS_ENDPOINT_URL=minio:9000")
    (shell.folder / ".env").write_text("\n".join(settings))
    said = refused(shell, "serve", "--port", "0")
    assert "AWS_ENDPOINT_URL" in said
    assert "http://minio:9000" in said


def test_the_names_of_settings_are_those_that_the_source_reads() -> None:
    read = re.compile(r"\"(STAGEDOOR_[A-Z_]*[A-Z])\"")
    source = [path.read_text() for path in Path(stagedoor.__file__).parent.rglob("*.py")]
    assert set().union(*map(read.findall, source)) == setting_names.NAMES


def test_a_setting_whose_name_is_misspelt_is_told_once(shell: Shell) -> None:
    (shell.folder / ".env").write_text("STAGEDOOR_JWKS_URL=https://id.example.com/jwks.json")
    said = "STAGEDOOR_JWKS_URL is no setting, and nothing reads it."
    for command in (("token", "--org", "acme"), ("accounts",)):
        done = shell.run(*command, STAGEDOOR_IMAGE_TAG="latest")
        assert done.err.count(f"{said} Did you mean STAGEDOOR_JWT_JWKS_URL?") == 1
        assert "IMAGE_TAG" not in done.err
    assert done.err.count("\n") == 2


def test_so_do_the_vault_s_keys(shell: Shell) -> None:
    (shell.folder / ".env").write_text("STAGEDOOR_VAULT_KEYS=k1:nonsense")
    assert "STAGEDOOR_VAULT_KEYS" in refused(shell, "serve", "--port", "0")


def test_files_are_their_owner_s_also_where_the_folder_was_there_before(shell: Shell) -> None:
    data = shell.folder / "data"
    (data / "media").mkdir(parents=True)
    for folder in (data, data / "media"):
        folder.chmod(0o755)
    (data / "stagedoor.db").touch(0o644)
    with shell.started("serve", "--port", "0", "--data", data) as running:
        running.line("Stagedoor on", 40)
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.rglob("*")}
    assert {"stagedoor.db", "engine.db", "stagedoor.db-wal"} <= set(found)
    open_to_others = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert not open_to_others
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_no_token_is_printed_that_the_service_would_not_take(shell: Shell) -> None:
    keys = "https://id.example.com/.well-known/jwks.json"
    said = refused(shell, "token", "--org", "acme", STAGEDOOR_JWT_JWKS_URL=keys)
    assert "STAGEDOOR_JWT_JWKS_URL" in said
    assert shell.run("token", "--org", "acme").out.count(".") == 2
