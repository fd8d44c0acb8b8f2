"""Records decisions and outcomes: one alone, or a batch in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ServiceUnavailable
from stagedoor.connector.limits import store as windows

from .. import quoting, vocabulary
from ..audit.entry import Draft, EntryKind, outcome_of
from ..audit.service import Audit
from ..audit.store import APPEND
from ..grants.policies import Policies
from ..identity import rate_limit
from ..identity import store as identity
from ..identity.rate_limit import WINDOW_SECONDS
from ..identity.service import AgentCaller
from . import store, wording
from .decision import WORDS, Decision, Deny, Guard
from .evaluation import Evaluation, Evaluator, day_of
from .judge import deny
from .request import DecisionRequest, Settlement
from .spending import Spending
from .store import DecisionContext
from .tally import Denial, Tally

logger = logging.getLogger("stagedoor.agents")

_SEEN_EVERY = 60.0
"""Seconds between two updates of a key's last use."""


@dataclass(slots=True)
class _Taken:
    """The rows that a batch has read so far, and its use of the limits."""

    contexts: dict[tuple[str, str, str | None], DecisionContext] = field(default_factory=dict)
    minutes: dict[str, bytes] = field(default_factory=dict)
    """Sliding windows by agent."""
    days: dict[tuple[str, str], int] = field(default_factory=dict)
    """Posts of the day, by agent and account."""
    spending: Spending = field(default_factory=Spending)


@dataclass(slots=True)
class _Counting:
    """Denials of one batch: `first` are recorded, `more` are only counted."""

    first: dict[tuple[str, str], Denial] = field(default_factory=dict)
    more: list[Denial] = field(default_factory=list)


