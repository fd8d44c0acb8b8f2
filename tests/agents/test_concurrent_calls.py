"""Many concurrent calls: each is decided as if it were alone."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import select

from stagedoor.agents.audit.entry import CallOutcome, Receipt
from stagedoor.agents.audit.models import audit_entries
from stagedoor.agents.container import Agents
from stagedoor.agents.decisions import store
from stagedoor.agents.decisions.decision import Allow, Deny
from stagedoor.agents.decisions.request import DecisionRequest, Settlement
from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.settings import Settings
from tests.agents.conftest import VIDEO, AgentFixture, make
from tests.connector.conftest import Service

READ = {"resource": "videos", "level": "read"}
FIELDS = {"fields": ["id"]}


def at_once(what: Sequence[Callable[[], Any]]) -> list[Any]:
    """Everything begins at one moment."""
    start = threading.Barrier(len(what))

    def run(one: Callable[[], Any]) -> Any:
        start.wait(20)
        return one()

    with ThreadPoolExecutor(len(what)) as threads:
        return list(threads.map(run, what))


def test_a_minute_has_exactly_its_calls_however_many_ask_at_once(
    service: Service, agents: Agents
) -> None:
    agent = make(service, agents, callsPerMinute=20)
    agent.given(READ)
    caller = agent.caller

    def ask() -> Any:
        return agents.gate.decide(caller, "display.video_list", agent.account, FIELDS)

    for _ in range(2):
        decisions = at_once([ask] * 30)
    assert all(isinstance(one, Deny) for one in decisions)
    found = Counter((row["decision"], row["rule"]) for row in agent.rows(limit=100))
    assert found[("allowed", "videos.read")] == 20
    assert agents.gate.summarise(everything=True) == 1
    denied = [row for row in agent.rows(limit=100) if row["decision"] == "denied"]
    assert sum(row["counted"] for row in denied) == 40
    assert agents.audit.verify("acme").problems == ()


def test_a_day_has_exactly_its_posts(agent: AgentFixture) -> None:
    agent.given(
        {"resource": "posting", "level": "full", "conditions": {"postsPerDay": 5}},
    )
    caller = agent.caller

    def ask() -> Any:
        return agent.agents.gate.decide(caller, "posting.video_init", agent.account, VIDEO)

    decisions = at_once([ask] * 24)
    assert sum(isinstance(one, Allow) for one in decisions) == 5
    denied = next(one for one in decisions if isinstance(one, Deny))
    assert denied.reason == "The 5 posts of this day are used up; 00:00 UTC brings more."


def test_who_was_overtaken_while_it_judged_is_decided_once(
    agent: AgentFixture, services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.given(READ)
    assert isinstance(agent.asks("display.video_list", FIELDS), Allow)  # its minute has begun
    caller, process = agent.caller, Container.build(services.settings)
    other = Agents(process)  # as another process has it
    visit, visits = store.read_context, list[Any]()

    def ask(agents: Agents) -> Any:
        return agents.gate.decide(caller, "display.video_list", agent.account, FIELDS)

    with ThreadPoolExecutor(1) as threads:

        def overtaken(*asked: Any) -> Any:
            row = visit(*asked)
            visits.append(row)
            if len(visits) == 1:
                wait([threads.submit(ask, other)], 10)
            return row

        monkeypatch.setattr(store, "read_context", overtaken)
        assert isinstance(ask(agent.agents), Allow)
    process.close()
    assert len(visits) == 3, "mine, the other's, and mine again"
    assert [row["decision"] for row in agent.rows()] == ["allowed"] * 3
    assert agent.agents.audit.verify("acme").problems == ()


def test_a_row_names_the_policy_that_was_asked(
    agent: AgentFixture, services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.given(READ)
    assert isinstance(agent.asks("display.video_list", FIELDS), Allow)
    caller, visit, changed = agent.caller, store.read_context, list[Any]()
    other = Agents(services)  # it hasn't parsed the policy yet
    with ThreadPoolExecutor(1) as threads:

        def changing(*asked: Any) -> Any:
            row = visit(*asked)
            if not changed:
                assert row is not None
                changed.append(row.version)
                wait([threads.submit(_read_nothing, agent, services.settings)], 10)
            return row

        monkeypatch.setattr(store, "read_context", changing)
        found = other.gate.decide(caller, "display.video_list", agent.account, FIELDS)
    assert isinstance(found, Deny)
    with services.database.read() as connection:
        asked = TenantConnection(connection, "acme").all(
            select(audit_entries.c.policy_version).order_by(audit_entries.c.seq)
        )
    assert asked[-1][0] > changed[0]


def _read_nothing(agent: AgentFixture, settings: Settings) -> None:
    """By another process."""
    process = Container.build(settings)
    grants = Agents(process).grants
    grants.put("acme", agent.id, grants.policy("acme", []), "test")
    process.close()


def test_outcomes_of_calls_are_written_among_decisions(agent: AgentFixture) -> None:
    agent.given(READ)
    caller, gate = agent.caller, agent.agents.gate

    def call() -> None:
        allowed = gate.decide(caller, "display.video_list", agent.account, FIELDS)
        assert isinstance(allowed, Allow)
        gate.settle(allowed, CallOutcome.DONE, "log")

    at_once([call] * 24)
    rows = agent.rows(limit=100)
    assert [row["outcome"] for row in rows] == ["done"] * 24
    report = agent.agents.audit.verify("acme")
    assert (report.problems, report.head.seq) == ((), 50)


def test_what_can_not_be_written_takes_nothing_else_with_it(agent: AgentFixture) -> None:
    agent.given(READ)
    recorder = agent.agents.gate._log
    call = DecisionRequest(agent.caller, "display.video_list", agent.account, FIELDS)
    first = recorder.record([call, call])[0]
    assert isinstance(first, Allow)
    assert first.receipt is not None
    again: list[DecisionRequest | Settlement] = [
        Settlement(first.receipt, CallOutcome.DONE),
        Settlement(first.receipt, CallOutcome.FAILED),
        call,
    ]
    was, twice, allowed = recorder.record(again)
    assert (was, twice) == (True, False)
    assert isinstance(allowed, Allow)
    # an outcome of nothing that was decided: refused alone
    strange, allowed = recorder.record([Settlement(Receipt("nobody", 1), CallOutcome.DONE), call])
    assert isinstance(strange, Exception)
    assert isinstance(allowed, Allow)
    assert agent.agents.audit.verify("acme").problems == ()


def test_organisations_do_not_meet(service: Service, agents: Agents, agent: AgentFixture) -> None:
    made = service.api("POST", "/api/agents", {"name": "Other"}, org="other")
    other = agents.identity.caller(made["key"])
    assert other is not None
    agent.given(READ)
    mine = DecisionRequest(agent.caller, "display.video_list", agent.account, FIELDS)
    theirs = DecisionRequest(other, "display.video_list", agent.account, FIELDS)
    before = {org: agents.audit.verify(org).entries for org in ("acme", "other")}
    allowed, denied = agents.gate._log.record([mine, theirs])
    assert isinstance(allowed, Allow)
    assert isinstance(denied, Deny)
    assert denied.rule == "no-account"
    for org, decision in (("acme", allowed), ("other", denied)):
        assert decision.receipt == Receipt(org, before[org] + 1)
        report = agents.audit.verify(org)
        assert (report.problems, report.entries) == ((), before[org] + 1)
