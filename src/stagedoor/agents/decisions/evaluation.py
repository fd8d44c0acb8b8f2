"""Evaluates a call: the guards, the agent's rate limit and its policy, from one database row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.database import TenantConnection
from stagedoor.platform.bounds import short
from stagedoor.platform.operation import DAY, Operation

from .. import quoting, vocabulary
from ..grants import explain
from ..grants.policies import Policies
from ..grants.policy import AgentPolicy
from ..identity import rate_limit
from ..identity.rate_limit import Beyond
from ..identity.service import AgentCaller
from . import reach, tally, wording
from .arguments import BadArguments, CallArguments, NotRead, read_arguments
from .decision import Allow, Ask, Decision, Deny, Guard
from .judge import PolicyQuestion, deny, judge
from .request import DecisionRequest
from .spending import CommittedSpend, Spending, ad_account_of
from .store import DecisionContext


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A decision with its inputs."""

    decision: Decision
    agent: str = ""
    account: str | None = None
    operation: Operation[..., Any] | None = None
    asked: CallArguments | None = None
    context: Mapping[str, Any] | None = None
    version: int | None = None
    """The version of the policy that decided."""
    counted: bool = False
    """The call has been counted against the minute and the day already."""
    beyond: bool = False
    """A denial that isn't counted in the agent's rate limit: the tally bounds its entries."""
    money: CommittedSpend | None = None
    """The money that other calls have committed, if this one sets a budget."""
    needs_currency: bool = False
    """The decision, or what a person is told of it, depends on a currency that nobody knows."""

    @property
    def allowed(self) -> bool:
        return isinstance(self.decision, Allow)

    @property
    def takes_slot(self) -> bool:
        return self.allowed and not self.counted

    @property
    def uses_up(self) -> bool:
        return self.takes_slot and self.asked is not None and self.asked.uses_up

    @property
    def unread(self) -> bool:
        """Whether nothing was decided yet, because the request has to be parsed first."""
        return isinstance(self.decision, Deny) and self.decision.rule == Guard.NOT_READ


