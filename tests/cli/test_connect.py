"""`stagedoor connect`: from the printed link to tokens in a private file."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from stagedoor import FileTokens
from stagedoor.cli.demo.consent import allow, answer
from stagedoor.testing import TikTokEmulator

from .conftest import Connect, Done, Shell, Started


@contextmanager
def asked(shell: Shell, *options: str) -> Iterator[tuple[Started, str]]:
    """`connect`, waiting for the browser, and the link that it printed."""
    with shell.started("connect", "--no-browser", *options) as running:
        yield running, running.line(r"^  (http\S+)$")[1]


def ended(running: Started) -> Done:
    code = running.process.wait(20)
    return Done(code, "\n".join(running.lines), "")


def decide(link: str, decision: str, without: str = "") -> None:
    """Answer the consent page as a browser without JavaScript does."""
    page = httpx2.get(link, trust_env=False)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    ticked = re.findall(r'<input type="checkbox" name="([^"]+)"', page.text)
    data = fields | {name: "on" for name in ticked if not (without and name.endswith(without))}
    target = re.search(r'action="([^"]+)"', page.text)
    assert target is not None
    sent = httpx2.post(
        str(page.url.join(target[1])),
        data=data | {"creator": "maracooks", "decision": decision},
        trust_env=False,
    )
    httpx2.get(sent.headers["location"], trust_env=False)


def test_an_account_is_connected_by_its_handle_and_kept_privately(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    with asked(shell) as (running, link):
        allow(link)
        done = ended(running)
    assert done.code == 0
    assert f"Connected @maracooks at the TikTok at {tiktok.url}." in done.out
    assert "not allowed" not in done.out
    (kept,) = shell.home.rglob("*.tokens.json")
    for path in shell.home.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.is_dir(), path
    tokens = FileTokens(kept).load()
    assert tokens is not None
    assert len(tokens.scopes) == 6
    listed = shell.run("videos", "--limit", "1", "--json").json
    assert len(listed) == 1


def test_the_link_asks_with_pkce_for_a_loopback_redirect(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    with asked(shell, "--scope", "video.list", "--scope", "user.info.basic") as (_, link):
        query = parse_qs(urlsplit(link).query)
    assert link.startswith(f"{tiktok.url}/v2/auth/authorize/?")
    assert query["scope"] == ["video.list,user.info.basic"]
    assert len(query["code_challenge"][0]) == 64
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback/", query["redirect_uri"][0])


def test_what_the_creator_left_out_is_told(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell) as (running, link):
        decide(link, "allow", without="video.list")
        done = ended(running)
    assert done.code == 0
    assert "not allowed video.list: read your public videos on TikTok" in done.out
    assert "connect again to allow them" in done.out
    refused = shell.run("videos")
    assert refused.code == 1
    assert "scope_not_authorized" in refused.err
    assert "Ask the creator to connect again" in refused.err


def test_as_json_it_is_one_document_without_tokens(shell: Shell, tiktok: TikTokEmulator) -> None:
    with shell.started("connect", "--no-browser", "--json") as running:
        decide(running.line(r"^  (http\S+)$")[1], "allow", without="user.info.stats")
        done = ended(running)
    document = json.loads(done.out[done.out.index("{") :])
    assert document["account"] == "maracooks"
    assert document["missing"] == ["user.info.stats"]
    assert "video.list" in document["granted"]
    assert set(document) == {"account", "open_id", "granted", "missing", "expires_at"}


def test_a_creators_no_is_said(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell) as (running, link):
        decide(link, "deny")
        done = ended(running)
    assert done.code == 1
    assert "access_denied" in done.out
    assert "Ask again when the creator wants to connect." in done.out
    assert not list(shell.home.rglob("*.tokens.json"))


def test_a_forged_callback_connects_nothing(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell) as (running, link):
        redirect = parse_qs(urlsplit(link).query)["redirect_uri"][0]
        page = httpx2.get(f"{redirect}?code=stolen&state=forged", trust_env=False)
        done = ended(running)
    assert page.status_code == 200
    assert done.code == 1
    assert "may be forged" in done.out
    assert "stolen" not in done.out + page.text


def test_the_page_that_the_browser_ends_on_says_where_to_go_on(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    with asked(shell) as (running, link):
        redirect = parse_qs(urlsplit(link).query)["redirect_uri"][0]
        other = httpx2.get(redirect.replace("/callback/", "/favicon.ico"), trust_env=False)
        page = httpx2.get(answer(link), trust_env=False)
        assert ended(running).code == 0
    assert other.status_code == 404
    assert "You can close this page" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"


def test_on_another_machine_the_address_is_pasted(shell: Shell, tiktok: TikTokEmulator) -> None:
    back = "https://app.example.com/cb/"
    done = shell.run("connect", "--redirect-uri", back, answers=f"  {back}?code=x&state=y \n")
    assert done.code == 1
    assert "Paste the address that the browser ended on" in done.err
    assert "the state doesn't belong to this login" in done.err
    assert done.out == ""


def test_nobody_answers(shell: Shell, tiktok: TikTokEmulator) -> None:
    done = shell.run("connect", "--no-browser", "--timeout", "0.2")
    assert done.code == 1
    assert "nobody answered the consent page within 0.2 s" in done.words


def test_ctrl_c_stops_the_wait(shell: Shell, tiktok: TikTokEmulator) -> None:
    with asked(shell) as (running, _):
        running.process.send_signal(signal.SIGINT)
        done = ended(running)
    assert done.code == 130
    assert done.out.endswith("Stopped.")


def test_a_taken_port_is_one_line(shell: Shell, tiktok: TikTokEmulator) -> None:
    with free_port() as port:
        done = shell.run("connect", "--no-browser", "--port", str(port))
    assert done.code == 1
    assert f"port {port}: Address already in use. Leave out --port" in done.err
    assert done.err.count("\n") == 1


@contextmanager
def free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_a_wrong_app_is_told_by_the_page_and_waited_for(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    shell.env |= {"TIKTOK_CLIENT_KEY": "no-such-app", "TIKTOK_CLIENT_SECRET": "hush-hush"}
    with asked(shell) as (_, link):
        page = httpx2.get(link, trust_env=False)
    assert "client_key" in page.text
    assert "Something went wrong" in page.text


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_the_file_of_one_tiktok_is_not_used_for_another(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    with asked(shell) as (running, link):
        allow(link)
        ended(running)
    done = shell.run("videos", STAGEDOOR_TIKTOK_URL="http://127.0.0.1:9")
    assert "no account is connected" in done.err


def test_a_second_account_says_that_the_default_has_changed(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected("jonas.behind.doors")
    with shell.started("connect", "--no-browser") as running:
        decide(running.line(r"^  (http\S+)$")[1], "allow")
        done = ended(running)
    assert (
        "@maracooks is the default account from now on; it was @jonas.behind.doors. Choose with "
        "--account for one command, or with 'stagedoor accounts --use jonas.behind.doors'."
    ) in done.words


def test_a_scope_that_is_missing_leads_to_the_option(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected()
    refused = shell.run("portability", "export", "mine.zip")
    assert refused.code == 1
    assert "scope_not_authorized" in refused.err
    assert "'stagedoor connect --scope portability." in refused.words
    told = shell.run("connect", "--help").words
    assert "portability.all.single" in told.replace("- ", "")
    assert "portability.all.single" in shell.run("portability", "export", "--help").words


def connect(shell: Shell, *options: str) -> Done:
    """Connect @maracooks with everything that is asked for."""
    with asked(shell, *options) as (running, link):
        decide(link, "allow")
        done = ended(running)
    assert done.code == 0, done.out
    return done


ONLY_BASIC = ("--scope", "user.info.basic")


def test_an_account_with_fewer_scopes_does_not_become_the_default(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected("jonas.behind.doors")
    done = connect(shell, *ONLY_BASIC)
    assert "@jonas.behind.doors is still the default account, since @" in done.words
    assert "lacks user.info.profile" in done.words
    listed = shell.run("accounts", "--json").json
    assert [(one["account"] == "jonas.behind.doors", one["default"]) for one in listed] == [
        (True, True),
        (False, False),
    ]
    other = listed[1]["account"]
    assert shell.run("accounts", "--use", other, "--json").json[0]["account"] == other


def test_an_account_that_is_connected_twice_is_stored_once(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    connect(shell)
    done = connect(shell, *ONLY_BASIC)
    assert "Connected @maracooks " in done.words
    assert "these it doesn't have any more: " in done.words
    assert "video.list" in done.words
    (kept,) = shell.run("accounts", "--json").json
    assert (kept["account"], kept["scopes"]) == ("maracooks", ["user.info.basic"])
    assert len(list(shell.home.rglob("*.tokens.json"))) == 1


def test_a_handle_that_is_read_later_replaces_the_id_as_a_name(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    connect(shell, *ONLY_BASIC)
    (first,) = shell.run("accounts", "--json").json
    assert first["account"] == first["open_id"]
    done = connect(shell)
    assert "doesn't have any more" not in done.words
    (second,) = shell.run("accounts", "--json").json
    assert (second["account"], second["open_id"]) == ("maracooks", first["open_id"])
    assert len(list(shell.home.rglob("*.tokens.json"))) == 1
