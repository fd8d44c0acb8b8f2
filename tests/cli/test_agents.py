"""`stagedoor agents` and `stagedoor audit`: made, given, asked, found, proved."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from stagedoor.agents.container import Agents
from stagedoor.agents.oauth.addresses import addresses
from stagedoor.cli import audit
from stagedoor.cli.agents import _listed as listed_grants
from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import migrate

from .conftest import Done, Shell

ORG = ("--org", "acme")
PAGE = {"url": "https://www.tiktok.com/@maracooks/video/1"}
"""The arguments of embed.oembed_video, which needs no account."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"STAGEDOOR_DATA": str(tmp_path / "data"), "STAGEDOOR_HOME": str(tmp_path / "home")}


@pytest.mark.timeout(120)
def test_an_agent_s_day(shell: Shell, environment: dict[str, str], tmp_path: Path) -> None:
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    made = shell.run("agents", "create", "Social Agent", "--preset", "reader", *ORG, **environment)
    assert made.code == 0, made.err
    agent, key = made.out.split()
    agents = Agents(services)
    caller = agents.identity.caller(key)
    for operation in ("embed.oembed_video", "commercial.ad_query"):
        agents.gate.decide(caller, operation, None, PAGE)

    other = shell.run("agents", "create", "Other", "--tools", "all", *ORG, **environment)
    assert agents.identity.get("acme", other.out.split()[0]).tools == "all"
    assert agents.identity.get("acme", agent).tools == "jobs"

    listed = shell.run("agents", "list", *ORG, **environment)
    assert "Social Agent  may act" in listed.out
    assert "Read Own videos on all accounts" in listed.out
    assert key not in listed.out
    found = shell.run("audit", "search", "ad library", "--agent", agent, *ORG, **environment)
    assert "asked to search the ad library. Denied:" in found.out
    asked = ("agents", "explain", "Social Agent", "embed.oembed_video", json.dumps(PAGE))
    assert "Allowed." in shell.run(*asked, *ORG, **environment).out

    file = tmp_path / "grants.json"
    file.write_text('[{"resource": "commercial", "level": "read"}]')
    grant = ("agents", "grant", "Social Agent", "--grants", str(file))
    dry = shell.run(*grant, "--dry-run", *ORG, **environment)
    assert "+ Read Commercial content on all accounts" in dry.out
    assert "1 of 2 past calls would have been decided otherwise" in dry.out
    assert "Allowed." in shell.run(*asked, *ORG, **environment).out
    given = shell.run(*grant, *ORG, **environment)
    assert given.out.splitlines() == [
        "Social Agent may do this from its next call on (version 2):",
        "    Read Commercial content on all accounts",
    ]
    assert "Denied: Embed public videos is off" in shell.run(*asked, *ORG, **environment).out

    assert shell.unread("audit", "search", *ORG, **environment) == Done(141, "", "")
    exported = shell.run("audit", "export", *ORG, **environment).out.splitlines()
    *told, last = map(json.loads, exported)
    decided = [one["decision"] for one in told if one["decision"] != "changed"]
    assert decided == ["denied", "allowed"]
    changed = [one["sentence"] for one in told if one["decision"] == "changed"]
    assert changed[0] == (
        "cli changed what Social Agent may do: Read Commercial content on all accounts."
    )
    assert changed[-1] == f"cli made the agent Social Agent with the key {key[:8]}."
    good = shell.run("audit", "verify", *ORG, **environment)
    assert (good.code, good.out.splitlines()[0]) == (3, "6 entries, all as they were written.")
    assert "unproven: no witness" in good.out
    head = good.out.split()[-1]
    assert last == {"head": head}
    proven = shell.run("audit", "verify", "--since", head, *ORG, **environment)
    assert proven.code == 0
    assert proven.out.splitlines()[1] == "proven by the head that was kept up to #6"

    assert shell.run("agents", "stop", "--all", *ORG, **environment).out.startswith("2 agents")
    assert agents.gate.decide(caller, "embed.oembed_video", None, PAGE).rule == "stopped"
    with services.database.begin() as connection:
        connection.execute(text("UPDATE audit_texts SET text = '{}' WHERE seq = 1"))
    bad = shell.run("audit", "verify", *ORG, **environment)
    assert bad.code == 1
    assert "#1: its text was changed" in bad.out
    services.close()


