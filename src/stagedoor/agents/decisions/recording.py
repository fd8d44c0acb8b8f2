"""Decisions and outcomes with their entries: one alone, or many in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import Unavailable
from stagedoor.connector.limits import store as windows
from stagedoor.platform.bounds import short
from stagedoor.platform.operation import DAY, Operation

from .. import quoting, vocabulary
from ..audit.entry import Draft, Kind, Outcome, Receipt, outcome_of
from ..audit.service import Audit
from ..audit.store import APPEND
from ..grants.policies import Policies
from ..identity import pace
from ..identity import store as identity
from ..identity.pace import WINDOW_SECONDS, Beyond
from ..identity.service import Caller
from . import store, tally, wording
from .arguments import Asked, BadArguments, NotRead, read_arguments
from .decision import WORDS, Allow, Ask, Decision, Deny, Guard
from .judge import Question, deny, judge
from .store import Visit
from .tally import Denied, Tally

logger = logging.getLogger("stagedoor.agents")

_SEEN_EVERY = 60.0
"""Seconds between two writes of when a key was last used."""


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what, and where; `approved`: a person has approved exactly this. `counted`:
    the call is decided again, and took its places of the minute and the day at that time."""

    caller: Caller
    operation_id: str
    account: str | None
    arguments: Mapping[str, Any] | BaseModel
    approved: bool = False
    counted: float | None = None

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
    counted: bool = False
    """The call has its places of the minute and the day already."""
    beyond: bool = False
    """A denial that takes no place in the agent's minute: the tally bounds its entries."""

    @property
    def allowed(self) -> bool:
        return isinstance(self.decision, Allow)

    @property
    def takes_place(self) -> bool:
        return self.allowed and not self.counted

    @property
    def uses_up(self) -> bool:
        return self.takes_place and self.asked is not None and self.asked.uses_up

    @property
    def unread(self) -> bool:
        """Nothing was decided: the request has to be read first."""
        return isinstance(self.decision, Deny) and self.decision.rule == Guard.NOT_READ


@dataclass(slots=True)
class _Taken:
    """What the calls of one transaction have read so far, and used up."""

    visits: dict[tuple[str, str, str | None], Visit] = field(default_factory=dict)
    minutes: dict[str, bytes] = field(default_factory=dict)
    """By agent."""
    days: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """Posts and spending, by agent and account."""


@dataclass(slots=True)
class _Counting:
    """Denials of one transaction: `first` are recorded, `more` are to be counted."""

    first: dict[tuple[str, str], Denied] = field(default_factory=dict)
    more: list[Denied] = field(default_factory=list)


