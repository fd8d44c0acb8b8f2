"""Keys that don't open what the vault holds: no start, no new keys, a recorded reset."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from stagedoor.connector import keys, vault_reset
from stagedoor.connector import settings as settings_module
from stagedoor.connector.container import Container
from stagedoor.connector.database import Database
from stagedoor.connector.errors import Conflict
from stagedoor.connector.health import service as health
from stagedoor.connector.serving import make_worker, open_services
from stagedoor.connector.settings import Settings, SettingsError
from stagedoor.connector.vault import opening
from stagedoor.connector.vault_reset import VaultLoss
from tests.connector.conftest import Service
from tests.support.connecting import connect

PLACE = ("app1", "grants", "row1", "access_token")


def reset(services: Container) -> VaultLoss:
    return vault_reset.reset(services.database, services.keys, services.clock, services.notices)


@pytest.fixture
def in_use(settings: Settings) -> Settings:
    """A vault that holds something, its service ended."""
    services = Container.build(settings)
    services.vault.seal(*PLACE, "act.secret")
    services.close()
    return settings


def refused(settings: Settings) -> str:
    with pytest.raises(SettingsError) as error:
        open_services(settings).close()
    return str(error.value)


def foreign(settings: Settings, key_id: str = "k1") -> None:
    """The file of another installation in this one's place."""
    key = b64encode(secrets.token_bytes(32)).decode()
    stored = {"vault": [{"id": key_id, "key": key}], "jwt": "x" * 64}
    settings.keys_file.write_text(json.dumps(stored))


def test_the_right_keys_start(in_use: Settings) -> None:
    open_services(in_use).close()


def test_a_lost_file_is_never_replaced(in_use: Settings) -> None:
    kept = in_use.keys_file.read_text()
    in_use.keys_file.unlink()
    said = refused(in_use)
    assert str(in_use.keys_file) in said
    assert "is missing" in said
    assert "1 data key wrapped by k1" in said
    assert "vault reset" in said
    assert "\n" not in said
    assert not in_use.keys_file.exists()
    in_use.keys_file.write_text(kept)
    open_services(in_use).close()


def test_a_command_gets_the_keys_that_a_start_of_the_service_would_use(in_use: Settings) -> None:
    found = opening.keys_of(in_use)
    assert found == keys.found(in_use)
    in_use.keys_file.unlink()
    with pytest.raises(opening.WrongKeys, match="1 data key wrapped by k1"):
        opening.keys_of(in_use)
    assert not in_use.keys_file.exists()


def test_a_command_gets_no_keys_with_which_the_service_would_not_start(
    in_use: Settings, tmp_path: Path
) -> None:
    elsewhere = replace(in_use, home=tmp_path / "elsewhere")
    keys.make(elsewhere)
    with pytest.raises(opening.WrongKeys, match="its key k1 opens 0 of 1 data key"):
        opening.keys_of(elsewhere)
    down = replace(elsewhere, database_url="postgresql+psycopg://a:b@127.0.0.1:9/c")
    assert opening.keys_of(down) == keys.found(elsewhere), "a database that is down isn't asked"


def test_a_command_before_the_first_start_makes_keys_and_no_database(tmp_path: Path) -> None:
    given = {"STAGEDOOR_HOME": str(tmp_path / "home"), "STAGEDOOR_DATA": str(tmp_path / "data")}
    first = settings_module.load(environ=given)
    made = opening.keys_of(first)
    assert made == keys.found(first)
    assert not (tmp_path / "data").exists()


def test_a_database_without_tables_has_no_data_keys(empty_database_url: str) -> None:
    with closing(Database(empty_database_url)) as database:
        assert opening.examine(database, None) == []


@pytest.mark.parametrize(
    ("key_id", "words"),
    [("k1", "its key k1 opens 0 of 1 data key"), ("k9", "it lacks the key k1, which wraps 1")],
)
def test_another_installations_file_is_refused(in_use: Settings, key_id: str, words: str) -> None:
    foreign(in_use, key_id)
    said = refused(in_use)
    assert str(in_use.keys_file) in said
    assert words in said


def test_keys_of_the_environment_are_named_as_such(in_use: Settings) -> None:
    given = "kx:" + b64encode(secrets.token_bytes(32)).decode()
    said = refused(replace(in_use, vault_keys=given))
    assert said.startswith("STAGEDOOR_VAULT_KEYS doesn't open")
    assert given not in said