class DecisionLog:
    """Shared by all threads. Returns no answer before it is on record."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._evaluator = Evaluator(policies)
        self._tally = Tally()

    def summarise(self, everything: bool = False) -> int:
        """Record the counted denials that are due, or all. Returns the number of entries."""
        now, written = self._clock.now(), 0
        for summary in self._tally.due(now, everything):
            try:
                key = self._audit.key(summary.org)
                with self._database.begin() as connection:
                    self._audit.append(
                        TenantConnection(connection, summary.org), key, summary.draft(now)
                    )
                written += 1
            except Exception:
                self._tally.back(summary)
                logger.exception("denials that were counted could not be recorded")
        return written

    def record(
        self, items: Sequence[DecisionRequest | Settlement]
    ) -> list[Decision | bool | BaseException]:
        """Return a decision for each call, and for each settlement whether it is new; or an
        exception."""
        self.summarise()
        if len(items) == 1:
            return [self._alone(items[0])]
        try:
            return self._together(items)
        except ServiceUnavailable as error:
            return [error] * len(items)
        except Exception:
            # one of them failed the batch, nothing was written: each is tried alone
            return [self._alone(item) for item in items]

    def explained(
        self,
        org: str,
        agent_id: str,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        caller: AgentCaller | None = None,
        counted: float | None = None,
    ) -> Evaluation:
        """Return the evaluation as of now, without a record and without counting against limits."""
        now = self._clock.now()
        key = "" if caller is None else caller.digest
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            row = store.read_context(
                tenant, agent_id, key, account, day_of(now), rate_limit.window_of(agent_id)
            )
            if row is None:
                words = wording.call_sentence("", operation_id, None, None)
                return Evaluation(deny(Guard.UNKNOWN_AGENT, "There is no such agent.", words))
            return self._evaluator.judge(
                tenant, row, caller, operation_id, account, arguments, now, counted, Spending()
            )

    # one item alone

    def _alone(self, item: DecisionRequest | Settlement) -> Decision | bool | BaseException:
        try:
            if isinstance(item, Settlement):
                return self._audit.settle(item.receipt, item.outcome, item.log_id)
            return self._decided(item)
        except Exception as error:
            return error

    def _decided(self, call: DecisionRequest) -> Decision:
        """Read, judge and write optimistically; on a conflict, or for more writes than fit into
        one statement, retry while holding the chain lock."""
        key = self._audit.key(call.org)
        try:
            with self._database.autocommit() as connection:
                return self._recorded(
                    TenantConnection(connection, call.org), key, call, alone=False
                )
        except _Again:
            pass
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, call.org)
            if not self._database.sqlite:
                self._audit.lock(tenant, key)
            return self._recorded(tenant, key, call, alone=True)

    def _recorded(
        self, tenant: TenantConnection, key: bytes, call: DecisionRequest, *, alone: bool
    ) -> Decision:
        """Record one decision. `alone`: the chain lock is held. Otherwise one statement writes
        everything, only if the chain head is unchanged."""
        now = self._clock.now()
        try:
            row = _context(tenant, call, now)
        except DBAPIError as error:
            if alone:
                raise
            # the connection may have been broken for long
            raise _Again from error
        head = self._audit.end(tenant, key, row.seq, row.hash, row.mac)
        spending = Spending()
        found, times = self._evaluator.evaluate(tenant, row, call, now, spending)
        denied = _denied(call, found)
        if found.unread:
            return found.decision
        if found.beyond and self._tally.is_open(denied.whose):
            self._tally.add([denied], now)
            return found.decision
        begins = bool(times) and row.places is None
        seen = _is_news(row, now)
        if not alone and (begins or found.uses_up or seen):
            # lock order: the chain head first, then rows of the agent
            raise _Again
        how, along = APPEND, {}
        if begins:
            windows.begin(tenant.connection, *_minute(call, times, now))
        elif times:
            stays = (row.idle_at or 0.0) >= now + WINDOW_SECONDS
            how = store.WITH_WINDOW if stays else store.WITH_RENEWED_WINDOW
            along = windows.kept(*_minute(call, times, now))
        if found.uses_up:
            _use(found, spending)
            spending.store(tenant)
            if _makes_post(found):
                posts = (row.posts or 0) + 1
                store.use(
                    tenant, *_counter(call, row), day_of(now), posts, 0, new=row.posts is None
                )
        if seen:
            identity.record_use(tenant, call.caller.digest, now)
        receipt = self._audit.write(tenant, key, head, _draft(call, row, found, now), how, along)
        if receipt is None:
            raise _Again
        if found.beyond:
            self._tally.begin(denied, now)
        return replace(found.decision, receipt=receipt)

    # a batch in one transaction

    def _together(
        self, items: Sequence[DecisionRequest | Settlement]
    ) -> list[Decision | bool | BaseException]:
        keys = {org: self._audit.key(org) for org in {item.org for item in items}}
        answers: dict[int, Decision | bool | BaseException] = {}
        counting = _Counting()
        with self._database.begin() as connection:
            for org in sorted(keys):  # always locked in one order
                tenant = TenantConnection(connection, org)
                mine = [(at, item) for at, item in enumerate(items) if item.org == org]
                answers.update(self._of_org(tenant, keys[org], mine, counting))
        now = self._clock.now()
        for denied in counting.first.values():
            self._tally.begin(denied, now)
        self._tally.add(counting.more, now)
        return [answers[at] for at in range(len(items))]

    def _of_org(
        self,
        tenant: TenantConnection,
        key: bytes,
        items: Sequence[tuple[int, DecisionRequest | Settlement]],
        counting: _Counting,
    ) -> dict[int, Decision | bool]:
        head = self._audit.lock(tenant, key)
        now = self._clock.now()
        taken = _Taken()
        drafts: list[tuple[int, Draft]] = []
        answers: dict[int, Decision | bool] = {}
        for at, item in items:
            if isinstance(item, Settlement):
                answers[at] = True
                drafts.append((at, outcome_of(item.receipt, item.outcome, item.log_id, now)))
                continue
            row = _again(tenant, taken, item, now)
            found, times = self._evaluator.evaluate(tenant, row, item, now, taken.spending)
            answers[at] = found.decision
            if found.unread or self._is_counted(item, found, counting):
                continue
            if times:
                taken.minutes[item.caller.agent_id] = times
            if found.uses_up:
                _use(found, taken.spending)
                if _makes_post(found):
                    taken.days[_counter(item, row)] = (row.posts or 0) + 1
            drafts.append((at, _draft(item, row, found, now)))
        receipts = self._audit.write_all(tenant, key, head, [draft for _, draft in drafts])
        self._use_up(tenant, taken, now)
        for (at, _), receipt in zip(drafts, receipts, strict=True):
            decision = answers[at]
            if not isinstance(decision, bool):
                answers[at] = replace(decision, receipt=receipt)
        return answers

    def _is_counted(self, call: DecisionRequest, found: Evaluation, counting: _Counting) -> bool:
        """Whether a denial is only counted, without an entry of its own."""
        if not found.beyond:
            return False
        denied = _denied(call, found)
        if denied.whose in counting.first or self._tally.is_open(denied.whose):
            counting.more.append(denied)
            return True
        counting.first[denied.whose] = denied
        return False

    def _use_up(self, tenant: TenantConnection, taken: _Taken, now: float) -> None:
        first = {agent: row for (agent, _, _), row in taken.contexts.items()}
        for agent, times in taken.minutes.items():
            window, stays = (
                (rate_limit.window_of(agent), times, now + WINDOW_SECONDS),
                first[agent].idle_at,
            )
            if stays is None:
                windows.begin(tenant.connection, *window)
            else:
                windows.keep(tenant.connection, *window, stays)
        known = {
            (agent, account or vocabulary.EVERYWHERE)
            for (agent, _, account), row in taken.contexts.items()
            if row.posts is not None
        }
        for counter, posts in taken.days.items():
            store.use(tenant, *counter, day_of(now), posts, 0, new=counter not in known)
        taken.spending.store(tenant)
        for (_, digest, _), row in taken.contexts.items():
            if _is_news(row, now):
                identity.record_use(tenant, digest, now)


class _Again(Exception):
    """Nothing was written: retry with the chain lock."""


def _denied(call: DecisionRequest, found: Evaluation) -> Denial:
    """Return a denial as the tally counts it."""
    rule = found.decision.rule
    operation = quoting.token(call.operation_id) if found.operation else "unknown operation"
    return Denial(call.org, call.caller.agent_id, found.agent, rule, operation)


def _context(tenant: TenantConnection, call: DecisionRequest, now: float) -> DecisionContext:
    caller = call.caller
    window = rate_limit.window_of(caller.agent_id)
    row = store.read_context(
        tenant, caller.agent_id, caller.digest, call.account, day_of(now), window
    )
    if row is None:
        raise RuntimeError("the organisation's audit is gone")
    return row


def _again(
    tenant: TenantConnection, taken: _Taken, call: DecisionRequest, now: float
) -> DecisionContext:
    """Return the context of a call, with the use by earlier calls of the batch."""
    caller = call.caller
    asked = caller.agent_id, caller.digest, call.account
    row = taken.contexts.get(asked)
    if row is None:
        row = taken.contexts[asked] = _context(tenant, call, now)
    posts = taken.days.get(_counter(call, row), row.posts)
    times = taken.minutes.get(caller.agent_id, row.places)
    return row._replace(places=times, posts=posts)


def _counter(call: DecisionRequest, row: DecisionContext) -> tuple[str, str]:
    """Return the key by which a day's use is counted: agent and account."""
    return call.caller.agent_id, row.account_id or vocabulary.EVERYWHERE