def test_a_head_is_also_read_from_an_export(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    export.write_text('{"seq": 1, "sentence": "x"}\n{"head": "2:ab"}\n')
    assert str(audit._head(str(export))) == str(audit._head("2:ab")) == "2:ab"
    export.write_text('{"seq": 1}\n')
    with pytest.raises(click.BadParameter, match="has no head"):
        audit._head(str(export))


def test_clients_that_signed_in_are_listed_and_ended(
    shell: Shell, environment: dict[str, str]
) -> None:
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    made = shell.run("agents", "create", "Social Agent", *ORG, **environment)
    agent, key = made.out.split()
    oauth = Agents(services).oauth
    at = addresses(services.settings)
    uri = "http://127.0.0.1/callback"
    body = {"client_name": "Editor", "redirect_uris": [uri], "token_endpoint_auth_method": "none"}
    client = oauth.clients.register(json.dumps(body).encode(), "192.0.2.1").client
    verifier = "v" * 43
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    wanted = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": uri,
        "code_challenge": digest.rstrip("="),
        "code_challenge_method": "S256",
    }
    typed = shell.run("agents", "sign-in", "Social Agent", *ORG, **environment).out.strip()
    for proof in (key, typed):
        proven = oauth.consent.prove(oauth.consent.asked(wanted, at), proof, "192.0.2.1")
        _, code = oauth.consent.allow(proven.ticket, at)
        said = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        tokens = oauth.token_endpoint.grant(client, said, at)

    listed = shell.run("agents", "sign-ins", "Social Agent", *ORG, **environment).out
    first, _, second, _ = listed.splitlines()
    assert f"Editor  by the key {key[:8]}…, last used " in first
    assert "Editor  by a code, " in second
    assert f"    answers to {uri}" in listed
    assert oauth.caller(tokens.access) is not None
    one = second.split()[0]
    ended = shell.run("agents", "sign-out", "Social Agent", one, *ORG, **environment)
    assert ended.out == "1 sign-in was ended.\n"
    assert oauth.caller(tokens.access) is None
    for arguments, words in [(("x",), "no such sign-in"), ((), "--all")]:
        refused = shell.run("agents", "sign-out", agent, *arguments, *ORG, **environment)
        assert refused.code != 0
        assert words in refused.err
    ended = shell.run("agents", "sign-out", agent, "--all", *ORG, **environment)
    assert ended.out.startswith("1 ")
    assert oauth.sign_ins("acme", agent) == []
    services.close()


def test_what_is_wrong_is_one_line(shell: Shell, environment: dict[str, str]) -> None:
    early = shell.run("agents", "list", *ORG, **environment)
    assert early.code == 1
    assert "start 'stagedoor serve' once first" in early.err
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    services.close()
    for arguments, words in [
        (("agents", "stop", "Nobody"), "no such agent"),
        (("agents", "stop"), "--all"),
        (("agents", "create", ""), "1 to 100 characters"),
        (("agents", "create", "a" * 101), "1 to 100 characters"),
        (("agents", "create", "a\x1b[2J"), "1 to 100 characters"),
        (("agents", "create", "A", "--preset", "king"), "community-manager"),
        (("agents", "create", "A", "--tools", "every"), "operations"),
    ]:
        refused = shell.run(*arguments, *ORG, **environment)
        assert refused.code != 0
        assert words in refused.err


@pytest.fixture
def made(shell: Shell, environment: dict[str, str]) -> Shell:
    """A shell on a database of this version."""
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    services.close()
    shell.env |= environment
    return shell


def test_two_agents_of_one_name_are_told_apart_by_id(made: Shell) -> None:
    ids = [made.run("agents", "create", "Twin", *ORG).out.split()[0] for _ in range(2)]
    refused = made.run("agents", "stop", "Twin", *ORG)
    assert refused.code == 1
    assert "2 agents are named 'Twin': name one by its id: " in refused.words
    assert all(one in refused.words for one in ids)
    assert made.run("agents", "stop", ids[0], *ORG).out == "Twin was stopped.\n"
    states = {
        line.split()[0]: "stopped" in line
        for line in made.run("agents", "list", *ORG).out.splitlines()
    }
    assert states == {ids[0]: True, ids[1]: False}


def test_an_agent_is_stopped_resumed_and_deleted_and_the_audit_says_by_whom(made: Shell) -> None:
    agent, key = made.run("agents", "create", "Ann", *ORG).out.split()
    made.run("agents", "stop", "Ann", *ORG)
    assert made.run("agents", "resume", "Ann", *ORG).out == "Ann may act again.\n"
    new = made.run("agents", "keys", "Ann", "--overlap", "0", *ORG).out.strip()
    kept = made.run("agents", "delete", "Ann", *ORG, answers="Bob\n")
    assert (kept.code, kept.out) == (1, "")
    assert "nothing was deleted" in kept.err
    assert made.run("agents", "delete", agent, "--yes", *ORG).out == "Ann was deleted.\n"
    assert made.run("agents", "list", *ORG).out == ""
    found = made.run("audit", "search", "--decision", "changed", *ORG).out.splitlines()
    said = [line.split("  ", 2)[2] for line in found]
    assert said == [
        "cli deleted Ann with its keys and grants.",
        f"cli made the key {new[:8]} for Ann; its other keys end in 0 h.",
        "cli let Ann act again.",
        "cli stopped Ann.",
        f"cli made the agent Ann with the key {key[:8]}.",
    ]
    verified = made.run("audit", "verify", *ORG)
    assert verified.code == 3, "intact, with no witness where no service has run"
    assert "5 entries, all as they were written." in verified.out
    head = verified.out.split()[-1]
    assert made.run("audit", "verify", "--since", head, *ORG).code == 0


