"""Decisions and outcomes with their entries: one alone, or many in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, Scope
from stagedoor.connector.errors import Unavailable
from stagedoor.connector.limits import store as windows
from stagedoor.connector.limits.window import Full, pack, take, unpack
from stagedoor.platform.operation import DAY, Operation

from .. import quoting, vocabulary
from ..audit.entry import Draft, Kind, Outcome, Receipt, outcome_of
from ..audit.service import Audit
from ..audit.store import APPEND
from ..grants.policies import Policies
from ..identity import store as identity
from ..identity.service import Caller
from . import asking, sentences, store
from .asking import Asked, BadArguments
from .decision import WORDS, Allow, Ask, Decision, Deny, Guard
from .judge import Question, deny, judge
from .store import Visit

WINDOW_SECONDS = 60.0
_SEEN_EVERY = 60.0
"""Seconds between two writes of when a key was last used."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what, and where; `approved`: a person has approved exactly this."""

    caller: Caller
    operation_id: str
    account: str | None
    arguments: Mapping[str, Any] | BaseModel
    approved: bool = False

    @property
    def org(self) -> str:
        return self.caller.org


@dataclass(frozen=True, slots=True)
class End:
    """What became of a call that was allowed."""

    receipt: Receipt
    outcome: Outcome
    log_id: str | None = None

    @property
    def org(self) -> str:
        return self.receipt.org


@dataclass(frozen=True, slots=True)
class _Found:
    """A decision with what it was made from."""

    decision: Decision
    agent: str = ""
    account: str | None = None
    operation: Operation[..., Any] | None = None
    asked: Asked | None = None
    context: Mapping[str, Any] | None = None
    version: int | None = None
    """Of the policy that was asked."""

    @property
    def allowed(self) -> bool:
        return isinstance(self.decision, Allow)

    @property
    def uses_up(self) -> bool:
        return self.allowed and self.asked is not None and self.asked.uses_up


@dataclass(slots=True)
class _Taken:
    """What the calls of one transaction have read so far, and used up."""

    visits: dict[tuple[str, str, str | None], Visit] = field(default_factory=dict)
    minutes: dict[str, bytes] = field(default_factory=dict)
    """By agent."""
    days: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """Posts and spending, by agent and account."""