def _makes_post(found: Evaluation) -> bool:
    return found.asked is not None and found.asked.draft is not None


def _use(found: Evaluation, spending: Spending) -> None:
    """Add the money that the call commits."""
    if found.money is not None and found.asked is not None:
        spending.add(found.money, found.asked.budget or 0)


def _is_news(row: DecisionContext, now: float) -> bool:
    """Whether the key's last use is old enough to be updated."""
    return row.digest is not None and now - (row.last_used or 0.0) > _SEEN_EVERY


def _minute(call: DecisionRequest, times: bytes, now: float) -> tuple[str, bytes, float]:
    return rate_limit.window_of(call.caller.agent_id), times, now + WINDOW_SECONDS


def _draft(call: DecisionRequest, row: DecisionContext, found: Evaluation, now: float) -> Draft:
    decision = found.decision
    known = found.operation
    told = {
        "sentence": decision.sentence,
        "reason": decision.reason if isinstance(decision, Deny) else None,
        "agent": found.agent,
        "account": found.account,
        "context": found.context,
        "approved": call.approved,
    }
    return Draft(
        kind=EntryKind.DECISION,
        at=now,
        agent=call.caller.agent_id,
        # accounts of other organisations are recorded under no name that the caller chose
        account=row.account_id,
        operation=quoting.one_line(call.operation_id),
        resource=None if known is None else known.resource.value,
        decision=WORDS[type(decision)],
        rule=decision.rule,
        # the policy may have changed since the agent's row was read
        policy_version=found.version or row.version,
        text=told,
    )
