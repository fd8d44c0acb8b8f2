"""`stagedoor vault`: changing the keys without losing a token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import migrate
from stagedoor.connector.vault import VaultClosed

from .conftest import Shell

PLACE = ("app1", "grants", "row1", "access_token")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"STAGEDOOR_DATA": str(tmp_path / "data"), "STAGEDOOR_HOME": str(tmp_path / "home")}


def opened(environment: dict[str, str]) -> Container:
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    return services


def test_keys_change_and_tokens_stay(shell: Shell, environment: dict[str, str]) -> None:
    services = opened(environment)
    sealed = services.vault.seal(*PLACE, "act.secret")
    services.close()
    assert shell.run("vault", "keys", **environment).out.split() == ["k1", "writes", "wraps", "1"]

    made = shell.run("vault", "new-key", "k2", **environment)
    assert made.code == 0, made.err
    assert "start every process again" in made.out
    early = shell.run("vault", "forget", "k1", **environment)
    assert early.code == 1
    assert "still wraps 1" in early.err
    for count in ("1 data key is", "0 data keys are"):
        assert shell.run("vault", "rotate", **environment).out == f"{count} wrapped by k2 now.\n"
    assert "k1  reads  wraps 0" in shell.run("vault", "keys", **environment).out
    assert shell.run("vault", "forget", "k1", **environment).code == 0

    services = opened(environment)
    assert services.vault.open(*PLACE, sealed) == "act.secret"
    assert list(services.keys.vault) == ["k2"]
    services.close()
    stored = json.loads(Path(environment["STAGEDOOR_HOME"], "keys.json").read_text())
    assert [item["id"] for item in stored["vault"]] == ["k2"]
    for said in (made.out, made.err, early.err):
        assert stored["vault"][0]["key"] not in said


def test_what_would_lose_tokens_is_refused(shell: Shell, environment: dict[str, str]) -> None:
    services = opened(environment)
    sealed = services.vault.seal(*PLACE, "act.secret")
    services.close()
    for arguments, why in (
        (("forget", "k1"), "writing key"),
        (("forget", "k7"), "no key k7"),
        (("new-key", "k1"), "already"),
        (("new-key", "a b"), "letters"),
    ):
        done = shell.run("vault", *arguments, **environment)
        assert done.code != 0
        assert why in done.err, done.err
    other = environment | {"STAGEDOOR_VAULT_KEYS": "kx:" + "A" * 43 + "="}
    assert "STAGEDOOR_VAULT_KEYS" in shell.run("vault", "new-key", "k3", **other).err
    missing = shell.run("vault", "keys", **other)
    assert "k1  MISSING  wraps 1" in missing.out
    refused = shell.run("vault", "rotate", **other)
    assert refused.code == 1
    assert (
        "STAGEDOOR_VAULT_KEYS doesn't open what the vault holds: it lacks the key k1" in refused.err
    )
    services = opened(environment)
    assert services.vault.open(*PLACE, sealed) == "act.secret"
    with pytest.raises(VaultClosed):
        services.vault.open("app2", *PLACE[1:], sealed)
    services.close()


def test_before_the_first_start(shell: Shell, environment: dict[str, str]) -> None:
    done = shell.run("vault", "rotate", **environment)
    assert done.code == 1
    assert "stagedoor serve" in done.err
