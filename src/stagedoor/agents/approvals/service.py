"""Approvals: asked for, shown, decided, answered. `carrying` does what was approved."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from stagedoor.connector.database import Scope
from stagedoor.connector.errors import ApiError
from stagedoor.connector.waiting.store import wait
from stagedoor.platform.operation import Effect

from .. import vocabulary
from ..audit.entry import Outcome, Verdict
from ..calls import posts
from ..calls.errors import Denied
from ..calls.wanted import Done, Wanted
from ..decisions.decision import Ask, Deny
from . import answers, links, store
from .approval import ENDED, WAITING, Approval, Page, State
from .errors import (
    ApprovalNeeded,
    DecidedAlready,
    NoApproval,
    NotAskable,
    NotReady,
    TooManyWaiting,
)
from .preparing import Preparing, held, is_free
from .preview import visible
from .request import Call

if TYPE_CHECKING:
    from stagedoor.connector.services import Services

    from ..audit.service import Audit
    from ..decisions.gate import Gate
    from ..identity.service import Caller, Identity

logger = logging.getLogger("stagedoor.agents")

MOST_WAITING = 100
"""Calls of one agent that wait for a person."""
KEEP_SECONDS = 7 * 86_400.0
"""How long an approval outlives its end."""
ANSWER_SECONDS = 86_400.0
"""How long after the end the same call gets the answer; later it is a new one."""


class Approvals:
    """Of all organisations; shared by all threads."""

    def __init__(self, services: Services, audit: Audit, identity: Identity, gate: Gate) -> None:
        self._services = services
        self._audit = audit
        self._identity = identity
        self._gate = gate
        self._preparing = Preparing(services, identity)

    # asking

    def ask(self, caller: Caller, wanted: Wanted, request: BaseModel, decision: Ask) -> Done:
        """The answer of a call that was approved and done, once; else an error that says where
        it stands.

        Raises `ApprovalNeeded`, `ApprovalRefused`, `ApprovalExpired`, `NotAskable`, and what the
        call failed with. One call waits once, however often it is made; its files are fetched,
        digested and looked into before anybody is asked.
        """
        if wanted.operation.protocol.answers_file:
            raise NotAskable
        call = Call.of(wanted, request)
        found = self._begun(caller, call, decision)
        if not isinstance(found, Approval):
            return answers.answer(found.approval)
        try:
            self._preparing.prepare(found, wanted, request, call)
        except BaseException as error:
            self._withdraw(found, decision, error)
            raise
        raise self._needed(found.org, found.id)

    def answer(self, caller: Caller, approval_id: str) -> Done:
        """The same by id, for the agent that asked; again and again until it is forgotten.

        Raises `NoApproval` too.
        """
        self._identity.check(caller)
        approval = self.get(caller.org, approval_id)
        if approval.agent_id != caller.agent_id:
            raise NoApproval
        if approval.state in WAITING and approval.expires <= self._services.clock.now():
            approval = self.expire(caller.org, approval_id)
        if approval.state not in ENDED:
            raise self._needed(approval.org, approval.id)
        self._check_still_given(caller, approval)
        with self._services.database.begin() as connection:
            store.change(Scope(connection, caller.org), approval_id, unanswered=None)
        return answers.answer(approval)

    def arrived(self, org: str, approval_id: str) -> None:
        """The file of a call is here: it is looked into, and a person is asked."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            approval = store.find(scope, approval_id, lock=True)
            if approval is None or approval.state is not State.UPLOADING:
                return
            if approval.expires <= self._services.clock.now():
                return
            approval = self._hold(scope, approval)
        try:
            self._preparing.prepare_arrived(approval)
        except ApiError as error:
            if error.retryable:
                self._lay_back(approval)
                raise
            self.fail(approval, error)

    def ask_about_upload(self, caller: Caller, call: Call, decision: Ask, post_id: str) -> None:
        """Ask a person about a post whose file came once the grants asked; it has the post's id."""
        with self._services.database.begin() as connection:
            scope, now = Scope(connection, caller.org), self._services.clock.now()
            if store.find(scope, post_id) is None:
                self._new(scope, caller, call, decision, now, post_id)
        self.arrived(caller.org, post_id)

    def _lay_back(self, approval: Approval) -> None:
        """Undo `_hold`: the upload's last request is to be sent again."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            now = store.find(scope, approval.id, lock=True)
            if now is not None and now.held_by == approval.held_by:
                back = {"state": State.UPLOADING.value, "held_by": None, "held_until": None}
                store.change(scope, approval.id, **back)

    def _begun(self, caller: Caller, call: Call, decision: Ask) -> Approval | _Ended:
        """A new approval of this call, to be prepared here, or one that has ended.

        Raises `ApprovalNeeded` where it waits already.
        """
        for _ in range(3):
            try:
                found = self._found_or_new(caller, call, decision)
            except IntegrityError:  # somebody else was first to ask the same
                continue
            if found is not None:
                return found
        raise RuntimeError("an approval can't be found and can't be made")

    def _found_or_new(self, caller: Caller, call: Call, decision: Ask) -> Approval | _Ended | None:
        services, digest = self._services, call.digest
        with services.database.begin() as connection:
            scope, now = Scope(connection, caller.org), services.clock.now()
            approval = store.unanswered(scope, caller.agent_id, digest)
            if approval is not None and approval.state in ENDED:
                store.change(scope, approval.id, unanswered=None)
                if (approval.ended or 0.0) + ANSWER_SECONDS > now:
                    return _Ended(approval)
                approval = None
            if approval is None:
                return self._new(scope, caller, call, decision, now)
            if approval.state is State.PREPARING and is_free(approval):
                return self._hold(scope, approval)
        if approval.state in WAITING and approval.expires <= now:
            self.expire(approval.org, approval.id)
            return None
        raise self._needed(approval.org, approval.id)

    def _new(
        self,
        scope: Scope,
        caller: Caller,
        call: Call,
        decision: Ask,
        now: float,
        post_id: str | None = None,
    ) -> Approval:
        """`post_id`: the call made a post, whose file is here."""
        services = self._services
        if decision.receipt is None:
            raise RuntimeError("no row, no call")
        if store.waiting(scope, caller.agent_id) >= MOST_WAITING:
            raise TooManyWaiting(
                f"{MOST_WAITING} calls of this agent wait for a person already: let them decide "
                "first.",
                retry_after=600,
            )
        approval_id = post_id or f"{int(now * 1_000):012x}{secrets.token_hex(10)}"
        state = State.PREPARING if post_id is None else State.UPLOADING
        link = links.capability(services.keys, caller.org, approval_id)
        expires = now + services.settings.approval_hours * 3_600
        store.add(
            scope,
            id=approval_id,
            agent_id=caller.agent_id,
            key_digest=caller.digest,
            operation=call.operation,
            account=call.account,
            digest=call.digest,
            unanswered=call.digest if post_id is None else None,
            seq=decision.receipt.seq,
            state=state.value,
            link=links.digest(link),
            request=call.text,
            files=[],
            created=now,
            expires=expires,
            **(held() if post_id is None else {}),
        )
        wait(scope.connection, store.KIND, f"{scope.org}/{approval_id}", expires)
        return self._find(scope, approval_id)

    def _hold(self, scope: Scope, approval: Approval) -> Approval:
        """Nobody else prepares it meanwhile."""
        store.change(scope, approval.id, state=State.PREPARING.value, **held())
        return self._find(scope, approval.id)

    def _withdraw(self, approval: Approval, decision: Ask, error: BaseException) -> None:
        """Nobody was asked: the next call begins anew."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            now = store.find(scope, approval.id, lock=True)
            if now is None or now.held_by != approval.held_by:
                return
            store.remove(scope, approval.id)
        if decision.receipt is not None:
            try:
                log_id = getattr(error, "log_id", None)
                self._audit.settle(decision.receipt, Outcome.FAILED, log_id)
            except Exception:
                # what stood in the way is what the agent has to hear
                logger.exception("an outcome could not be written", extra={"approval": now.id})

    def fail(self, approval: Approval, error: ApiError) -> None:
        """A file came that can't be posted: nobody is asked."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            now = store.find(scope, approval.id, lock=True)
            if now is not None and now.held_by == approval.held_by:
                self.end(scope, approval, State.FAILED, failure=answers.failure_of(error))

    def _needed(self, org: str, approval_id: str) -> ApprovalNeeded:
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            approval = self._find(scope, approval_id)
            if approval.state is not State.UPLOADING:
                return ApprovalNeeded(approval)
            (medium,) = self._services.media.of_post(scope, approval_id)
            url = self._services.media.upload_url(scope, medium.id)
        return ApprovalNeeded(approval, posts.upload_url(self._services, url))

    def _check_still_given(self, caller: Caller, approval: Approval) -> None:
        """What was read is given out only to who may still read it."""
        operation = vocabulary.operations().get(approval.operation)
        if approval.state is not State.DONE or operation is None:
            return
        if operation.effect is Effect.READ:
            call = Call.read(approval.request, approval.digest)
            decision = self._gate.explain(
                caller.org, caller.agent_id, call.operation, call.account, call.arguments
            )
            if isinstance(decision, Deny):
                raise Denied(decision)

    # looking

    def get(self, org: str, approval_id: str) -> Approval:
        """Raises `NoApproval`."""
        with self._services.database.read() as connection:
            return self._find(Scope(connection, org), approval_id)

    def page(
        self,
        org: str,
        states: Sequence[State] = (State.PENDING,),
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        with self._services.database.read() as connection:
            found = store.page(Scope(connection, org), states, cursor, limit + 1)
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)

    def link(self, org: str, approval_id: str) -> str:
        """A page where whoever has the address can decide, while it waits."""
        keys = self._services.keys
        with self._services.database.read() as connection:
            stored = store.link(Scope(connection, org), approval_id)
        capability = links.capability(keys, org, approval_id, stored)
        if stored is not None and links.digest(capability) != stored:
            # the vault key that made the old link is gone, and the old link ends with it
            with self._services.database.begin() as connection:
                store.change(Scope(connection, org), approval_id, link=links.digest(capability))
        return f"{self._services.settings.public_url}{links.PATH}/{capability}"

    def by_link(self, capability: str) -> Approval:
        """Raises `NoApproval`."""
        with self._services.database.read() as connection:
            found = store.linked(connection, links.digest(capability))
        if found is None:
            raise NoApproval
        if found.state in WAITING and found.expires <= self._services.clock.now():
            return self.expire(found.org, found.id)
        return found

    def _find(self, scope: Scope, approval_id: str, lock: bool = False) -> Approval:
        found = store.find(scope, approval_id, lock)
        if found is None:
            raise NoApproval
        return found

    # deciding

    def decide(
        self, org: str, approval_id: str, verdict: Verdict, by: str, note: str | None = None
    ) -> Approval:
        """What a person says; the same again changes nothing.

        Raises `NoApproval`, `NotReady`, and `DecidedAlready` for another word, or too late.
        """
        said = None if note is None else visible(note)
        approval = self._closed(org, approval_id, verdict, by, said)
        if approval.verdict is verdict:
            return approval
        if approval.state in WAITING:
            raise NotReady("Its files aren't all here yet: nothing can be decided.")
        what = approval.verdict or approval.state
        by = f" by {approval.decided_by}" if approval.decided_by else ""
        raise DecidedAlready(f"It was {what}{by} already, and stays so.")

    def expire(self, org: str, approval_id: str) -> Approval:
        """End a wait whose time is over. Raises `NoApproval`."""
        return self._closed(org, approval_id, Verdict.EXPIRED, None, None)

    def _closed(
        self, org: str, approval_id: str, verdict: Verdict, by: str | None, note: str | None
    ) -> Approval:
        """End the wait, if it goes on, with its entry in the audit; what it is then."""
        self.get(org, approval_id)
        try:
            return self._written(org, approval_id, verdict, by, note)
        except IntegrityError:
            # the audit holds one word about a decision, whatever else says that it waits
            raise DecidedAlready("The audit says that it was decided already.") from None

    def _written(
        self, org: str, approval_id: str, verdict: Verdict, by: str | None, note: str | None
    ) -> Approval:
        key = self._audit.key(org)
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            # the end of the audit first, and then rows: as decisions do it
            self._audit.lock(scope, key)
            approval = self._find(scope, approval_id, lock=True)
            now = self._services.clock.now()
            over = approval.state in WAITING and approval.expires <= now
            if over:
                verdict, by, note = Verdict.EXPIRED, None, None
            elif approval.state is not State.PENDING or verdict is Verdict.EXPIRED:
                return approval
            store.change(
                scope,
                approval_id,
                verdict=verdict.value,
                decided=now,
                decided_by=by,
                note=note,
            )
            self._audit.append(scope, key, answers.entry(approval, verdict, by, note, now))
            if verdict is Verdict.APPROVED:
                store.change(scope, approval_id, state=State.APPROVED.value)
                wait(connection, store.KIND, approval.ref, now)
            else:
                state = State.EXPIRED if verdict is Verdict.EXPIRED else State.REFUSED
                self.end(scope, approval, state)
            return self._find(scope, approval_id)

    def end(self, scope: Scope, approval: Approval, state: State, **values: Any) -> None:
        """It is over; its files go, unless they are a post's now."""
        now = self._services.clock.now()
        keep_until = approval.keep_until or now + KEEP_SECONDS
        store.change(
            scope,
            approval.id,
            state=state.value,
            ended=now,
            keep_until=keep_until,
            held_by=None,
            held_until=None,
            **values,
        )
        if not self.posted(scope, approval.id):
            # what the agent uploaded stays its own, to be asked about in another way
            given = () if approval.request is None else Call.given(approval.request)
            self._services.media.give_back(scope, given, approval.id)
            self._services.media.release(scope, approval.id, at_once=True)
        elif state is not State.DONE:
            failure = answers.refusal(approval, state)
            self._services.posts.refuse(scope, approval.id, failure)
        wait(scope.connection, store.KIND, approval.ref, keep_until)

    def posted(self, scope: Scope, approval_id: str) -> bool:
        """Whether a post was made of it, which has its id."""
        return self._services.posts.exists(scope, approval_id)


@dataclass(frozen=True, slots=True)
class _Ended:
    approval: Approval