def test_a_vault_that_opens_in_part_is_refused(in_use: Settings) -> None:
    foreign(in_use)
    services = Container.build(in_use)
    services.vault.seal("app2", "grants", "row2", "access_token", "act.other")
    services.close()
    assert "its key k1 opens 1 of 2 data keys" in refused(in_use)


def test_processes_that_start_together_get_the_same_keys(settings: Settings) -> None:
    settings.keys_file.unlink(missing_ok=True)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys.make(settings), range(8)))
    assert len({str(one.vault) + one.jwt for one in made}) == 1
    assert settings.keys_file.stat().st_mode & 0o077 == 0
    assert [path.name for path in settings.home.iterdir()] == ["keys.json"]


def test_processes_with_the_same_vault_keys_take_the_same_tokens(settings: Settings) -> None:
    given = replace(settings, vault_keys="kx:" + b64encode(bytes(range(32))).decode())
    first, second = keys.found(given), keys.found(given)
    assert first is not None
    assert second is not None
    assert first.jwt == second.jwt
    assert first.jwt not in given.vault_keys if given.vault_keys else False


def test_readiness_and_the_list_of_keys_tell_the_truth(
    service_without_worker: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_without_worker
    services = service.services
    services.vault.seal(*PLACE, "act.secret")
    good = service.http.get("/readyz")
    assert good.status_code == 200
    assert good.json()["checks"]["vault"] == "ok"
    [use] = opening.examine(services.database, services.keys)
    assert (use.key_id, use.wraps, use.opens) == ("k1", 1, 1)
    # another process wrapped something by a key that this one doesn't have
    other = Container(
        settings, keys.Keys({"k1": secrets.token_bytes(32)}, "j"), services.database, services.clock
    )
    other.vault.seal("zz", "grants", "row2", "access_token", "act.other")
    [use] = opening.examine(services.database, services.keys)
    assert (use.wraps, use.opens) == (2, 1)
    told = [opening.sampled(services.database, one.keys) for one in (services, other)]
    assert sorted(told) == [False, True], "the newest data key is one of theirs"
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    assert service.http.get("/readyz").status_code == (200 if told[0] else 503)


def test_a_key_that_others_have_already_is_no_failure_of_readiness(
    services: Container, settings: Settings
) -> None:
    services.vault.seal(*PLACE, "act.secret")
    ring = {"k2": secrets.token_bytes(32), **services.keys.vault}
    newer = replace(services, keys=keys.Keys(ring, "j"))
    newer.vault.seal("app2", "grants", "row2", "access_token", "act.other")
    assert opening.sampled(services.database, services.keys)
    only = keys.Keys({"k3": secrets.token_bytes(32)}, "j")
    assert not opening.sampled(services.database, only)


def test_a_reset_keeps_everything_but_the_tokens(
    service_without_worker: Service, settings: Settings
) -> None:
    service = service_without_worker
    account = connect(service)["integrationId"]
    begun = service.api(
        "POST",
        "/api/upstream/call/tiktok-provider/init-video-upload",
        {"title": "kept", "privacyLevel": "SELF_ONLY"},
    )
    foreign(settings)
    found = keys.found(settings)
    assert found is not None
    services = replace(service.services, keys=found)
    given = reset(services)
    assert given.data_keys > 0
    assert [len(names) for names in given.accounts.values() if names] == [1]
    assert reset(services).data_keys == 0, "a second run finds nothing"

    restarted = open_services(settings)
    try:
        [integration] = restarted.integrations.page("acme").items
        assert integration.id == account
        assert integration.grant.status == "expired"
        assert "vault was reset" in str(integration.grant.problem)
        assert restarted.posts.get("acme", begun["publishId"]).post.title == "kept"
        told = [one for one in restarted.notices.page("acme").items if "vault" in one.kind]
        assert [one.kind for one in told] == [vault_reset.NOTICE]
        assert "have to be connected again" in told[0].message
        assert restarted.apps.of_org("acme").client_secret == settings.client_secret
    finally:
        restarted.close()


def test_a_reset_waits_for_the_service_to_end(services: Container) -> None:
    services.vault.seal(*PLACE, "act.secret")
    worker = make_worker(services)
    worker.start()
    try:
        with pytest.raises(Conflict, match="stop every process"):
            reset(services)
    finally:
        worker.stop()
    assert reset(services).data_keys == 0
