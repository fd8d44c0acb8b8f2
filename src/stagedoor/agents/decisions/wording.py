"""Decisions as sentences: agent, call and decision. Foreign text in them is quoted by `quoting`;
`account` arguments are results of `account_name`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.operation import Operation

from ..audit.entry import ApprovalOutcome, CallOutcome
from ..quoting import name, quoted, token
from .arguments import CallArguments


def call_sentence(
    agent: str,
    operation: Operation[..., Any] | str,
    asked: CallArguments | None,
    account: str | None,
    currency: str | None = None,
) -> str:
    """Return a sentence such as "Social Agent asked to post 'New product drop' to @demo.".
    `currency`: of the budget that the call sets."""
    who = name(agent, "An agent")
    if isinstance(operation, str):
        return f"{who} asked for {token(operation) if operation else 'nothing'}."
    return f"{who} asked to {_what(operation, asked, account)}{_money(asked, currency)}."


def _what(operation: Operation[..., Any], asked: CallArguments | None, account: str | None) -> str:
    if asked is not None and asked.draft is not None:
        text = quoted(asked.text) if asked.text else "something without a text"
        if asked.draft:
            return f"leave {text} as a draft for {account}"
        return f"post {text} to {account}"
    action = operation.action[0].lower() + operation.action[1:]
    what = f"{action} of {account}" if account else action
    return f"{what} with {quoted(asked.text)}" if asked is not None and asked.text else what


def _money(asked: CallArguments | None, currency: str | None) -> str:
    if asked is None or asked.budget is None:
        return ""
    return f" with budgets of {amount(asked.budget, currency)}"


def amount(hundredths: int, currency: str | None) -> str:
    """Return money as "12.50 EUR"."""
    number = f"{hundredths // 100}.{hundredths % 100:02d}"
    return f"{number} {token(currency)}" if currency else f"{number} in an unknown currency"


def account_name(username: str | None, display_name: str | None) -> str:
    """Return an account as named in sentences: its handle, otherwise its display name in quotes."""
    if username:
        return name(f"@{username}", "an account")
    return quoted(display_name) if display_name else "an account"


def allowed(question: str) -> str:
    return f"{question} Allowed."


def denied(question: str, reason: str) -> str:
    return f"{question} Denied: {reason}"


def decided(question: str, verdict: ApprovalOutcome, by: str | None) -> str:
    """Return a person's verdict as a sentence: "u1 approved: Social Agent asked to ..."."""
    if verdict is ApprovalOutcome.EXPIRED:
        return f"Nobody decided in time: {question}"
    return f"{name(by or '', 'Somebody')} {verdict.value}: {question}"


_WAITS = " It waits for a person's approval."
_TOLD: Mapping[CallOutcome | ApprovalOutcome, str] = {
    CallOutcome.DONE: "It had been approved and done, and the agent was told its result.",
    CallOutcome.FAILED: "It had failed, and the agent was told so.",
    CallOutcome.UNKNOWN: "It isn't known whether it was done, and the agent was told so.",
    ApprovalOutcome.REFUSED: "A person had refused it, and the agent was told so.",
    ApprovalOutcome.EXPIRED: "Nobody had decided about it in time, and the agent was told so.",
}


def waits(question: str) -> str:
    return f"{question}{_WAITS}"


def question_of(waiting: str) -> str:
    """Return the question of a sentence of `waits`."""
    return waiting.removesuffix(_WAITS)


def outcome_of_repeated(waiting: str, outcome: CallOutcome | ApprovalOutcome) -> str:
    """Return what became of a call that repeats one that has ended; `waiting`: what was decided."""
    return f"{question_of(waiting)} {_TOLD[outcome]}"


def not_asked(waiting: str, reason: str) -> str:
    """Return what became of a call about which no person could be asked."""
    return f"{question_of(waiting)} No person was asked: {reason}"
