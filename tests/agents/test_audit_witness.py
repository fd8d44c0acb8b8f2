"""`verify` finds by the witness an end that was cut off and made consistent again."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from stagedoor.agents.audit.errors import AuditUnavailable
from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.decision import Deny
from stagedoor.connector import vault_reset
from stagedoor.connector.keys import Keys
from stagedoor.connector.witness.service import Witness
from tests.agents.approval_steps import ASKED, asks, get, says
from tests.agents.call_requests import film
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED, Pump
from tests.agents.test_audit import tamper, verified
from tests.support import media
from tests.support.local import Local
from tests.support.site import Site


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


@pytest.fixture
def told(agent: AgentFixture) -> AgentFixture:
    """Four decisions; the head after two of them is kept by whoever holds the database."""
    for _ in range(2):
        agent.asks("display.video_list")
    return agent


def look(agent: AgentFixture) -> list[str]:
    """What the witness's thread does every few seconds."""
    witness = agent.service.services.witness
    assert isinstance(witness, Witness)
    return witness.look()


def cut(agent: AgentFixture) -> None:
    """Take entries off the end, and put the end that was kept back, with its proof."""
    with agent.agents.services.database.begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT * FROM audit_heads"))
    for _ in range(2):
        agent.asks("display.video_list")
    look(agent)
    tamper(
        agent.agents,
        "DELETE FROM audit_texts WHERE seq > (SELECT seq FROM kept)",
        "DELETE FROM audit_entries WHERE seq > (SELECT seq FROM kept)",
        "UPDATE audit_heads SET seq = (SELECT seq FROM kept), hash = (SELECT hash FROM kept), "
        "mac = (SELECT mac FROM kept)",
    )


def lose_witness(agent: AgentFixture) -> None:
    for place in agent.service.services.witness._stores:
        place.drop(list(place.read()))


def words(found: dict[str, Any]) -> str:
    return "; ".join(one["what"] for one in found["problems"])


def test_what_nobody_witnessed_is_unproven(told: AgentFixture) -> None:
    found = verified(told)
    assert (found["intact"], found["proof"], found["provenUntil"]) == (True, None, None)
    look(told)
    told.asks("display.video_list")
    found = verified(told)
    assert (found["intact"], found["proof"], found["provenUntil"]) == (True, "witness", "3")
    report = told.agents.audit.verify("acme")
    assert not report.unproven
    assert told.agents.audit.verify("nobody").intact
    assert not told.agents.audit.verify("nobody").unproven, "there is nothing to prove"


def test_an_end_put_back_with_its_proof_is_found(told: AgentFixture) -> None:
    cut(told)
    found = verified(told)
    assert not found["intact"]
    assert "the witness saw the chain go on to here, and ends at 3" in words(found)
    # the database alone looks as it was written
    lose_witness(told)
    assert told.agents.audit.verify("acme").unproven


def test_a_new_witness_vouches_for_nothing_that_it_did_not_see(told: AgentFixture) -> None:
    look(told)
    cut(told)
    with told.agents.services.database.begin() as connection:
        connection.execute(text("UPDATE installation SET identity = 'another' || identity"))
    started = told.service.services.make_witness()
    started.look(at_start=True)
    audit = Agents(replace(told.agents.services)).audit
    assert not audit.verify("acme").intact
    [head] = audit.accept_restore("acme", "u1")
    assert head.hash == "unwitnessed"
    assert audit.verify("acme").intact


def test_a_chain_that_goes_on_after_the_cut_is_found(told: AgentFixture) -> None:
    cut(told)
    for _ in range(3):
        told.asks("display.video_list")
    assert "the entry isn't the one that the witness saw" in words(verified(told))


