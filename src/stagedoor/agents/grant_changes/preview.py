"""The consequences of a change of grants: for future calls, and for past ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Row

from .. import vocabulary
from ..audit.entry import shown, text_of
from ..audit.service import Audit
from ..audit.store import EntryFilter
from ..decisions.decision import WORDS, Ask, Decision, Deny
from ..decisions.judge import PolicyQuestion, judge
from ..grants import words
from ..grants.grant import Grant
from ..grants.policy import AgentPolicy
from ..grants.service import AgentGrants

PAST = 1_000
"""Past decisions that are evaluated, newest first."""


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    """A past call that would be decided differently."""

    seq: int
    at: float
    sentence: str | None
    was: str
    would_be: str
    rule: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class GrantPreview:
    """The preview of a change. `added` and `removed` are grants in words.

    `looked_at` counts the past decisions, `erased` those of them that can't be evaluated because
    their texts were erased, or were too long to be kept whole.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    otherwise: tuple[ChangedDecision, ...]
    looked_at: int
    erased: int


class Previews:
    """Previews changes, by evaluating past decisions again."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def preview(
        self, org: str, agent_id: str, before: AgentGrants, policy: AgentPolicy
    ) -> GrantPreview:
        """Return what changes if `policy` replaces `before`."""
        otherwise: list[ChangedDecision] = []
        looked_at = unknown = 0
        for row in islice(self._audit.newest(org, EntryFilter(agent=agent_id)), PAST):
            looked_at += 1
            told = text_of(row)
            unknown += told is None or "cut" in told
            if (one := _otherwise(policy, agent_id, row)) is not None:
                otherwise.append(one)
        was, becomes = _lines(before.grants, before.cedar), _lines(policy.grants, policy.text)
        return GrantPreview(
            added=tuple(line for line in becomes if line not in was),
            removed=tuple(line for line in was if line not in becomes),
            otherwise=tuple(otherwise),
            looked_at=looked_at,
            erased=unknown,
        )


def _otherwise(policy: AgentPolicy, agent_id: str, row: Row[Any]) -> ChangedDecision | None:
    told = text_of(row)
    decision = None if told is None else _again(policy, agent_id, row, told)
    if told is None or decision is None:
        return None
    would_be = WORDS[type(decision)]
    if isinstance(decision, Ask) and told.get("approved"):
        would_be = row.decision
    if would_be == row.decision:
        return None
    reason = decision.reason if isinstance(decision, Deny) else None
    return ChangedDecision(
        row.seq, row.at, shown(row).sentence, row.decision, would_be, decision.rule, reason
    )


def _again(
    policy: AgentPolicy, agent_id: str, row: Row[Any], told: Mapping[str, Any]
) -> Decision | None:
    """Return the policy's decision on a past call; None if no policy decided that call."""
    operation = vocabulary.operations().get(row.operation)
    context = told.get("context")
    if operation is None or context is None or "cut" in told:
        return None
    account = row.account if vocabulary.needs_account(operation) else None
    return judge(policy, PolicyQuestion(agent_id, operation, account, context, ""))


def _lines(grants: Sequence[Grant] | None, text: str) -> list[str]:
    """Return a line for each grant, or for each policy of a text written by hand."""
    if grants is not None:
        return [words.of(grant) for grant in grants]
    return [line for line in (" ".join(part.split()) for part in text.split(";")) if line]