class Recorder:
    """Shared by all threads. Nothing is answered that isn't on record by then."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._policies = policies

    def record(self, items: Sequence[Call | End]) -> list[Decision | bool | BaseException]:
        """A decision for each call, and for each end whether it is new; or what went wrong."""
        if len(items) == 1:
            return [self._alone(items[0])]
        try:
            return self._together(items)
        except Unavailable as error:
            return [error] * len(items)
        except Exception:
            # one of them is to blame: none was written, and each is tried by itself
            return [self._alone(item) for item in items]

    def explained(
        self,
        org: str,
        agent_id: str,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
    ) -> Decision:
        """What would be decided now, without a row and without using anything up."""
        now = self._clock.now()
        with self._database.read() as connection:
            scope = Scope(connection, org)
            row = store.visit(scope, agent_id, "", account, _day(now), _window(agent_id))
            if row is None:
                words = sentences.asking("", operation_id, None, None)
                return deny(Guard.UNKNOWN_AGENT, "There is no such agent.", words)
            return self._judge(scope, row, None, operation_id, account, arguments, now).decision

    # one alone

    def _alone(self, item: Call | End) -> Decision | bool | BaseException:
        try:
            if isinstance(item, End):
                return self._audit.settle(item.receipt, item.outcome, item.log_id)
            return self._decided(item)
        except Exception as error:
            return error

    def _decided(self, call: Call) -> Decision:
        """Read, judge and write as if nobody else did; who was overtaken, or has more to write
        than goes into one statement, begins again, and then keeps the others waiting."""
        key = self._audit.key(call.org)
        try:
            with self._database.single() as connection:
                return self._recorded(Scope(connection, call.org), key, call, alone=False)
        except _Again:
            pass
        with self._database.begin() as connection:
            scope = Scope(connection, call.org)
            if not self._database.sqlite:
                self._audit.lock(scope, key)
            return self._recorded(scope, key, call, alone=True)

    def _recorded(self, scope: Scope, key: bytes, call: Call, *, alone: bool) -> Decision:
        """`alone`: nobody else moves the end of the chain meanwhile. Otherwise all is written by
        one statement, and nothing where somebody has."""
        now = self._clock.now()
        try:
            row = _visited(scope, call, now)
        except DBAPIError as error:
            if alone:
                raise
            # its connection may have broken long ago
            raise _Again from error
        head = self._audit.end(scope, key, row.seq, row.hash, row.mac)
        found, places = self._found(scope, row, call, now)
        begins = found.allowed and row.places is None
        seen = _is_news(row, now)
        if not alone and (begins or found.uses_up or seen):
            # rows of the agent are locked after the end of the chain, never before it
            raise _Again
        how, along = APPEND, {}
        if begins:
            windows.begin(scope.connection, *_minute(call, places, now))
        elif found.allowed:
            stays = (row.idle_at or 0.0) >= now + WINDOW_SECONDS
            how = store.WITH_WINDOW if stays else store.WITH_RENEWED_WINDOW
            along = windows.kept(*_minute(call, places, now))
        if found.uses_up:
            posts, spent = _used(row, found)
            store.use(scope, *_place(call, row), _day(now), posts, spent, new=row.posts is None)
        if seen:
            identity.seen(scope, call.caller.digest, now)
        receipt = self._audit.write(scope, key, head, _draft(call, row, found, now), how, along)
        if receipt is None:
            raise _Again
        return replace(found.decision, receipt=receipt)

    # many in one transaction

    def _together(self, items: Sequence[Call | End]) -> list[Decision | bool | BaseException]:
        keys = {org: self._audit.key(org) for org in {item.org for item in items}}
        answers: dict[int, Decision | bool | BaseException] = {}
        with self._database.begin() as connection:
            for org in sorted(keys):  # always locked in one order
                scope = Scope(connection, org)
                mine = [(at, item) for at, item in enumerate(items) if item.org == org]
                answers.update(self._of_org(scope, keys[org], mine))
        return [answers[at] for at in range(len(items))]

    def _of_org(
        self, scope: Scope, key: bytes, items: Sequence[tuple[int, Call | End]]
    ) -> dict[int, Decision | bool]:
        head = self._audit.lock(scope, key)
        now = self._clock.now()
        taken = _Taken()
        drafts: list[Draft] = []
        founds: dict[int, _Found] = {}
        for at, item in items:
            if isinstance(item, End):
                drafts.append(outcome_of(item.receipt, item.outcome, item.log_id, now))
                continue
            row = _again(scope, taken, item, now)
            found, places = self._found(scope, row, item, now)
            founds[at] = found
            if found.allowed:
                taken.minutes[item.caller.agent_id] = places
            if found.uses_up:
                taken.days[_place(item, row)] = _used(row, found)
            drafts.append(_draft(item, row, found, now))
        receipts = self._audit.write_all(scope, key, head, drafts)
        self._use_up(scope, taken, now)
        return {
            at: replace(founds[at].decision, receipt=receipt) if at in founds else True
            for (at, _), receipt in zip(items, receipts, strict=True)
        }

    def _use_up(self, scope: Scope, taken: _Taken, now: float) -> None:
        first = {agent: row for (agent, _, _), row in taken.visits.items()}
        for agent, places in taken.minutes.items():
            window, stays = (_window(agent), places, now + WINDOW_SECONDS), first[agent].idle_at
            if stays is None:
                windows.begin(scope.connection, *window)
            else:
                windows.keep(scope.connection, *window, stays)
        known = {
            (agent, account or vocabulary.EVERYWHERE)
            for (agent, _, account), row in taken.visits.items()
            if row.posts is not None
        }
        for place, (posts, spent) in taken.days.items():
            store.use(scope, *place, _day(now), posts, spent, new=place not in known)
        for (_, digest, _), row in taken.visits.items():
            if _is_news(row, now):
                identity.seen(scope, digest, now)

    # judging

    def _found(self, scope: Scope, row: Visit, call: Call, now: float) -> tuple[_Found, bytes]:
        """The decision, and the agent's minute with the call in it."""
        found = self._judge(
            scope, row, call.caller, call.operation_id, call.account, call.arguments, now
        )
        if call.approved and isinstance(found.decision, Ask):
            allowed = sentences.allowed(found.decision.sentence.rpartition(" It waits")[0])
            found = replace(found, decision=Allow(found.decision.rule, allowed))
        return _within_limit(row, found, now)

    def _judge(
        self,
        scope: Scope,
        row: Visit,
        caller: Caller | None,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        now: float,
    ) -> _Found:
        """Everything but the limit of calls. Without a caller no key is asked for."""
        name = row.name or ""
        known = vocabulary.operations().get(operation_id)
        refused = _refused(row, caller is not None, known, now)
        if refused is not None or known is None or row.agent_id is None:
            guard, reason = refused or _NOTHING_KNOWN
            words = sentences.asking(name, known or operation_id, None, None)
            return _Found(deny(guard, reason, words), name, operation=known)
        where, at = None, None
        if vocabulary.needs_account(known):
            where, at = _account_name(row), account
        try:
            asked = asking.read(known, arguments)
        except BadArguments as error:
            words = sentences.asking(name, known, None, where)
            reason = f"The arguments don't fit: {quoting.remark(str(error))}"
            return _Found(deny(Guard.BAD_ARGUMENTS, reason, words), name, where, known)
        context = asked.context(now, row.posts or 0, row.spent or 0)
        words = sentences.asking(name, known, asked, where)
        policy = self._policies.of(scope, row.agent_id, row.version)
        decision = judge(policy, Question(row.agent_id, known, at, context, words))
        return _Found(decision, name, where, known, asked, context, policy.version or None)