class Recorder:
    """Shared by all threads. Nothing is answered that isn't on record by then."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._policies = policies
        self._tally = Tally()

    def summarise(self, everything: bool = False) -> int:
        """Record the denials that were counted and are due, or all; how many entries."""
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

    def record(self, items: Sequence[Call | End]) -> list[Decision | bool | BaseException]:
        """A decision for each call, and for each end whether it is new; or what went wrong."""
        self.summarise()
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
        caller: Caller | None = None,
        counted: float | None = None,
    ) -> Decision:
        """What would be decided now, without a row and without using anything up."""
        now = self._clock.now()
        key = "" if caller is None else caller.digest
        with self._database.read() as connection:
            scope = TenantConnection(connection, org)
            row = store.visit(scope, agent_id, key, account, _day(now), pace.window_of(agent_id))
            if row is None:
                words = wording.asking("", operation_id, None, None)
                return deny(Guard.UNKNOWN_AGENT, "There is no such agent.", words)
            return self._judge(
                scope, row, caller, operation_id, account, arguments, now, counted
            ).decision

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
            with self._database.autocommit() as connection:
                return self._recorded(
                    TenantConnection(connection, call.org), key, call, alone=False
                )
        except _Again:
            pass
        with self._database.begin() as connection:
            scope = TenantConnection(connection, call.org)
            if not self._database.sqlite:
                self._audit.lock(scope, key)
            return self._recorded(scope, key, call, alone=True)

    def _recorded(
        self, scope: TenantConnection, key: bytes, call: Call, *, alone: bool
    ) -> Decision:
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
        denied = _denied(call, found)
        if found.unread:
            return found.decision
        if found.beyond and self._tally.is_open(denied.whose):
            self._tally.add([denied], now)
            return found.decision
        begins = bool(places) and row.places is None
        seen = _is_news(row, now)
        if not alone and (begins or found.uses_up or seen):
            # rows of the agent are locked after the end of the chain, never before it
            raise _Again
        how, along = APPEND, {}
        if begins:
            windows.begin(scope.connection, *_minute(call, places, now))
        elif places:
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
        if found.beyond:
            self._tally.begin(denied, now)
        return replace(found.decision, receipt=receipt)

    # many in one transaction

    def _together(self, items: Sequence[Call | End]) -> list[Decision | bool | BaseException]:
        keys = {org: self._audit.key(org) for org in {item.org for item in items}}
        answers: dict[int, Decision | bool | BaseException] = {}
        counting = _Counting()
        with self._database.begin() as connection:
            for org in sorted(keys):  # always locked in one order
                scope = TenantConnection(connection, org)
                mine = [(at, item) for at, item in enumerate(items) if item.org == org]
                answers.update(self._of_org(scope, keys[org], mine, counting))
        now = self._clock.now()
        for denied in counting.first.values():
            self._tally.begin(denied, now)
        self._tally.add(counting.more, now)
        return [answers[at] for at in range(len(items))]

    def _of_org(
        self,
        scope: TenantConnection,
        key: bytes,
        items: Sequence[tuple[int, Call | End]],
        counting: _Counting,
    ) -> dict[int, Decision | bool]:
        head = self._audit.lock(scope, key)
        now = self._clock.now()
        taken = _Taken()
        drafts: list[tuple[int, Draft]] = []
        answers: dict[int, Decision | bool] = {}
        for at, item in items:
            if isinstance(item, End):
                answers[at] = True
                drafts.append((at, outcome_of(item.receipt, item.outcome, item.log_id, now)))
                continue
            row = _again(scope, taken, item, now)
            found, places = self._found(scope, row, item, now)
            answers[at] = found.decision
            if found.unread or self._is_counted(item, found, counting):
                continue
            if places:
                taken.minutes[item.caller.agent_id] = places
            if found.uses_up:
                taken.days[_place(item, row)] = _used(row, found)
            drafts.append((at, _draft(item, row, found, now)))
        receipts = self._audit.write_all(scope, key, head, [draft for _, draft in drafts])
        self._use_up(scope, taken, now)
        for (at, _), receipt in zip(drafts, receipts, strict=True):
            decision = answers[at]
            if not isinstance(decision, bool):
                answers[at] = replace(decision, receipt=receipt)
        return answers

    def _is_counted(self, call: Call, found: _Found, counting: _Counting) -> bool:
        """Whether a denial has no entry of its own."""
        if not found.beyond:
            return False
        denied = _denied(call, found)
        if denied.whose in counting.first or self._tally.is_open(denied.whose):
            counting.more.append(denied)
            return True
        counting.first[denied.whose] = denied
        return False

    def _use_up(self, scope: TenantConnection, taken: _Taken, now: float) -> None:
        first = {agent: row for (agent, _, _), row in taken.visits.items()}
        for agent, places in taken.minutes.items():
            window, stays = (
                (pace.window_of(agent), places, now + WINDOW_SECONDS),
                first[agent].idle_at,
            )
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

    def _found(
        self, scope: TenantConnection, row: Visit, call: Call, now: float
    ) -> tuple[_Found, bytes]:
        """The decision, and the agent's minute with the call in it; b"" where it takes no place.

        Every call takes one, whatever is decided, but for those that have one already and those by
        a key that has ended: they must not use up the pace of the agent.
        """
        known = vocabulary.operations().get(call.operation_id)
        refused = _refused(row, True, known, now)
        if refused is not None and tally.is_counted(refused[0]):
            return _denial(row, call, known, refused, beyond=True), b""
        places = b"" if call.counted is not None else _within_limit(row, now)
        if isinstance(places, Beyond):
            if refused is None or refused[0] != Guard.STOPPED:
                limit = f"{row.calls_per_minute or 0} calls in a minute are its limit"
                refused = Guard.TOO_MANY_CALLS, f"{limit}; {places.seconds:.0f} s from now."
            return _denial(row, call, known, refused, beyond=not call.approved), b""
        found = self._judge(
            scope,
            row,
            call.caller,
            call.operation_id,
            call.account,
            call.arguments,
            now,
            call.counted,
        )
        if call.approved and isinstance(found.decision, Ask):
            allowed = wording.allowed(found.decision.sentence.rpartition(" It waits")[0])
            found = replace(found, decision=Allow(found.decision.rule, allowed))
        return found, places

    def _judge(
        self,
        scope: TenantConnection,
        row: Visit,
        caller: Caller | None,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        now: float,
        counted: float | None,
    ) -> _Found:
        """Everything but the pace. Without a caller no key is asked for."""
        name = row.name or ""
        known = vocabulary.operations().get(operation_id)
        refused = _refused(row, caller is not None, known, now)
        if isinstance(arguments, NotRead) and (refused is None or refused[0] in _BY_REQUEST):
            words = wording.asking(name, known or operation_id, None, None)
            return _Found(deny(Guard.NOT_READ, "The request is to be read first.", words), name)
        if refused is not None or known is None or row.agent_id is None:
            guard, reason = refused or _NOTHING_KNOWN
            words = wording.asking(name, known or operation_id, None, None)
            return _Found(deny(guard, reason, words), name, operation=known)
        where, at = None, None
        if vocabulary.needs_account(known):
            where, at = _account_name(row), account
        try:
            asked = read_arguments(known, arguments)
        except BadArguments as error:
            words = wording.asking(name, known, None, where)
            reason = f"The arguments don't fit: {quoting.remark(short(str(error)))}"
            return _Found(deny(Guard.BAD_ARGUMENTS, reason, words), name, where, known)
        context = asked.context(now, *_used_by_others(row, asked, counted, now))
        words = wording.asking(name, known, asked, where)
        policy = self._policies.of(scope, row.agent_id, row.version)
        decision = judge(policy, Question(row.agent_id, known, at, context, words))
        version = policy.version or None
        again = counted is not None
        return _Found(decision, name, where, known, asked, context, version, counted=again)


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
_BY_REQUEST = (Guard.UNKNOWN_OPERATION, Guard.NO_ACCOUNT)
"""Guards that depend on the request: they deny nothing before it is read."""


class _Again(Exception):
    """Nothing was written: the end of the chain has to be kept from others first."""


def _within_limit(row: Visit, now: float) -> bytes | Beyond:
    """The agent's minute with one call more."""
    return pace.with_call(row.places, now, row.calls_per_minute or 0)


