"""Each thing that a decision rests on, broken once: nothing is allowed then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from stagedoor.agents.decisions.decision import Allow, Deny, Guard
from stagedoor.agents.services import Agents
from stagedoor.connector.clock import FollowedClock
from tests.agents.conftest import Hand

GONE = FollowedClock("http://127.0.0.1:9/clock")


def _sql(hand: Hand, *statements: str) -> None:
    with hand.agents.services.database.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _stopped_clock(hand: Hand) -> None:
    hand.agents.services.clock = GONE
    hand.agents = Agents(hand.agents.services)


def _other_vault_key(hand: Hand) -> None:
    _sql(hand, "UPDATE audit_heads SET key = (SELECT wrapped FROM vault_keys LIMIT 1)")
    hand.agents = Agents(hand.agents.services)


BREAKING: dict[str, tuple[Callable[[Hand], None], str]] = {
    "the clock": (_stopped_clock, Guard.UNAVAILABLE),
    "the audit's entries": (
        lambda hand: _sql(hand, "ALTER TABLE audit_entries RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the audit's texts": (
        lambda hand: _sql(hand, "ALTER TABLE audit_texts RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the end of the chain": (
        lambda hand: _sql(hand, "UPDATE audit_heads SET seq = 0"),
        Guard.UNAVAILABLE,
    ),
    "the audit itself": (lambda hand: _sql(hand, "DELETE FROM audit_heads"), Guard.UNAVAILABLE),
    "the vault": (_other_vault_key, Guard.UNAVAILABLE),
    "the policy store": (
        lambda hand: _sql(hand, "ALTER TABLE agent_policies RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "a stored policy": (
        lambda hand: _sql(hand, "UPDATE agent_policies SET cedar = 'permit(', version = 9"),
        Guard.UNAVAILABLE,
    ),
    "a policy's arithmetic": (
        lambda hand: _sql(
            hand,
            "UPDATE agent_policies SET version = 9, cedar = "
            "'permit(principal, action, resource); permit(principal, action, resource) "
            "when { context.at + 9223372036854775807 > 0 };'",
        ),
        Guard.POLICY_FAILED,
    ),
    "the counters": (
        lambda hand: _sql(hand, "ALTER TABLE agent_counters RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the windows": (
        lambda hand: _sql(hand, "ALTER TABLE limit_windows RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
    "the keys": (
        lambda hand: _sql(hand, "DELETE FROM agent_keys"),
        Guard.KEY_OVER,
    ),
    "the agents": (
        lambda hand: _sql(hand, "ALTER TABLE agents RENAME TO elsewhere"),
        Guard.UNAVAILABLE,
    ),
}


@pytest.mark.parametrize("name", BREAKING)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_is_allowed_without(hand: Hand, name: str) -> None:
    hand.given(preset="reader")
    caller = hand.caller
    assert isinstance(hand.asks("display.video_list"), Allow)
    break_it, rule = BREAKING[name]
    break_it(hand)
    found = hand.agents.gate.decide(caller, "display.video_list", hand.account, {})
    assert isinstance(found, Deny)
    assert found.rule == rule


def test_a_row_that_can_not_be_written_takes_back_what_was_used_up(hand: Hand) -> None:
    hand.given({"resource": "posting", "level": "full", "conditions": {"postsPerDay": 1}})
    caller = hand.caller
    post = {"source_info": {"source": "PULL_FROM_URL", "video_url": "https://m.example.com/a"}}

    def ask() -> object:
        return hand.agents.gate.decide(caller, "posting.inbox_video_init", hand.account, post)

    _sql(hand, "ALTER TABLE audit_texts RENAME TO elsewhere")
    assert isinstance(ask(), Deny)
    _sql(hand, "ALTER TABLE elsewhere RENAME TO audit_texts")
    assert isinstance(ask(), Allow)
    assert isinstance(ask(), Deny)
