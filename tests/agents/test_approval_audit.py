"""A person's verdict is in the chain, beside the decision that it is about, also after an
erasure."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from stagedoor.agents.approvals import requests
from stagedoor.agents.approvals.errors import ApprovalNeeded, TooManyApprovals
from stagedoor.connector.errors import ApiError
from tests.agents.approval_steps import ASKED, asks, ended, get, says
from tests.agents.call_requests import film
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import PULLED, Pump
from tests.agents.test_audit import tamper, verified
from tests.support import media
from tests.support.local import Local
from tests.support.site import Site
from tests.support.stored_files import media_in

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1", "STAGEDOOR_PULL_URL": PULLED}


@pytest.fixture
def agent(agent: AgentFixture, site: Site) -> AgentFixture:
    agent.given(ASKED)
    site.pages["/film.mp4"] = media.video()
    return agent


def asked(agent: AgentFixture, site: Site, title: str = "Private words") -> str:
    return asks(agent, film(agent, f"{site.url}/film.mp4", title=title))


def everything(agent: AgentFixture) -> str:
    """All that the database holds of approvals and texts."""
    with agent.agents.services.database.read() as connection:
        found = [
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            for table in ("approvals", "audit_texts", "audit_entries", "notices")
        ]
    return str(found)


def test_who_said_what_is_on_record(agent: AgentFixture, pump: Pump, site: Site) -> None:
    approval, other = asked(agent, site), asked(agent, site, "Another")
    says(agent, approval, "approve", note="nice one")
    says(agent, other, "refuse")
    pump.run()
    pump.until(lambda: ended(agent))
    executed, refused, row = agent.rows()
    assert (row["decision"], row["outcome"]) == ("pending", "approved")
    assert (row["decidedBy"], row["note"], row["approved"]) == ("u1", "nice one", False)
    assert row["id"] == get(agent, approval)["auditId"]
    assert (refused["outcome"], refused["decidedBy"], refused["note"]) == ("refused", "u1", None)
    assert (executed["decision"], executed["approved"]) == ("allowed", True)
    assert executed["outcome"] == "done"
    report = verified(agent)
    assert (report["intact"], report["entries"]) == (True, 8)


@sqlite_only
@pytest.mark.parametrize(
    ("how", "outcome", "words"),
    [
        ("approve", "done", "It had been approved and done, and the agent was told its result."),
        ("fail", "failed", "It had failed, and the agent was told so."),
        ("refuse", "refused", "A person had refused it, and the agent was told so."),
        ("expire", "expired", "Nobody had decided about it in time, and the agent was told so."),
    ],
)
def test_the_entry_of_a_repeated_call_says_what_the_agent_was_told(
    agent: AgentFixture, pump: Pump, site: Site, how: str, outcome: str, words: str
) -> None:
    call = film(agent, f"{site.url}/film.mp4", title="Private words")
    approval = asks(agent, call)
    with pytest.raises(ApprovalNeeded):
        agent.agents.calls.make(agent.caller, call)
    assert agent.rows()[0]["sentence"].endswith("It waits for a person's approval.")
    if how == "fail":
        agent.given(ASKED | {"level": "read"})
    if how == "expire":
        pump.advance(24 * 3600 + 1)
    else:
        says(agent, approval, "refuse" if how == "refuse" else "approve")
        pump.run()
    agent.given(ASKED)
    if how == "approve":
        agent.agents.calls.make(agent.caller, call)
    else:
        with pytest.raises(ApiError):
            agent.agents.calls.make(agent.caller, call)
    row = agent.rows()[0]
    assert (row["decision"], row["outcome"], row["decidedBy"]) == ("pending", outcome, None)
    assert row["sentence"].endswith(f"@{row['accountName'].lstrip('@')}. {words}"), row
    assert verified(agent)["intact"]
    agent.service.api("POST", "/api/audit/erasures", {"integrationId": agent.account})
    row = agent.rows()[0]
    assert (row["outcome"], row["sentence"]) == (outcome, None)
    assert verified(agent)["intact"]


@sqlite_only
def test_a_call_that_nobody_could_be_asked_about_does_not_wait(
    agent: AgentFixture, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MOST_WAITING", 0)
    with pytest.raises(TooManyApprovals):
        agent.agents.calls.make(agent.caller, film(agent, f"{site.url}/film.mp4"))
    monkeypatch.setattr(requests, "MOST_WAITING", 1)
    with pytest.raises(ApiError, match="HTTP 404"):
        agent.agents.calls.make(agent.caller, film(agent, f"{site.url}/gone.mp4"))
    gone, many = agent.rows()
    assert gone["outcome"] == many["outcome"] == "failed"
    assert "No person was asked: " in gone["sentence"]
    assert "HTTP 404" in gone["sentence"]
    assert "No person was asked: " in many["sentence"]


@sqlite_only
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE audit_entries SET outcome = 'approved' WHERE kind = 'approval'", "changed"),
        ("UPDATE audit_entries SET about = 99 WHERE kind = 'approval'", "changed"),
        ("DELETE FROM audit_entries WHERE kind = 'approval'", "should end here"),
        (
            "UPDATE audit_texts SET text = replace(text, 'u1', 'u2') WHERE seq = 4",
            "text was changed",
        ),
    ],
)
def test_a_changed_word_of_a_person_is_found(
    agent: AgentFixture, site: Site, change: str, words: str
) -> None:
    says(agent, asked(agent, site), "refuse")
    assert verified(agent)["intact"]
    tamper(agent.agents, change)
    found = verified(agent)
    assert not found["intact"]
    assert any(words in one["what"] for one in found["problems"])


@sqlite_only
def test_a_decision_is_decided_once_even_by_the_database(agent: AgentFixture, site: Site) -> None:
    says(agent, asked(agent, site), "refuse")
    with agent.agents.services.database.begin() as connection:
        connection.execute(text("UPDATE approvals SET state = 'pending', verdict = NULL"))
    (one,) = agent.service.api("GET", "/api/approvals")["approvals"]
    again = agent.service.send("POST", f"/api/approvals/{one['id']}", {"decision": "approve"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "decided_already")
    assert get(agent, one["id"])["state"] == "pending"
    assert verified(agent)["entries"] == 4


@pytest.mark.parametrize("whole", [True, False])
def test_an_erasure_ends_what_waits_and_leaves_no_word(
    agent: AgentFixture, pump: Pump, local: Local, site: Site, whole: bool
) -> None:
    refused, waits, approved = (asked(agent, site, f"Private {n}") for n in range(3))
    says(agent, refused, "refuse", note="Private note")
    says(agent, approved, "approve")
    assert "Private" in everything(agent)
    body: dict[str, Any] = {"everything": True}
    if not whole:
        body = {"integrationId": agent.account}
    assert agent.service.api("POST", "/api/audit/erasures", body)["erased"] >= 5
    assert "Private" not in everything(agent)
    assert verified(agent)["intact"]
    for approval in (waits, approved):
        late = agent.service.send("POST", f"/api/approvals/{approval}", {"decision": "refuse"})
        assert late.status_code == 409
    pump.run()
    assert local.publishes() == []
    assert agent.service.api("GET", "/api/approvals", state="all")["approvals"] == []
    folder = agent.service.services.settings.data / "media"
    assert media_in(folder) == []
    rows = agent.rows()
    assert {(row["decision"], row["sentence"], row["decidedBy"]) for row in rows} == {
        ("pending", None, None)
    }
    assert {row["outcome"] for row in rows} == {"refused", "approved", None}


@sqlite_only
def test_an_erasure_of_another_account_leaves_it(agent: AgentFixture, site: Site) -> None:
    approval = asked(agent, site)
    unknown = agent.service.send("POST", "/api/audit/erasures", {"integrationId": "x"})
    assert unknown.status_code == 404
    assert get(agent, approval)["preview"]


@sqlite_only
def test_nothing_is_asked_where_the_audit_is_broken(agent: AgentFixture, site: Site) -> None:
    approval = asked(agent, site)
    with agent.agents.services.database.begin() as connection:
        connection.execute(text("UPDATE audit_heads SET seq = 0"))
    said = agent.service.send("POST", f"/api/approvals/{approval}", {"decision": "approve"})
    assert (said.status_code, said.json()["error"]["code"]) == (503, "audit_unavailable")
    assert get(agent, approval)["state"] == "pending"


@sqlite_only
def test_the_same_call_by_another_agent_is_another_question(
    agent: AgentFixture, site: Site
) -> None:
    from tests.agents.conftest import make

    other = make(agent.service, agent.agents, "Other")
    other.given(ASKED)
    assert asked(agent, site) != asked(other, site)
    with pytest.raises(ApprovalNeeded):
        agent.agents.approval_requests.answer(other.caller, asked(other, site))
