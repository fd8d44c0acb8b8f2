"""A service whose `keys.json` is gone, from the outside: every command says so, one mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import migrate

from .conftest import Shell
from .test_doctor import findings

pytestmark = pytest.mark.timeout(150)


def test_lost_keys_are_told_by_every_command_and_a_reset_starts_anew(
    shell: Shell, tmp_path: Path
) -> None:
    environment = {
        "STAGEDOOR_DATA": str(tmp_path / "data"),
        "STAGEDOOR_HOME": str(tmp_path / "home"),
    }
    assert "vault" not in findings(shell.run("doctor", "--json", **environment))
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    services.vault.seal("app1", "grants", "row1", "access_token", "act.secret")
    services.close()
    assert findings(shell.run("doctor", "--json", **environment))["vault"]["mark"] == "ok"
    with shell.started("serve", "--port", "0", **environment) as serving:
        serving.line("Stagedoor on", 40)

    keys_file = tmp_path / "home" / "keys.json"
    keys_file.unlink()
    for command in (
        ("serve", "--port", "0"),
        ("worker",),
        ("vault", "rotate"),
        ("audit", "verify", "--org", "acme"),
    ):
        done = shell.run(*command, **environment)
        assert done.code == 1, command
        assert done.err.count("\n") == 1, done.err
        assert f"{keys_file} is missing" in done.err
        assert not keys_file.exists()
    token = shell.run("token", "--org", "acme", **environment)
    assert token.code == 1
    assert not keys_file.exists()
    listed = shell.run("vault", "keys", **environment)
    assert listed.code == 1
    assert "k1  MISSING  wraps 1" in listed.out
    told = findings(shell.run("doctor", "--json", **environment))["vault"]
    assert told["mark"] == "wrong"
    assert str(keys_file) in told["todo"]

    asked = shell.run("vault", "reset", answers="n\n", **environment)
    assert asked.code != 0
    assert not keys_file.exists()
    done = shell.run("vault", "reset", "--yes", **environment)
    assert done.code == 0, done.err
    assert "1 data key is gone" in done.out
    with shell.started("serve", "--port", "0", **environment) as serving:
        serving.line("Stagedoor on", 40)
    assert shell.run("vault", "keys", **environment).out.split() == ["k1", "writes", "wraps", "0"]