def _denial(
    row: Visit,
    call: Call,
    known: Operation[..., Any] | None,
    why: tuple[Guard, str],
    *,
    beyond: bool,
) -> _Found:
    """A denial for which the arguments aren't looked at."""
    name = row.name or ""
    where = _account_name(row) if known and vocabulary.needs_account(known) else None
    words = wording.asking(name, known or call.operation_id, None, where or None)
    return _Found(deny(*why, words), name, where or None, known, beyond=beyond)


def _denied(call: Call, found: _Found) -> Denied:
    """What the tally counts of a denial."""
    rule = found.decision.rule
    operation = quoting.token(call.operation_id) if found.operation else "unknown operation"
    return Denied(call.org, call.caller.agent_id, found.agent, rule, operation)


def _day(now: float) -> int:
    return int(now // DAY)


def _account_name(row: Visit) -> str:
    return wording.account_name(row.username, row.display_name or row.open_id)


def _visited(scope: TenantConnection, call: Call, now: float) -> Visit:
    caller = call.caller
    window = pace.window_of(caller.agent_id)
    row = store.visit(scope, caller.agent_id, caller.digest, call.account, _day(now), window)
    if row is None:
        raise RuntimeError("the organisation's audit is gone")
    return row


def _again(scope: TenantConnection, taken: _Taken, call: Call, now: float) -> Visit:
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


def _used_by_others(row: Visit, asked: Asked, counted: float | None, now: float) -> tuple[int, int]:
    """The day's posts and spending without those of the call itself."""
    posts, spent = row.posts or 0, row.spent or 0
    if counted is None or _day(counted) != _day(now):
        return posts, spent
    return max(0, posts - (asked.draft is not None)), max(0, spent - (asked.budget or 0))


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
    return pace.window_of(call.caller.agent_id), places, now + WINDOW_SECONDS


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
