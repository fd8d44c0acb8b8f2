"""The vault on a database: scopes, rotation, and that it fails closed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, update

from stagedoor.connector.clock import RealClock
from stagedoor.connector.database import Database
from stagedoor.connector.keys import Keys
from stagedoor.connector.vault import Vault, VaultClosed, store
from stagedoor.connector.vault.models import data_keys

OLD = {"k1": secrets.token_bytes(32)}
NEW = {"k2": secrets.token_bytes(32)}
PLACE = ("app1", "grants", "row1", "access_token")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def vault(database: Database, ring: dict[str, bytes] = OLD) -> Vault:
    return Vault(database, Keys(ring, "jwt"), RealClock())


def test_it_opens_what_it_sealed_also_in_another_process(database: Database) -> None:
    text = vault(database).seal(*PLACE, "act.secret")
    assert "secret" not in text
    assert vault(database).open(*PLACE, text) == "act.secret"


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("app2", "grants", "row1", "access_token"),
        ("app1", "logins", "row1", "access_token"),
        ("app1", "grants", "row2", "access_token"),
        ("app1", "grants", "row1", "refresh_token"),
    ],
    ids=["scope", "table", "row", "field"],
)
def test_a_ciphertext_that_was_moved_does_not_open(
    database: Database, elsewhere: tuple[str, str, str, str]
) -> None:
    safe = vault(database)
    safe.seal(*elsewhere, "so that the other scope has a key")
    text = safe.seal(*PLACE, "act.secret")
    with pytest.raises(VaultClosed):
        safe.open(*elsewhere, text)


def test_threads_and_processes_agree_on_a_scopes_first_key(database: Database) -> None:
    vaults = [vault(database) for _ in range(8)]

    def seal(number: int) -> str:
        return vaults[number % 8].seal(*PLACE, str(number))

    with ThreadPoolExecutor(16) as pool:
        texts = list(pool.map(seal, range(32)))
    assert [vaults[0].open(*PLACE, text) for text in texts] == [str(n) for n in range(32)]
    with database.read() as connection:
        assert len(connection.execute(select(data_keys)).all()) == 1


def test_rotation_goes_on_without_the_old_key(database: Database) -> None:
    text = vault(database).seal(*PLACE, "act.secret")
    both = vault(database, NEW | OLD)
    assert both.open(*PLACE, text) == "act.secret"
    assert both.rotate() == 1
    assert both.rotate() == 0
    assert vault(database, NEW).open(*PLACE, text) == "act.secret"
    with pytest.raises(VaultClosed):
        vault(database, OLD).open(*PLACE, text)


def test_a_running_process_goes_on_through_a_rotation(database: Database) -> None:
    running = vault(database, OLD)
    text = running.seal(*PLACE, "before")
    vault(database, NEW | OLD).rotate()
    assert running.open(*PLACE, text) == "before"
    assert vault(database, NEW).open(*PLACE, running.seal(*PLACE, "after")) == "after"


def test_a_missing_key_closes_the_vault(database: Database) -> None:
    text = vault(database).seal(*PLACE, "act.secret")
    other = vault(database, NEW)
    for attempt in (
        lambda: other.open(*PLACE, text),
        lambda: other.seal(*PLACE, "more"),
        lambda: other.rotate(),
    ):
        with pytest.raises(VaultClosed) as closed:
            attempt()
        assert "keys.json" in closed.value.message


def test_a_key_of_the_same_name_with_other_bytes_closes_it(database: Database) -> None:
    text = vault(database).seal(*PLACE, "act.secret")
    with pytest.raises(VaultClosed):
        vault(database, {"k1": secrets.token_bytes(32)}).open(*PLACE, text)


def test_a_data_key_that_was_moved_to_another_scope_does_not_unwrap(database: Database) -> None:
    safe = vault(database)
    text = safe.seal(*PLACE, "act.secret")
    with database.begin() as connection:
        connection.execute(update(data_keys).values(scope="app2"))
    fresh = vault(database)
    with pytest.raises(VaultClosed):
        fresh.open("app2", *PLACE[1:], text)
    with pytest.raises(VaultClosed):
        fresh.open(*PLACE, text)


def test_a_lost_data_key_closes_it(database: Database) -> None:
    text = vault(database).seal(*PLACE, "act.secret")
    with database.begin() as connection:
        connection.execute(delete(data_keys))
    with pytest.raises(VaultClosed):
        vault(database).open(*PLACE, text)


@pytest.mark.parametrize("text", ["", "act.secret", "v1.x", "v1.nobody.AAAA", "v2.a.b", "v1..AAAA"])
def test_what_was_never_sealed_does_not_open(database: Database, text: str) -> None:
    with pytest.raises(VaultClosed) as closed:
        vault(database).open(*PLACE, text)
    assert not text or text not in str(closed.value)


def test_nothing_shows_a_key(database: Database) -> None:
    safe = vault(database)
    safe.seal(*PLACE, "act.secret")
    shown = repr(safe) + repr(Keys(OLD, "jwt-secret"))
    assert OLD["k1"].hex() not in shown
    assert repr(OLD["k1"]) not in shown
    assert "jwt-secret" not in shown
    with database.read() as connection:
        stored = repr(connection.execute(select(data_keys)).all())
    assert repr(OLD["k1"]) not in stored


def test_many_scopes_do_not_fill_the_memory(database: Database) -> None:
    safe = vault(database)
    safe.cached = 4
    texts = {f"app{n}": safe.seal(f"app{n}", *PLACE[1:], str(n)) for n in range(12)}
    assert len(safe._by_id) <= 4
    assert len(safe._ids) <= 4
    for scope, text in texts.items():
        assert safe.open(scope, *PLACE[1:], text) == scope.removeprefix("app")


def test_a_scope_whose_first_key_another_process_made_and_lost_is_closed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process is quicker, and a reset takes its key away before this one reads it."""
    safe = vault(database)
    monkeypatch.setattr(store, "add", lambda *_: False)
    with pytest.raises(VaultClosed):
        safe.seal(*PLACE, "act.secret")


def test_the_data_keys_of_each_vault_key_are_counted(database: Database) -> None:
    vault(database, OLD).seal("app1", "grants", "row1", "access_token", "one")
    vault(database, OLD).seal("app2", "grants", "row1", "access_token", "two")
    both = vault(database, NEW | OLD)
    both.seal("app3", "grants", "row1", "access_token", "three")
    assert both.used() == {"k1": 2, "k2": 1}
    both.rotate()
    assert both.used() == {"k2": 3}
