"""The decision itself: a pure function of its inputs, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stagedoor.platform.bounds import short
from stagedoor.platform.operation import Operation

from ..grants import explain
from ..grants.policy import AgentPolicy, CedarFailed
from . import wording
from .decision import Allow, Ask, Decision, Deny, Guard

_MAX_REASON = 600


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """A well-formed call: agent, operation, account and the context for Cedar."""

    agent_id: str
    operation: Operation[..., Any]
    account: str | None
    context: Mapping[str, Any]
    words: str
    """The first sentence of the decision's text."""


def judge(policy: AgentPolicy, question: PolicyQuestion) -> Decision:
    """Evaluate the agent's policy. Any failure is a denial."""
    try:
        verdict = policy.ask(
            question.agent_id, question.operation.id, question.account, question.context
        )
    except CedarFailed:
        return deny(
            Guard.POLICY_FAILED,
            "The agent's policy gave no clean answer; an admin has to look at it.",
            question.words,
        )
    if not verdict.allowed:
        forbidding = [rule.name for rule in verdict.rules if rule.forbids]
        rule = forbidding[0] if forbidding else Guard.NO_GRANT
        return deny(rule, _reason(policy, question, forbidding), question.words)
    direct = [rule for rule in verdict.rules if not rule.asks]
    if direct:
        return Allow(direct[0].name, wording.allowed(question.words))
    if verdict.rules:
        return Ask(verdict.rules[0].name, wording.waits(question.words))
    return deny(Guard.POLICY_FAILED, "The agent's policy names no rule.", question.words)


def _reason(policy: AgentPolicy, question: PolicyQuestion, forbidding: list[str]) -> str:
    if forbidding:
        return f"The rule {forbidding[0]} forbids it."
    if policy.grants is None:
        return f"{question.operation.action} is off for this agent: no rule permits this call."
    return explain.reason(policy.grants, question.operation, question.account, question.context)


def deny(rule: str, reason: str, words: str) -> Deny:
    reason = short(reason, _MAX_REASON)
    return Deny(str(rule), reason, wording.denied(words, reason))
