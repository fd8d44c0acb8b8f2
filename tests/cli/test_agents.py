"""`stagedoor agents` and `stagedoor audit`: made, given, asked, found, proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from stagedoor.agents.services import Agents
from stagedoor.connector import settings
from stagedoor.connector.database import migrate
from stagedoor.connector.services import Services

from .conftest import Shell

ORG = ("--org", "acme")
PAGE = {"url": "https://www.tiktok.com/@maracooks/video/1"}
"""What embed.oembed_video takes; it needs no account."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"STAGEDOOR_DATA": str(tmp_path / "data"), "STAGEDOOR_HOME": str(tmp_path / "home")}


def test_an_agent_s_day(shell: Shell, environment: dict[str, str], tmp_path: Path) -> None:
    services = Services.build(settings.load(environ=environment))
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
    assert shell.run(*grant, *ORG, **environment).code == 0
    assert "Denied: Embed public videos is off" in shell.run(*asked, *ORG, **environment).out

    exported = shell.run("audit", "export", *ORG, **environment).out.splitlines()
    assert [json.loads(line)["decision"] for line in exported] == ["denied", "allowed"]
    good = shell.run("audit", "verify", *ORG, **environment)
    assert (good.code, good.out.splitlines()[0]) == (0, "2 entries, all as they were written.")
    head = good.out.split()[-1]
    assert shell.run("audit", "verify", "--since", head, *ORG, **environment).code == 0

    assert shell.run("agents", "stop", "--all", *ORG, **environment).out.startswith("2 agents")
    assert agents.gate.decide(caller, "embed.oembed_video", None, PAGE).rule == "stopped"
    with services.database.begin() as connection:
        connection.execute(text("UPDATE audit_texts SET text = '{}' WHERE seq = 1"))
    bad = shell.run("audit", "verify", *ORG, **environment)
    assert bad.code == 1
    assert "#1: its text was changed" in bad.out
    services.close()


def test_what_is_wrong_is_one_line(shell: Shell, environment: dict[str, str]) -> None:
    early = shell.run("agents", "list", *ORG, **environment)
    assert early.code == 1
    assert "start 'stagedoor serve' once first" in early.err
    services = Services.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    services.close()
    for arguments, words in [
        (("agents", "stop", "Nobody"), "no such agent"),
        (("agents", "stop"), "--all"),
        (("agents", "create", "A", "--preset", "king"), "community-manager"),
        (("agents", "create", "A", "--tools", "every"), "operations"),
    ]:
        refused = shell.run(*arguments, *ORG, **environment)
        assert refused.code != 0
        assert words in refused.err
