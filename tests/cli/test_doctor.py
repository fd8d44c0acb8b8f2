"""`stagedoor doctor`: what is wrong, in the order in which it has to work, and what to do."""

from __future__ import annotations

import time
from typing import Any

from stagedoor.connector.database import Database
from stagedoor.connector.database.migrate import upgrade
from stagedoor.connector.installation import store as installation
from stagedoor.connector.media.identity import KEY
from stagedoor.testing import TikTokEmulator

from .conftest import DEAD, Connect, Done, Shell


def findings(done: Done) -> dict[str, dict[str, Any]]:
    """The findings, by the name of the check."""
    return {item["what"]: item for item in done.json}


def test_with_nothing_configured_it_says_what_to_set(shell: Shell) -> None:
    done = shell.run("doctor")
    assert done.code == 1
    assert "wrong  app: not configured" in done.out
    assert "-> TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET are not both set" in done.out
    assert "https://open.tiktokapis.com not reached" in done.out
    assert "-> check the network, a proxy or a firewall" in done.out
    assert " note  accounts: none connected" in done.out
    assert "-> run 'stagedoor connect'" in done.out


def test_a_media_store_of_another_installation_is_wrong(shell: Shell) -> None:
    data = shell.folder / "stagedoor-data"
    database = Database(f"sqlite:///{data / 'stagedoor.db'}")
    upgrade(database)
    with database.begin() as connection:
        installation.put(connection, "media_store", "ours")
    database.close()
    (data / "media").mkdir()
    (data / "media" / KEY).write_text("ours")
    good = findings(shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL=DEAD))
    assert good["media store"]["mark"] == "ok"
    (data / "media" / KEY).write_text("another")
    bad = findings(shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL=DEAD))
    assert bad["media store"]["mark"] == "wrong"
    assert "says another, the database says ours" in bad["media store"]["todo"]


def test_without_a_service_here_the_media_store_is_no_matter(shell: Shell) -> None:
    done = shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL=DEAD)
    assert "media store" not in findings(done)
    assert not (shell.folder / "stagedoor-data").exists()


def test_an_emulator_that_is_down_is_to_be_started(shell: Shell) -> None:
    done = shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL=DEAD)
    assert done.code == 1
    found = findings(done)
    assert found["TikTok"]["mark"] == "wrong"
    assert found["TikTok"]["todo"].startswith("start it with 'stagedoor emulator'")
    assert found["app"]["mark"] == "ok"
    assert "key and secret" not in found, "what can't be known isn't said"


def test_when_all_is_well_it_says_so_and_until_when(shell: Shell, connected: Connect) -> None:
    tokens = connected().store.load()
    assert tokens is not None
    assert tokens.expires_at is not None
    done = shell.run("doctor")
    assert done.code == 0
    assert "wrong" not in done.out
    assert "->" not in done.out
    assert "key and secret: TikTok takes them" in done.out
    tomorrow = time.strftime("%Y-%m-%d", time.localtime(tokens.expires_at))
    assert f"@maracooks: access until {tomorrow}" in done.out
    assert "video.publish" in done.out