def test_nothing_found_is_said_beside_the_data(made: Shell) -> None:
    for args, words in (
        (("audit", "search"), "The audit of acme has no decisions: none of its agents has asked"),
        (("approvals", "list"), "No agent's call waits for a person; --all lists what was decided"),
        (("approvals", "list", "--all"), "No agent of acme has asked a person yet."),
        (("agents", "list"), "acme has no agents: 'stagedoor agents create' makes one."),
    ):
        done = made.run(*args, *ORG)
        assert (done.code, done.out) == (0, ""), args
        assert words in done.err, args
    exported = made.run("audit", "export", *ORG)
    assert "The audit of acme has no decisions" in exported.err
    assert json.loads(exported.out) == {"head": f"0:{'0' * 64}"}, "the head is data even so"
    made.run("agents", "create", "Ann", *ORG)
    assert made.run("audit", "search", "nobody said this", *ORG).err == "No decision fits.\n"
    assert "No MCP client is signed in as Ann." in made.run("agents", "sign-ins", "Ann", *ORG).err


def test_a_cut_search_says_how_many_more_there_are(made: Shell) -> None:
    for name in ("Ann", "Bob", "Cid"):
        made.run("agents", "create", name, *ORG)
    cut = made.run("audit", "search", "--limit", "1", *ORG)
    assert len(cut.out.splitlines()) == 1
    assert cut.err == "2 more decisions aren't shown: --limit N shows more.\n"
    assert made.run("audit", "search", "--limit", "3", *ORG).err == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("token", "--org", ""), "name the organisation"),
        (("token", "--org", " acme"), "name the organisation"),
        (("token", "--org", "a\u202eb"), "all of which are seen"),
        (("token", "--org", "acme", "--hours", "-1"), "-1 must be more than 0"),
        (("token", "--org", "acme", "--hours", "nan"), "nan must be more than 0"),
        (("token", "--org", "acme", "--hours", "inf"), "inf must be more than 0"),
        (("agents", "list", "--org", ""), "name the organisation"),
        (("agents", "create", "Ann", "--org", "acme", "--days", "0"), "0 must be more than 0"),
        (("emulator", "--port", "99999"), "99999 must be at least 0, and at most 65,535"),
        (("serve", "--port", "-1"), "-1 must be at least 0, and at most 65,535"),
        (("up", "--emulator-port", "65536"), "65536 must be at least 0, and at most 65,535"),
        (("connect", "--port", "99999"), "99999 must be at least 0, and at most 65,535"),
        (("connect", "--timeout", "-5"), "-5 must be more than 0"),
        (("emulator", "--webhook", "notaurl"), "'notaurl' is no address such as http://"),
        (("emulator", "--webhook", "ftp://127.0.0.1/x"), "is no address such as http://"),
        (("emulator", "--webhook", "http://127.0.0.1:99999/x"), "is no address such as http://"),
    ],
    ids=str,
)
def test_what_can_not_work_is_refused_with_what_can(
    shell: Shell, environment: dict[str, str], args: tuple[str, ...], said: str
) -> None:
    done = shell.run(*args, **environment)
    assert (done.code, done.out) == (2, "")
    assert said in done.words
    assert not (shell.folder / "stagedoor-data").exists(), "nothing was begun"


def test_verifying_a_name_that_has_no_audit_is_no_proof(
    shell: Shell, environment: dict[str, str]
) -> None:
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    services.close()
    made = shell.run("agents", "create", "One", *ORG, **environment)
    assert made.code == 0, made.err
    other = shell.run("audit", "verify", "--org", "acne", **environment)
    assert other.code == 3
    assert "acne has no agents and no audit" in other.err


def test_grants_are_read_as_a_list_and_as_the_body_of_the_route() -> None:
    grants = [{"resource": "commercial", "level": "read"}, {"resource": "videos", "level": "read"}]
    listed = listed_grants(json.dumps(grants))
    assert [grant.resource for grant in listed] == ["commercial", "videos"]
    assert listed_grants(json.dumps({"grants": grants}, indent=2)) == listed
    for wrong, path in (
        ({"grants": [{"resource": "videos", "level": "some"}]}, "grants.0.level"),
        ({"grant": grants}, "grants"),
        ([{"resource": "videos"}], "0.level"),
    ):
        with pytest.raises(click.BadParameter) as refused:
            listed_grants(json.dumps(wrong))
        assert refused.value.message.startswith(f"{path}: ")
