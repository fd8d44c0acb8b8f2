"""The one check behind both doors: no call without a decision, no decision without a row."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, Scope
from stagedoor.connector.limits import store as windows
from stagedoor.connector.limits.window import Full, pack, take, unpack
from stagedoor.platform.operation import DAY, Operation

from .. import vocabulary
from ..audit.entry import Draft, Kind, Outcome
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

logger = logging.getLogger("stagedoor.agents")

WINDOW_SECONDS = 60.0
_SEEN_EVERY = 60.0
"""Seconds between two writes of when a key was last used."""
_CLOSED = "The gateway can't decide or record this now, so it isn't done. Try again in a moment."


@dataclass(frozen=True, slots=True)
class _Found:
    """A decision with what it was made from."""

    decision: Decision
    agent: str = ""
    account: str | None = None
    operation: Operation[..., Any] | None = None
    asked: Asked | None = None
    context: Mapping[str, Any] | None = None


class Gate:
    """Shared by all threads; every process of the service has one, and they agree."""

    def __init__(self, database: Database, clock: Clock, audit: Audit, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._policies = policies

    def decide(
        self,
        caller: Caller | None,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        *,
        approved: bool = False,
    ) -> Decision:
        """Whether `caller` may do this on an account (an integration's id), and why.

        The answer is on record before it is given, and what a day or a minute allows is used up
        in the same transaction. `approved`: a person has approved exactly this; an `Ask` becomes
        an `Allow`, everything else is decided anew. It never raises: where anything fails, the
        answer is a `Deny` (`Guard.UNAVAILABLE`).
        """
        if caller is None:
            words = sentences.asking("", operation_id, None, None)
            return deny(Guard.UNKNOWN_AGENT, "Nobody has this key.", words)
        try:
            return self._decided(caller, operation_id, account, arguments, approved)
        except Exception:
            logger.exception("a decision failed", extra={"agent": caller.agent_id})
            words = sentences.asking("", operation_id, None, None)
            return deny(Guard.UNAVAILABLE, _CLOSED, words)

    def settle(self, allowed: Allow, outcome: Outcome, log_id: str | None = None) -> None:
        """Write what became of an allowed call. What it used up of the day stays used up."""
        if allowed.receipt is None:
            raise ValueError("this decision isn't on record")
        self._audit.settle(allowed.receipt, outcome, log_id)

    def explain(
        self,
        org: str,
        agent_id: str,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
    ) -> Decision:
        """What `decide` would say now, without a row and without using anything up."""
        now = self._clock.now()
        window = _window(agent_id)
        with self._database.read() as connection:
            scope = Scope(connection, org)
            row = store.visit(scope, agent_id, "", account, _day(now), window)
            if row is None:
                words = sentences.asking("", operation_id, None, None)
                return deny(Guard.UNKNOWN_AGENT, "There is no such agent.", words)
            return self._judge(scope, row, None, operation_id, account, arguments, now).decision

    def _decided(
        self,
        caller: Caller,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        approved: bool,
    ) -> Decision:
        """Read, judge and write as if nobody else did; who was overtaken begins again, and
        then keeps the others waiting."""
        key = self._audit.key(caller.org)
        for first in (True, False):
            try:
                with self._database.begin() as connection:
                    scope = Scope(connection, caller.org)
                    if not first:
                        self._audit.lock(scope, key)
                    return self._recorded(
                        scope, key, caller, operation_id, account, arguments, approved
                    )
            except _Overtaken:
                continue
        raise RuntimeError("overtaken in spite of the lock")

    def _recorded(
        self,
        scope: Scope,
        key: bytes,
        caller: Caller,
        operation_id: str,
        account: str | None,
        arguments: Mapping[str, Any] | BaseModel,
        approved: bool,
    ) -> Decision:
        now = self._clock.now()
        window, day = _window(caller.agent_id), _day(now)
        row = store.visit(scope, caller.agent_id, caller.digest, account, day, window)
        if row is None:
            raise RuntimeError("the organisation's audit is gone")
        head = self._audit.end(scope, key, row.seq, row.hash, row.mac)
        found = self._judge(scope, row, caller, operation_id, account, arguments, now)
        if approved and isinstance(found.decision, Ask):
            allowed = sentences.allowed(found.decision.sentence.rpartition(" It waits")[0])
            found = replace(found, decision=Allow(found.decision.rule, allowed))
        found, places = _within_limit(row, found, now)
        allowed_now = isinstance(found.decision, Allow)
        begins = allowed_now and row.places is None
        uses = allowed_now and found.asked is not None and found.asked.uses_up
        seen = row.digest is not None and now - (row.last_used or 0.0) > _SEEN_EVERY
        if (begins or uses or seen) and self._audit.lock(scope, key) != head:
            # rows of the agent are locked after the end of the chain, never before it
            raise _Overtaken
        how, along = APPEND, {}
        idle_at = now + WINDOW_SECONDS
        if begins:
            windows.begin(scope.connection, window, places, idle_at)
        elif allowed_now:
            how, along = store.WITH_WINDOW, windows.kept(window, places, idle_at)
        if uses:
            _reserve(scope, row, found, day)
        if seen:
            identity.seen(scope, caller.digest, now)
        draft = _draft(caller, row, found, operation_id, approved, now)
        receipt = self._audit.write(scope, key, head, draft, how, along)
        if receipt is None:
            raise _Overtaken
        return replace(found.decision, receipt=receipt)

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
            reason = f"The arguments don't fit: {error}"
            return _Found(deny(Guard.BAD_ARGUMENTS, reason, words), name, where, known)
        context = asked.context(now, row.posts or 0, row.spent or 0)
        words = sentences.asking(name, known, asked, where)
        policy = self._policies.of(scope, row.agent_id, row.version)
        decision = judge(policy, Question(row.agent_id, known, at, context, words))
        return _Found(decision, name, where, known, asked, context)


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


class _Overtaken(Exception):
    """Another decision of the organisation came first: what was read isn't so any more."""


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


def _window(agent_id: str) -> str:
    return hashlib.sha256(f"agent {agent_id}".encode()).hexdigest()


def _day(now: float) -> int:
    return int(now // DAY)


def _account_name(row: Visit) -> str:
    if row.username:
        return f"@{row.username}"
    return sentences.plain(row.display_name or row.open_id or "")


def _reserve(scope: Scope, row: Visit, found: _Found, day: int) -> None:
    """Use up what the call takes of the day."""
    asked = found.asked
    if row.agent_id is None or asked is None:
        return
    store.use(
        scope,
        row.agent_id,
        row.account_id or vocabulary.EVERYWHERE,
        day,
        (row.posts or 0) + (asked.draft is not None),
        (row.spent or 0) + (asked.budget or 0),
        new=row.posts is None,
    )


def _draft(
    caller: Caller,
    row: Visit,
    found: _Found,
    operation_id: str,
    approved: bool,
    now: float,
) -> Draft:
    decision = found.decision
    known = found.operation
    told = {
        "sentence": decision.sentence,
        "reason": decision.reason if isinstance(decision, Deny) else None,
        "agent": found.agent,
        "account": found.account,
        "context": found.context,
        "approved": approved,
    }
    return Draft(
        kind=Kind.DECISION,
        at=now,
        agent=caller.agent_id,
        # what isn't the organisation's own is named by nothing that the caller chose
        account=row.account_id,
        operation=sentences.plain(operation_id),
        resource=None if known is None else known.resource.value,
        decision=WORDS[type(decision)],
        rule=decision.rule,
        policy_version=row.version,
        text=told,
    )