def test_before_anything_is_connected_that_is_a_note_and_no_error(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    done = shell.run("doctor", "--json")
    assert done.code == 0
    assert findings(done)["accounts"] == {
        "mark": "note",
        "what": "accounts",
        "found": f"none connected to the TikTok at {tiktok.url}",
        "todo": "run 'stagedoor connect'",
    }


def test_a_wrong_secret_is_found(shell: Shell, tiktok: TikTokEmulator) -> None:
    shell.env |= {"TIKTOK_CLIENT_KEY": "emulator-client-key", "TIKTOK_CLIENT_SECRET": "hush-hush"}
    done = shell.run("doctor", "--json")
    assert done.code == 1
    found = findings(done)["key and secret"]
    assert found["mark"] == "wrong"
    assert found["todo"].startswith("Check the client key and secret")


def test_consent_that_is_over_means_connecting_again(shell: Shell, connected: Connect) -> None:
    connected(refresh_expires_at=time.time() - 1)
    done = shell.run("doctor", "--json")
    assert done.code == 1
    found = findings(done)["@maracooks"]
    assert (found["mark"], found["found"]) == ("wrong", "its consent has expired")
    assert found["todo"] == "run 'stagedoor connect' again"


def test_an_access_token_that_is_over_is_refreshed_and_no_fault(
    shell: Shell, connected: Connect
) -> None:
    account = connected(expires_at=1.0)
    assert shell.run("doctor").code == 0
    tokens = account.store.load()
    assert tokens is not None
    assert tokens.expires_at is not None
    assert tokens.expires_at > time.time()


def test_consent_that_was_taken_back_is_found(shell: Shell, connected: Connect) -> None:
    connected(access_token="act.gone", refresh_token="rft.gone")
    done = shell.run("doctor", "--json")
    assert done.code == 1
    assert findings(done)["@maracooks"]["found"].startswith("TikTok refuses its token")


def test_a_dead_token_is_found_whatever_it_may_do(shell: Shell, connected: Connect) -> None:
    connected(access_token="act.gone", refresh_token="rft.gone", scopes=("video.publish",))
    found = findings(shell.run("doctor", "--json"))["@maracooks"]
    assert found["mark"] == "wrong"
    assert "--state" in found["todo"]
    connected("ridewithrio")
    assert findings(shell.run("doctor", "--json"))["@ridewithrio"]["mark"] == "ok"


def test_a_token_that_could_not_be_checked_is_no_good_news(
    shell: Shell, connected: Connect
) -> None:
    account = connected()
    (shell.home / "accounts" / "127.0.0.1_9").parent.mkdir(parents=True, exist_ok=True)
    account.store.path.parent.rename(shell.home / "accounts" / "127.0.0.1_9")
    found = findings(shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL=DEAD))["@maracooks"]
    assert found["mark"] == "note"
    assert "not checked" in found["found"]


def test_loopback_has_one_store_of_accounts_by_whatever_name(
    shell: Shell, connected: Connect, tiktok: TikTokEmulator
) -> None:
    connected()
    other = tiktok.url.replace("127.0.0.1", "localhost")
    found = findings(shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL=other))
    assert found["@maracooks"]["mark"] == "ok"


def test_the_service_that_commands_go_through_is_looked_at(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    with shell.started("serve", "--port", "0") as running:
        url = running.line(r"Stagedoor on (http://\S+)", 40)[1]
        token = shell.run("token", "--org", "acme").out.strip()
        shell.env |= {"STAGEDOOR_SERVICE_URL": url}
        del shell.env["STAGEDOOR_TIKTOK_URL"]
        found = findings(shell.run("doctor", "--json"))
        assert found["service"]["mark"] == "ok"
        assert found["service token"]["mark"] == "wrong"
        assert "TikTok" not in found, "nothing here speaks to TikTok itself"
        found = findings(shell.run("doctor", "--json", STAGEDOOR_TOKEN=token))
        assert found["service token"]["mark"] == "ok"
        assert found["service accounts"]["found"] == "none connected"
        wrong = findings(shell.run("doctor", "--json", STAGEDOOR_TOKEN=token[:-8] + "xxxxxxxx"))
        assert wrong["service token"]["found"].startswith("not taken")
    done = shell.run("doctor", "--json", STAGEDOOR_TOKEN=token)
    assert done.code == 1
    assert findings(done)["service"]["mark"] == "wrong"
    assert "STAGEDOOR_SERVICE_URL" in findings(done)["service"]["todo"]


def test_tokens_that_others_can_read_are_found_with_the_command_that_mends_it(
    shell: Shell, connected: Connect
) -> None:
    account = connected()
    account.store.path.chmod(0o644)
    done = shell.run("doctor")
    assert done.code == 1
    assert "wrong  @maracooks: others can read its tokens" in done.out
    assert f"-> chmod 600 {account.store.path}" in done.out


def test_broken_and_lost_tokens_are_found_one_by_one(shell: Shell, connected: Connect) -> None:
    connected("jonas.behind.doors").store.path.write_bytes(b"\xff")
    connected("ridewithrio").store.delete()
    connected()
    done = shell.run("doctor", "--json")
    assert done.code == 1
    found = findings(done)
    assert found["@jonas.behind.doors"]["found"] == "tokens unreadable"
    assert "connect again" in found["@jonas.behind.doors"]["todo"]
    assert found["@ridewithrio"]["found"] == "its tokens are gone"
    assert found["@maracooks"]["mark"] == "ok"


def test_an_unusable_setting_ends_the_examination(shell: Shell) -> None:
    done = shell.run("doctor", "--json", STAGEDOOR_TIKTOK_URL="nonsense")
    assert done.code == 1
    assert done.json[-1]["what"] == "settings"
    assert "such as http://127.0.0.1:8701" in done.json[-1]["todo"]