def _refused(
    row: Visit, by_key: bool, known: Operation[..., Any] | None, now: float
) -> tuple[Guard, str] | None:
    """What denies whatever the grants say."""
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


class _Again(Exception):
    """Nothing was written: the end of the chain has to be kept from others first."""


def _within_limit(row: Visit, found: _Found, now: float) -> tuple[_Found, bytes]:
    """The decision, and the agent's minute with this call in it; a full minute is a denial."""
    if not isinstance(found.decision, Allow):
        return found, b""
    limit = row.calls_per_minute or 0
    # another process's clock may be ahead by a little
    last = unpack(row.places or b"")
    taken = take(last, max((now, *last[-1:])), limit, WINDOW_SECONDS, 0.0)
    if isinstance(taken, Full):
        reason = f"{limit} calls in a minute are its limit; {taken.seconds:.0f} s from now."
        words = found.decision.sentence.removesuffix(" Allowed.")
        # without the context: no policy decided this
        denial = deny(Guard.TOO_MANY_CALLS, reason, words)
        return replace(found, decision=denial, context=None), b""
    return found, pack(taken.places)


@lru_cache(10_000)
def _window(agent_id: str) -> str:
    return hashlib.sha256(f"agent {agent_id}".encode()).hexdigest()


def _day(now: float) -> int:
    return int(now // DAY)


def _account_name(row: Visit) -> str:
    return sentences.account_name(row.username, row.display_name or row.open_id)


def _visited(scope: Scope, call: Call, now: float) -> Visit:
    caller = call.caller
    window = _window(caller.agent_id)
    row = store.visit(scope, caller.agent_id, caller.digest, call.account, _day(now), window)
    if row is None:
        raise RuntimeError("the organisation's audit is gone")
    return row


def _again(scope: Scope, taken: _Taken, call: Call, now: float) -> Visit:
    """Who asks and where, with what the calls before it have used up."""
    caller = call.caller
    asked = caller.agent_id, caller.digest, call.account
    row = taken.visits.get(asked)
    if row is None:
        row = taken.visits[asked] = _visited(scope, call, now)
    posts, spent = taken.days.get(_place(call, row), (row.posts, row.spent))
    places = taken.minutes.get(caller.agent_id, row.places)
    return row._replace(places=places, posts=posts, spent=spent)


def _place(call: Call, row: Visit) -> tuple[str, str]:
    """What a day's use is counted by."""
    return call.caller.agent_id, row.account_id or vocabulary.EVERYWHERE


def _used(row: Visit, found: _Found) -> tuple[int, int]:
    """The day's posts and spending with this call."""
    posts, spent = row.posts or 0, row.spent or 0
    if found.asked is None:
        return posts, spent
    return posts + (found.asked.draft is not None), spent + (found.asked.budget or 0)


def _is_news(row: Visit, now: float) -> bool:
    """Whether it is worth writing that the key is used."""
    return row.digest is not None and now - (row.last_used or 0.0) > _SEEN_EVERY


def _minute(call: Call, places: bytes, now: float) -> tuple[str, bytes, float]:
    return _window(call.caller.agent_id), places, now + WINDOW_SECONDS


def _draft(call: Call, row: Visit, found: _Found, now: float) -> Draft:
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
        kind=Kind.DECISION,
        at=now,
        agent=call.caller.agent_id,
        # what isn't the organisation's own is named by nothing that the caller chose
        account=row.account_id,
        operation=quoting.one_line(call.operation_id),
        resource=None if known is None else known.resource.value,
        decision=WORDS[type(decision)],
        rule=decision.rule,
        # somebody may have changed it since the agent was looked at
        policy_version=found.version or row.version,
        text=told,
    )
