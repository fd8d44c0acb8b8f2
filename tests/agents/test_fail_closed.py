"""Each dependency of a decision fails once: no call is allowed then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stagedoor.agents.container import Agents
from stagedoor.agents.decisions.decision import Allow, Deny, Guard
from stagedoor.connector.clock import FollowedClock
from tests.agents.conftest import AgentFixture, copied, make
from tests.connector.conftest import Service
from tests.support.database_faults import sql

GONE = FollowedClock("http://127.0.0.1:9/clock")


def _sql(agents: Agents, *statements: str) -> None:
    sql(agents.services.database, *statements)


def _stopped_clock(agents: Agents) -> None:
    agents.services.clock.close()
    agents.services.clock = GONE


def _other_vault_key(agents: Agents) -> None:
    _sql(agents, "UPDATE audit_heads SET key = (SELECT wrapped FROM vault_keys LIMIT 1)")


BREAKING: dict[str, tuple[Callable[[Agents], None], str]] = {
    "the clock": (_stopped_clock, Guard.UNAVAILABLE),
    "the audit's entries": (
        lambda agents: _sql(agents, "ALTER TABLE audit_entries RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the audit's texts": (
        lambda agents: _sql(agents, "ALTER TABLE audit_texts RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the end of the chain": (
        lambda agents: _sql(agents, "UPDATE audit_heads SET seq = 0"),
        Guard.UNAVAILABLE,
    ),
    "the audit itself": (lambda agents: _sql(agents, "DELETE FROM audit_heads"), Guard.UNAVAILABLE),
    "the vault": (_other_vault_key, Guard.UNAVAILABLE),
    "the policy store": (
        lambda agents: _sql(agents, "ALTER TABLE agent_policies RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "a stored policy": (
        lambda agents: _sql(agents, "UPDATE agent_policies SET cedar = 'permit(', version = 9"),
        Guard.UNAVAILABLE,
    ),
    "a policy's arithmetic": (
        lambda agents: _sql(
            agents,
            "UPDATE agent_policies SET version = 9, cedar = "
            "'permit(principal, action, resource); permit(principal, action, resource) "
            "when { context.at + 9223372036854775807 > 0 };'",
        ),
        Guard.POLICY_FAILED,
    ),
    "the counters": (
        lambda agents: _sql(agents, "ALTER TABLE agent_counters RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the windows": (
        lambda agents: _sql(agents, "ALTER TABLE limit_windows RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the keys": (
        lambda agents: _sql(agents, "DELETE FROM agent_keys"),
        Guard.KEY_OVER,
    ),
    "the agents": (
        lambda agents: _sql(agents, "ALTER TABLE agents RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_allowed_without(agent: AgentFixture, tmp_path: Path) -> None:
    agent.given(preset="reader")
    caller = agent.caller
    for number, (name, (break_it, rule)) in enumerate(BREAKING.items()):
        with copied(agent.agents, tmp_path, number) as agents:

            def ask(agents: Agents = agents) -> object:
                return agents.gate.decide(caller, "display.video_list", agent.account, {})

            assert isinstance(ask(), Allow), name
            again = Agents(agents.services)
            break_it(again)
            found = ask(again)
            assert isinstance(found, Deny), name
            assert found.rule == rule, name


def test_a_row_that_can_not_be_written_takes_back_what_was_used_up(agent: AgentFixture) -> None:
    agent.given({"resource": "posting", "level": "full", "conditions": {"postsPerDay": 1}})
    caller = agent.caller
    post = {"source_info": {"source": "PULL_FROM_URL", "video_url": "https://m.example.com/a"}}

    def ask() -> object:
        return agent.agents.gate.decide(caller, "posting.inbox_video_init", agent.account, post)

    _sql(agent.agents, "ALTER TABLE audit_texts RENAME TO elsewhere")
    assert isinstance(ask(), Deny)
    _sql(agent.agents, "ALTER TABLE elsewhere RENAME TO audit_texts")
    assert isinstance(ask(), Allow)
    assert isinstance(ask(), Deny)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_call_that_can_not_be_decided_again_is_denied(
    agent: AgentFixture, tmp_path: Path
) -> None:
    agent.given(preset="reader")
    with copied(agent.agents, tmp_path, 0) as agents:
        counted = agents.gate.now()
        caller = agent.caller

        def again(agents: Agents) -> object:
            return agents.gate.again(caller, "display.video_list", agent.account, {}, counted)

        assert isinstance(again(agents), Allow)
        broken = Agents(agents.services)
        _stopped_clock(broken)
        assert broken.gate.now() is None
        found = again(broken)
        assert isinstance(found, Deny)
        assert found.rule == Guard.UNAVAILABLE


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_denials_that_can_not_be_recorded_are_counted_until_they_can(
    service: Service, agents: Agents
) -> None:
    agent = make(service, agents, callsPerMinute=1)
    for _ in range(5):
        agent.asks("display.video_list")
    before = len(agent.rows(limit=100))
    _sql(agents, "ALTER TABLE audit_texts RENAME TO elsewhere")
    assert agents.gate.summarise(everything=True) == 0
    _sql(agents, "ALTER TABLE elsewhere RENAME TO audit_texts")
    agent.asks("display.video_list")
    assert agents.gate.summarise(everything=True) == 1
    summary, *rows = agent.rows(limit=100)
    assert (summary["rule"], summary["counted"]) == (Guard.SUMMARY, 4)
    assert len(rows) == before
    assert agents.audit.verify("acme").intact