class Evaluator:
    """Evaluates calls. Shared by all threads."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def evaluate(
        self,
        tenant: TenantConnection,
        row: DecisionContext,
        call: DecisionRequest,
        now: float,
        spending: Spending,
    ) -> tuple[Evaluation, bytes]:
        """Return the decision, and the agent's sliding window including the call; b"" if the call
        isn't counted.

        Every call is counted, whatever the decision, except calls that have been counted already
        and calls by an ended key: those must not use up the agent's rate limit.
        """
        known = vocabulary.operations().get(call.operation_id)
        refused = _refused(row, True, known, now)
        if refused is not None and tally.is_counted(refused[0]):
            return _denial(row, call, known, refused, beyond=True), b""
        times = b"" if call.counted is not None else _within_limit(row, now)
        if isinstance(times, Beyond):
            if refused is None or refused[0] != Guard.STOPPED:
                limit = f"{row.calls_per_minute or 0} calls in a minute are its limit"
                refused = Guard.TOO_MANY_CALLS, f"{limit}; {times.seconds:.0f} s from now."
            return _denial(row, call, known, refused, beyond=not call.approved), b""
        found = self.judge(
            tenant,
            row,
            call.caller,
            call.operation_id,
            call.account,
            call.arguments,
            now,
            call.counted,
            spending,
        )
        if call.approved and isinstance(found.decision, Ask):
            allowed = wording.allowed(wording.question_of(found.decision.sentence))
            found = replace(found, decision=Allow(found.decision.rule, allowed))
        return found, times

    def judge(
        self,
        tenant: TenantConnection,
        row: DecisionContext,
        caller: AgentCaller | None,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        now: float,
        counted: float | None,
        spending: Spending,
    ) -> Evaluation:
        """Evaluate everything but the rate limit. Without a caller no key is checked."""
        name = row.name or ""
        known = vocabulary.operations().get(operation_id)
        refused = _refused(row, caller is not None, known, now)
        if isinstance(arguments, NotRead) and (refused is None or refused[0] in _BY_REQUEST):
            words = wording.call_sentence(name, known or operation_id, None, None)
            return Evaluation(deny(Guard.NOT_READ, "The request is to be read first.", words), name)
        if refused is not None or known is None or row.agent_id is None:
            guard, reason = refused or _NOTHING_KNOWN
            words = wording.call_sentence(name, known or operation_id, None, None)
            return Evaluation(deny(guard, reason, words), name, operation=known)
        where, at = None, None
        if vocabulary.needs_account(known):
            where, at = _account_name(row), account
        try:
            asked = read_arguments(known, arguments)
        except BadArguments as error:
            words = wording.call_sentence(name, known, None, where)
            reason = f"The arguments don't fit: {quoting.remark(short(str(error)))}"
            return Evaluation(deny(Guard.BAD_ARGUMENTS, reason, words), name, where, known)
        money = None
        if asked.budget is not None:
            ad_account = ad_account_of(asked.request)
            money = spending.of(tenant, row.agent_id, row.account_id, ad_account, day_of(now))
        context = _context(row, asked, money, counted, now)
        words = wording.call_sentence(
            name, known, asked, where, None if money is None else money.currency
        )
        policy = self._policies.of(tenant, row.agent_id, row.version)
        decision = judge(policy, PolicyQuestion(row.agent_id, known, at, context, words))
        may_be = _may_be_allowed(decision, policy)
        if may_be:
            # what is reached is told to those alone who were given something there
            beyond = reach.problem(tenant, known, asked.request, row.account_id, where or "")
            if beyond is not None:
                return Evaluation(deny(Guard.NOT_REACHED, beyond, words), name, where, known)
        version = policy.version or None
        again = counted is not None
        return Evaluation(
            decision,
            name,
            where,
            known,
            asked,
            context,
            version,
            counted=again,
            money=money,
            needs_currency=may_be and money is not None and money.currency is None,
        )


def _refused(
    row: DecisionContext, by_key: bool, known: Operation[..., Any] | None, now: float
) -> tuple[Guard, str] | None:
    """Return the guard that denies regardless of the grants; None if none does."""
    if row.agent_id is None:
        return Guard.UNKNOWN_AGENT, "There is no such agent."
    if by_key and (row.digest is None or (row.ends or now) <= now):
        return Guard.KEY_OVER, "The agent's key has ended: rotate it."
    if row.stopped is not None:
        return Guard.STOPPED, "The agent was stopped."
    if known is None:
        return _NOTHING_KNOWN
    if vocabulary.needs_account(known) and row.account_id is None:
        return Guard.NO_ACCOUNT, "It isn't for an account of this organisation."
    return None


_NOTHING_KNOWN = (Guard.UNKNOWN_OPERATION, "No agent can be given this.")
_BY_REQUEST = (Guard.UNKNOWN_OPERATION, Guard.NO_ACCOUNT)
"""Guards that depend on the request: they deny nothing before it is parsed."""


def _within_limit(row: DecisionContext, now: float) -> bytes | Beyond:
    """Return the agent's sliding window with one more call; `Beyond` if it is full."""
    return rate_limit.with_call(row.places, now, row.calls_per_minute or 0)


def _denial(
    row: DecisionContext,
    call: DecisionRequest,
    known: Operation[..., Any] | None,
    why: tuple[Guard, str],
    *,
    beyond: bool,
) -> Evaluation:
    """Return a denial that doesn't depend on the arguments."""
    name = row.name or ""
    where = _account_name(row) if known and vocabulary.needs_account(known) else None
    words = wording.call_sentence(name, known or call.operation_id, None, where or None)
    return Evaluation(deny(*why, words), name, where or None, known, beyond=beyond)


def day_of(now: float) -> int:
    return int(now // DAY)


def _account_name(row: DecisionContext) -> str:
    return wording.account_name(row.username, row.display_name or row.open_id)


def _context(
    row: DecisionContext,
    asked: CallArguments,
    money: CommittedSpend | None,
    counted: float | None,
    now: float,
) -> dict[str, Any]:
    """Return the context for Cedar, with what other calls have used: a call that is decided again
    was counted at the time `counted`."""
    posts = row.posts or 0
    today, before = (0, 0) if money is None else (money.today, money.earlier)
    if counted is not None and day_of(counted) == day_of(now):
        posts = max(0, posts - (asked.draft is not None))
        today = max(0, today - (asked.budget or 0))
    elif counted is not None:
        before = max(0, before - (asked.budget or 0))
    return asked.context(now, posts, today, before, None if money is None else money.currency)


def _may_be_allowed(decision: Decision, policy: AgentPolicy) -> bool:
    """Whether the call isn't denied, or is denied because its currency isn't known."""
    if not isinstance(decision, Deny):
        return True
    if decision.rule != Guard.NO_GRANT:
        return False
    if policy.grants is not None:
        return decision.reason == explain.UNKNOWN_CURRENCY
    return policy.looks_at is None or "currency" in policy.looks_at
