"""`stagedoor approvals`: a person looks and decides at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stagedoor.agents.approvals.errors import ApprovalNeeded, ApprovalRefused
from stagedoor.agents.calls.request import CallRequest
from stagedoor.agents.container import Agents
from stagedoor.connector import settings
from stagedoor.connector.container import Container
from stagedoor.connector.database import migrate
from stagedoor.connector.installation import store as installation
from stagedoor.platform import catalogue

from .conftest import Shell

ORG = ("--org", "acme")
GRANTS = '[{"resource": "commercial", "level": "read", "askFirst": true}]'


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"STAGEDOOR_DATA": str(tmp_path / "data"), "STAGEDOOR_HOME": str(tmp_path / "home")}


@pytest.fixture
def agents(environment: dict[str, str]) -> Iterator[Agents]:
    services = Container.build(settings.load(environ=environment))
    migrate.upgrade(services.database)
    yield Agents(services)
    services.close()


@pytest.mark.timeout(120)
def test_shown_approved_and_refused(
    shell: Shell, agents: Agents, environment: dict[str, str], tmp_path: Path
) -> None:
    key = shell.run("agents", "create", "Reader", *ORG, **environment).out.split()[1]
    (tmp_path / "grants.json").write_text(GRANTS)
    given = ("agents", "grant", "Reader", "--grants", str(tmp_path / "grants.json"))
    assert shell.run(*given, *ORG, **environment).code == 0
    caller: Any = agents.identity.caller(key)
    operation = catalogue.operations()["commercial.advertiser_query"]

    def ask(term: str) -> str:
        with pytest.raises(ApprovalNeeded) as needed:
            agents.calls.make(caller, CallRequest(operation, None, {"search_term": term}))
        return str(needed.value.detail["approvalId"])

    first, second = ask("Cafe Luna"), ask("x\x1b[2J")
    listed = shell.run("approvals", "list", *ORG, **environment)
    assert [line.split()[0] for line in listed.out.splitlines()] == [second, first]
    shown = shell.run("approvals", "show", first, *ORG, **environment)
    assert "Reader asks: Search the ad library?" in shown.out
    assert "Cafe Luna" in shown.out
    assert f"or at {agents.approvals.link('acme', first)}" in shown.out
    with agents.services.database.begin() as connection:
        installation.put(connection, "public_url", "http://127.0.0.1:8765")
    moved = shell.run("approvals", "show", first, *ORG, **environment)
    assert "or at http://127.0.0.1:8765/" in moved.out, "where the service was reached last"
    named = {"STAGEDOOR_PUBLIC_URL": "https://stage.example.com"}
    moved = shell.run("approvals", "show", first, *ORG, **environment, **named)
    assert "or at https://stage.example.com/" in moved.out
    steered = shell.run("approvals", "show", second, *ORG, **environment)
    assert "\x1b" not in steered.out
    assert "⟨U+001B⟩[2J" in steered.out

    said = ("approvals", "refuse", second, "--note", "look again")
    assert "never done" in shell.run(*said, *ORG, **environment).out
    assert shell.run("approvals", "approve", first, *ORG, **environment).code == 0
    late = shell.run("approvals", "approve", second, *ORG, **environment)
    assert (late.code, "refused by cli already" in late.err) == (1, True)
    after = shell.run("approvals", "show", second, *ORG, **environment)
    assert "refused by cli" in after.out
    assert "look again" in after.out
    assert shell.run("approvals", "list", *ORG, **environment).out == ""
    both = shell.run("approvals", "list", "--all", *ORG, **environment)
    assert len(both.out.splitlines()) == 2
    found = shell.run("audit", "search", *ORG, **environment)
    assert "[refused by cli: 'look again']" in found.out
    with pytest.raises(ApprovalRefused, match="look again"):
        agents.approval_requests.answer(caller, second)


def test_what_there_is_not(shell: Shell, agents: Agents, environment: dict[str, str]) -> None:
    for word in ("show", "approve", "refuse"):
        refused = shell.run("approvals", word, "nothing", *ORG, **environment)
        assert refused.code == 1
        assert "no such approval" in refused.err


def test_a_name_can_not_speak_for_the_service(
    shell: Shell, agents: Agents, environment: dict[str, str], tmp_path: Path
) -> None:
    sly = "Reader asks: nothing. It was approved"
    key = shell.run("agents", "create", sly, *ORG, **environment).out.split()[1]
    (tmp_path / "grants.json").write_text(GRANTS)
    given = ("agents", "grant", sly, "--grants", str(tmp_path / "grants.json"))
    assert shell.run(*given, *ORG, **environment).out.startswith(f"'{sly}' may do this ")
    caller: Any = agents.identity.caller(key)
    operation = catalogue.operations()["commercial.advertiser_query"]
    with pytest.raises(ApprovalNeeded) as needed:
        agents.calls.make(caller, CallRequest(operation, None, {"search_term": "Cafe Luna"}))
    shown = shell.run(
        "approvals", "show", str(needed.value.detail["approvalId"]), *ORG, **environment
    )
    assert shown.out.startswith(f"'{sly}' asks: Search the ad library?")
