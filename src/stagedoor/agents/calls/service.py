"""The steps of a call from either entrance: decide, execute, record the outcome."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial

import httpx2
from pydantic import BaseModel

from stagedoor.client import MemoryTokens
from stagedoor.client.driver_sync import SyncDriver
from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ApiError, ServiceUnavailable
from stagedoor.connector.limits.pacer import DatabasePacer
from stagedoor.connector.publishing import store as rows

from ..audit.entry import CallOutcome, Receipt
from ..decisions.arguments import BadArguments, read_arguments
from ..decisions.decision import Allow, Ask, Decision, Deny
from ..decisions.gate import DecisionGate
from ..decisions.request import DecisionRequest, Settlement
from ..identity.service import AgentCaller
from . import claims, currencies, posts
from .approval_port import ApprovalPort
from .claims import Claim, Claims, Existing
from .currencies import Currencies
from .errors import AwaitsApproval, Denied, WrongArguments
from .executor import CallFailed, Executor
from .flow import Flow, RunInThread, run_inline
from .posts import AgentPosts
from .request import CallAnswer, CallRequest

logger = logging.getLogger("stagedoor.agents")

_SPEND_LIMIT = "spend-limit"
"""The rule of a rehearsed denial: the organisation's spend limit would refuse the call."""


@dataclass(frozen=True, slots=True)
class _Allowed:
    """An allowed call whose decision is on record."""

    caller: AgentCaller
    call: CallRequest
    request: BaseModel
    receipt: Receipt
    post_id: str | None

    @property
    def asked_by(self) -> str:
        return f"{self.caller.agent_id}/{self.receipt.seq}"


