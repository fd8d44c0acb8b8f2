"""A decision as a sentence: who asked for what, and what was said."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.operation import Operation

from ..audit.entry import Verdict
from .asking import Asked

_QUOTED = 80


def asking(
    agent: str, operation: Operation[..., Any] | str, asked: Asked | None, account: str | None
) -> str:
    """Such as "Social Agent asked to post 'New product drop' to @demo."."""
    who = plain(agent) or "An agent"
    if isinstance(operation, str):
        return f"{who} asked for {plain(operation) or 'nothing'}."
    return f"{who} asked to {_what(operation, asked, account)}."


def _what(operation: Operation[..., Any], asked: Asked | None, account: str | None) -> str:
    if asked is not None and asked.draft is not None:
        text = f"'{plain(asked.text)}'" if asked.text else "something without a text"
        if asked.draft:
            return f"leave {text} as a draft for {account}"
        return f"post {text} to {account}"
    action = operation.action[0].lower() + operation.action[1:]
    return f"{action} of {account}" if account else action


def plain(text: str) -> str:
    """One short line: what it holds can't pass for more of the sentence's own lines."""
    if not text.isprintable():
        text = "".join(ch if ch.isprintable() else " " for ch in text)
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else line[: _QUOTED - 1] + "…"


def allowed(question: str) -> str:
    return f"{question} Allowed."


def denied(question: str, reason: str) -> str:
    return f"{question} Denied: {reason}"


def decided(question: str, verdict: Verdict, by: str | None) -> str:
    """What a person said of a call that waited: "u1 approved: Social Agent asked to ..."."""
    if verdict is Verdict.EXPIRED:
        return f"Nobody decided in time: {question}"
    return f"{plain(by or '') or 'Somebody'} {verdict.value}: {question}"


def waits(question: str) -> str:
    return f"{question} It waits for a person's approval."