def test_a_running_service_pauses_when_its_audit_was_cut(told: AgentFixture) -> None:
    cut(told)
    [reason] = look(told)
    assert "audits end before what was witnessed" in reason
    assert told.service.api("GET", "/api/pause")["reason"] == "restored"
    for _ in range(3):
        told.asks("display.video_list")
    assert look(told) == []
    assert "the witness saw" in words(verified(told)), "what was lost stays lost"
    [head] = told.agents.audit.accept_restore("acme", "u1")
    assert head.seq == 5
    found = verified(told)
    assert (found["intact"], found["proof"]) == (True, "witness")
    assert told.agents.audit.accept_restore("acme", "u1") == []
    with told.agents.services.database.read() as connection:
        said = connection.scalar(text("SELECT text FROM audit_texts ORDER BY seq DESC LIMIT 1"))
    assert str(head) in said


@pytest.mark.parametrize("witnessed", [True, False])
def test_an_audit_that_was_deleted_is_found(told: AgentFixture, witnessed: bool) -> None:
    if witnessed:
        look(told)
    tamper(
        told.agents,
        "DELETE FROM audit_texts",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_heads",
    )
    found = verified(told)
    assert not found["intact"]
    expected = "the whole audit is gone" if witnessed else "and the organisation has agents"
    assert expected in words(found)


@pytest.mark.parametrize(
    "tables",
    [
        ("DELETE FROM audit_heads",),
        ("DELETE FROM audit_texts", "DELETE FROM audit_entries", "DELETE FROM audit_heads"),
    ],
)
def test_nothing_is_changed_once_the_audit_was_deleted(
    told: AgentFixture, tables: tuple[str, ...]
) -> None:
    told.given(ASKED)
    path = f"/api/agents/{told.id}"
    before = told.service.api("GET", f"{path}/grants")["version"]
    tamper(told.agents, *tables)
    for process in (told.service.services, replace(told.service.services)):
        agents = Agents(process)
        for _ in range(2):
            with pytest.raises(AuditUnavailable, match="audit"):
                agents.identity.change("acme", told.id, {"name": "Renamed"}, "u1")
            answer = told.service.send("PUT", f"{path}/grants", {"grants": []})
            assert (answer.status_code, answer.json()["error"]["code"]) == (
                503,
                "audit_unavailable",
            )
            assert isinstance(told.asks("display.video_list"), Deny)
    assert told.service.api("GET", f"{path}/grants")["version"] == before
    assert told.service.api("GET", path)["name"] != "Renamed"
    # the controls: another organisation begins its audit, and a stop needs none
    made = told.service.api("POST", "/api/agents", {"name": "First"}, org="beta")
    assert made["name"] == "First"
    assert told.service.api("POST", f"{path}/stop")["stopped"]


def test_a_call_that_was_approved_is_not_made_again_after_a_restore(
    told: AgentFixture, site: Site, pump: Pump, local: Local
) -> None:
    told.given(ASKED)
    site.pages["/film.mp4"] = media.video()
    approved, waiting = (
        asks(told, film(told, f"{site.url}/film.mp4", title=title)) for title in ("One", "Two")
    )
    look(told)
    says(told, approved, "approve")
    place = told.service.services.witness._stores[0]
    [known] = place.read().values()
    place.write(json.dumps(json.loads(known) | {"effects": 1}))
    assert look(told) != []
    pump.run(60.0)
    assert get(told, approved)["state"] == "unknown"
    assert "restored" in str(get(told, approved)["failure"])
    assert get(told, waiting)["state"] == "pending", "a person has not decided about it"
    assert local.publishes() == []


def test_a_reset_of_the_vault_is_an_entry_and_the_audit_goes_on(told: AgentFixture) -> None:
    lost = Keys({"k1": secrets.token_bytes(32)}, "jwt")
    services = replace(told.agents.services, keys=lost)
    vault_reset.reset(services.database, services.keys, services.clock, services.notices)
    agents = Agents(services)
    assert agents.audit.renew_keys() == ["acme"]
    assert agents.audit.renew_keys() == [], "once"
    report = agents.audit.verify("acme")
    assert (report.problems, report.entries) == ((), 4)
    with services.database.read() as connection:
        kinds = connection.scalars(text("SELECT kind FROM audit_entries ORDER BY seq")).all()
    assert kinds[-1] == "renewal"
    assert agents.gate.decide(told.caller, "display.video_list", told.account, {}).receipt
    assert agents.audit.verify("acme").problems == ()