class Calls:
    """Makes calls. Shared by all threads and both entrances."""

    def __init__(
        self,
        *,
        http: httpx2.Client,
        pacer: DatabasePacer,
        database: Database,
        clock: Clock,
        gate: DecisionGate,
        claims: Claims,
        posts: AgentPosts,
        executor: Executor,
        currencies: Currencies,
        approvals: ApprovalPort,
    ) -> None:
        self._pacer = pacer
        self._database = database
        self._clock = clock
        self._gate = gate
        self._claims = claims
        self._posts = posts
        self._executor = executor
        self._currencies = currencies
        self._approvals = approvals
        self._driver = SyncDriver(http, None, MemoryTokens())

    def make(
        self,
        caller: AgentCaller,
        call: CallRequest,
        *,
        approved: bool = False,
        post_id: str | None = None,
        counted: float | None = None,
    ) -> CallAnswer:
        """Make a call and return TikTok's answer. Raises `ApiError`: `Denied`, the errors of
        approvals, and failures.

        `approved`: a person has approved exactly this call; `post_id` then keeps a repetition from
        making a second post. `counted`: the time at which the call was counted against the minute
        and the day, if that was before a person was asked.
        """
        if call.once and not approved:
            flow = self.flow(caller, call)
        else:
            flow = self._decided(caller, call, approved, post_id, counted)
        return run_inline(flow, self._gate, self._pacer, self._driver)

    def flow(self, caller: AgentCaller, call: CallRequest) -> Flow[CallAnswer]:
        """Like `make`, as a flow for a scheduler that runs many calls together."""
        if not call.once:
            return self._decided(caller, call)
        return self._once(caller, call)

    def rehearse(self, caller: AgentCaller, call: CallRequest) -> tuple[Decision, BaseModel | None]:
        """Return the decision that a call would get now, and the request that would be sent; None
        if the arguments don't fit. A call that the organisation's spend limit would refuse counts
        as denied. Nothing is done, recorded or counted."""
        if currencies.needed(call):
            self._currencies.learn(caller, call)
        decision = self._gate.explain(
            caller.org,
            caller.agent_id,
            call.operation.id,
            call.account,
            call.arguments,
            caller=caller,
        )
        try:
            request = read_arguments(call.operation, call.arguments).request
        except BadArguments:
            return decision, None
        if not isinstance(decision, Deny):
            why = self._executor.over_spend_limit(caller.org, call, request)
            if why is not None:
                decision = Deny(_SPEND_LIMIT, why, decision.sentence)
        return decision, request

    # idempotent posts

    def _once(self, caller: AgentCaller, call: CallRequest) -> Flow[CallAnswer]:
        """Make a post unless an equal call made it, or is about to."""
        digest: str | None = yield RunInThread(
            partial(self._identity, caller, call), slow=bool(call.uploads)
        )
        if digest is None:
            return (yield from self._decided(caller, call))
        if call.again:
            done = yield from self._decided(caller, call, digest=digest)
            if done.post is not None:
                yield RunInThread(partial(self._claims.note, caller, digest, done.post))
            return done
        found = yield from self._claims.taken(caller, digest)
        if not isinstance(found, Claim):
            return (yield from self._existing(caller, call, found))
        try:
            done = yield from self._decided(caller, call, post_id=found.post_id, digest=digest)
        except AwaitsApproval as needed:
            yield RunInThread(partial(self._claims.settle, caller, found, needed.approval_id))
            raise
        except Exception:
            yield RunInThread(partial(self._claims.settle, caller, found, None))
            raise
        yield RunInThread(partial(self._claims.settle, caller, found, done.post))
        return done

    def _identity(self, caller: AgentCaller, call: CallRequest) -> str | None:
        try:
            request = read_arguments(call.operation, call.arguments).request
        except BadArguments:
            return None
        return self._claims.identity(caller.org, call, request)

    def _existing(
        self, caller: AgentCaller, call: CallRequest, found: Existing | claims.Waiting
    ) -> Flow[CallAnswer]:
        """Return the answer of an equal call, for an agent that could still make it.

        Nothing is executed, so the call isn't counted against the day; a denial is recorded as any
        other.
        """
        if not (yield RunInThread(partial(self._may_still, caller, call))):
            decision: object = yield DecisionRequest(
                caller, call.operation.id, call.account, call.arguments
            )
            if isinstance(decision, Deny):
                raise Denied(decision)
            if isinstance(decision, Allow) and decision.receipt is not None:
                yield from _settled(Settlement(decision.receipt, CallOutcome.FAILED))
            raise ServiceUnavailable("What this agent may do has just changed: try again.")
        if isinstance(found, Existing):
            note: str | None = yield RunInThread(
                partial(self._difference, caller, call, found.post_id)
            )
            return _already(found.post_id, note)
        answer = self._approvals.answer
        done: CallAnswer = yield RunInThread(partial(answer, caller, found.approval_id))
        return done if done.post is None else _already(done.post)

    def _difference(self, caller: AgentCaller, call: CallRequest, post_id: str) -> str | None:
        """Describe the difference between a repeated call and the post that exists; None if
        there is none."""
        asked = posts.level(read_arguments(call.operation, call.arguments).request)
        with self._database.read() as connection:
            post = rows.find(TenantConnection(connection, caller.org), post_id)
        if post is None or asked is None or post.privacy in (None, asked):
            return None
        return (
            f"The post that exists has the privacy_level {post.privacy}, and stays so: "
            f"{asked} was not set."
        )

    def _may_still(self, caller: AgentCaller, call: CallRequest) -> bool:
        """Whether the call would be allowed now, without being counted again."""
        decision = self._gate.explain(
            caller.org,
            caller.agent_id,
            call.operation.id,
            call.account,
            call.arguments,
            caller=caller,
            counted=self._clock.now(),
        )
        return not isinstance(decision, Deny)

    # one call

    def _decided(
        self,
        caller: AgentCaller,
        call: CallRequest,
        approved: bool = False,
        post_id: str | None = None,
        counted: float | None = None,
        digest: str | None = None,
    ) -> Flow[CallAnswer]:
        """Decide a call and execute it. `digest` identifies its post, if equal calls share one."""
        if currencies.needed(call):
            yield RunInThread(partial(self._currencies.learn, caller, call), slow=True)
        decision: object = yield DecisionRequest(
            caller, call.operation.id, call.account, call.arguments, approved, counted
        )
        if isinstance(decision, Deny):
            raise Denied(decision)
        request = read_arguments(call.operation, call.arguments).request
        if not isinstance(decision, Allow | Ask) or decision.receipt is None:
            raise RuntimeError("no row, no call")
        allowed = _Allowed(caller, call, request, decision.receipt, post_id)
        if call.once and not approved and posts.level(request) is not None:
            decision = yield from self._offered(allowed, decision)
        if isinstance(decision, Ask):
            answer: CallAnswer = yield self._asked(caller, call, request, decision)
            return answer
        if posts.fetches(call, request):
            return (yield from self._fetched(allowed, digest))
        return (yield from self._done(allowed))

    def _offered(self, allowed: _Allowed, decision: Allow | Ask) -> Flow[Decision]:
        """Ask TikTok what the creator offers, then decide again, since the question may take a
        while.

        Raises `WrongArguments` for an option that isn't offered, and `Denied`.
        """
        at, org = self._gate.now(), allowed.caller.org
        try:
            problem = yield from self._executor.offered_problem(org, allowed.call, allowed.request)
            if problem is not None:
                raise WrongArguments(problem)
            if isinstance(decision, Ask):
                return decision  # a person decides, and approvals decide again then
            again = yield from self._still_decided(allowed, at)
        except Exception:
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
            raise
        if isinstance(again, Ask):
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
        return again

    def _asked(
        self, caller: AgentCaller, call: CallRequest, request: BaseModel, decision: Ask
    ) -> RunInThread:
        return RunInThread(partial(self._approvals.ask, caller, call, request, decision), slow=True)

    def _fetched(self, allowed: _Allowed, digest: str | None) -> Flow[CallAnswer]:
        """Fetch the media, then decide again, since fetching may take long."""
        caller, call, org = allowed.caller, allowed.call, allowed.caller.org
        post_id = allowed.post_id or allowed.asked_by.replace("/", "-")
        at = self._gate.now()
        try:
            fetched: list[tuple[str, str]] = yield RunInThread(
                partial(self._executor.fetched, caller, call, allowed.request, post_id), slow=True
            )
        except Exception:
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
            # raises the denial that cancelled the fetch, if there was one
            yield from self._still_decided(allowed, at)
            raise
        uploads = tuple(medium for medium, _ in fetched)
        discard = RunInThread(partial(self._posts.discard, org, uploads))
        try:
            decision = yield from self._still_decided(allowed, at)
        except Denied:
            yield discard
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
            raise
        if isinstance(decision, Ask):
            yield discard
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
            answer: CallAnswer = yield self._asked(caller, call, allowed.request, decision)
            return answer
        here_now = replace(call, uploads=uploads, fetch=False)
        ready = replace(allowed, call=here_now, post_id=post_id)
        if digest is None or not fetched or call.again:
            return (yield from self._done(ready))
        return (yield from self._unless_posted(ready, discard, [sha256 for _, sha256 in fetched]))

    def _still_decided(self, allowed: _Allowed, at: float | None) -> Flow[Decision]:
        """Decide again a call that was allowed at the time `at`. Raises `Denied`."""
        decision: Decision = yield RunInThread(
            partial(
                self._gate.again,
                allowed.caller,
                allowed.call.operation.id,
                allowed.call.account,
                allowed.call.arguments,
                at,
            )
        )
        if isinstance(decision, Deny):
            raise Denied(decision)
        return decision

    def _unless_posted(
        self, allowed: _Allowed, discard: RunInThread, sha256: list[str]
    ) -> Flow[CallAnswer]:
        """Make the post unless the fetched bytes are in an equal post already."""
        caller = allowed.caller
        digest = claims.identity_of_bytes(allowed.call, allowed.request, sha256)
        try:
            found = yield from self._claims.taken(caller, digest, allowed.post_id)
        except ApiError:
            yield discard
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
            raise
        if not isinstance(found, Claim):
            yield discard
            yield from _settled(Settlement(allowed.receipt, CallOutcome.FAILED))
            return (yield from self._existing(caller, allowed.call, found))
        try:
            done = yield from self._done(allowed)
        except Exception:
            yield RunInThread(partial(self._claims.settle, caller, found, None))
            raise
        yield RunInThread(partial(self._claims.settle, caller, found, done.post))
        return done

    def _done(self, allowed: _Allowed) -> Flow[CallAnswer]:
        receipt = allowed.receipt
        try:
            done = yield from self._executor.flow(
                allowed.caller, allowed.call, allowed.request, allowed.asked_by, allowed.post_id
            )
        except CallFailed as failed:
            yield from _settled(Settlement(receipt, failed.outcome, failed.log_id))
            raise failed.error from failed
        except Exception:
            yield from _settled(Settlement(receipt, CallOutcome.UNKNOWN))
            raise
        if done.post is None:
            yield from _settled(Settlement(receipt, CallOutcome.DONE, done.log_id))
        return done


def _already(post_id: str, note: str | None = None) -> CallAnswer:
    told = {"publish_id": post_id, "already_posted": True}
    return CallAnswer(told if note is None else {**told, "note": note}, post=post_id)


def _settled(end: Settlement) -> Flow[None]:
    """Record an outcome. The call was made: a failure to record doesn't undo it, and is logged."""
    try:
        yield end
    except Exception:
        logger.exception("an outcome could not be written", extra={"receipt": end.receipt})
