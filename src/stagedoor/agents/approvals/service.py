"""Approvals: asked for, shown, decided, answered. `carrying` does what was approved."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from stagedoor.connector import holders
from stagedoor.connector.database import Scope
from stagedoor.connector.errors import ApiError
from stagedoor.connector.media.service import Kind as MediaKind
from stagedoor.connector.publishing import accounts
from stagedoor.connector.waiting.store import wait
from stagedoor.platform import posting
from stagedoor.platform.operation import Effect

from .. import vocabulary
from ..audit.entry import Draft, Kind, Outcome, Verdict
from ..calls import posts
from ..calls.accounts import handle
from ..calls.errors import Denied
from ..calls.wanted import Done, Wanted
from ..decisions import asking, sentences
from ..decisions.decision import Ask, Deny
from . import files, links, preview, store
from .approval import ENDED, WAITING, Approval, State
from .errors import (
    ApprovalExpired,
    ApprovalNeeded,
    ApprovalRefused,
    DecidedAlready,
    MediaUnfit,
    NoApproval,
    NotReady,
    TooManyWaiting,
)
from .request import Call

if TYPE_CHECKING:
    from stagedoor.connector.services import Services

    from ..audit.service import Audit
    from ..calls.posts import Order
    from ..decisions.gate import Gate
    from ..identity.service import Caller, Identity

MOST_WAITING = 100
"""Calls of one agent that wait for a person."""
KEEP_SECONDS = 7 * 86_400.0
"""How long an approval outlives its end."""
ANSWER_SECONDS = 86_400.0
"""How long after the end the same call gets the answer; later it is a new one."""
_PREPARE_SECONDS = 3_600.0
NOTICE = "approval.pending"
_POSTS = (posting.VideoInit, posting.InboxVideoInit, posting.ContentInit)


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first."""

    approvals: Sequence[Approval]
    next_cursor: str | None


class Approvals:
    """Of all organisations; shared by all threads."""

    def __init__(self, services: Services, audit: Audit, identity: Identity, gate: Gate) -> None:
        self._services = services
        self._audit = audit
        self._identity = identity
        self._gate = gate

    # asking

    def ask(self, caller: Caller, wanted: Wanted, request: BaseModel, decision: Ask) -> Done:
        """The answer of a call that was approved and done, once; else an error that says where
        it stands.

        Raises `ApprovalNeeded`, `ApprovalRefused`, `ApprovalExpired`, and what the call failed
        with. One call waits once, however often it is made; its files are fetched, digested and
        looked into before anybody is asked.
        """
        call = Call.of(wanted, request)
        found = self._begun(caller, call, decision)
        if not isinstance(found, Approval):
            return _answer(found.approval)
        try:
            self._check_account(caller.org, wanted, request)
            asked = None
            if isinstance(request, _POSTS):
                asked = posts.order(request, bool(wanted.uploads))
            self._prepare(found, call, asked)
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
        return _answer(approval)

    def arrived(self, org: str, approval_id: str) -> None:
        """The file of a call is here: it is looked into, and a person is asked."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            approval = store.find(scope, approval_id, lock=True)
            if approval is None or approval.state is not State.UPLOADING:
                return
            approval = self._hold(scope, approval)
            uploads = [one.id for one in self._services.media.of_post(scope, approval_id)]
        call = Call.read(approval.request, approval.digest)
        operation = vocabulary.operations()[approval.operation]
        asked = posts.order(asking.read(operation, call.arguments).request, True)
        try:
            found = files.uploaded(self._services, org, asked, uploads, approval_id)
            self._ready(approval, self._preview(approval, call, asked, found), found)
        except ApiError as error:
            self._failed(approval, error)

    def _check_account(self, org: str, wanted: Wanted, request: BaseModel) -> None:
        """Nobody is asked about what couldn't be done anyway."""
        if vocabulary.needs_account(wanted.operation):
            account = self._services.integrations.get(org, wanted.account or "")
            accounts.check(account, wanted.operation, dict(request))

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
            if approval.state is State.PREPARING and _free(approval):
                return self._hold(scope, approval)
        if approval.state in WAITING and approval.expires <= now:
            self.expire(approval.org, approval.id)
            return None
        raise self._needed(approval.org, approval.id)

    def _new(self, scope: Scope, caller: Caller, call: Call, decision: Ask, now: float) -> Approval:
        services = self._services
        if decision.receipt is None:
            raise RuntimeError("no row, no call")
        if store.waiting(scope, caller.agent_id) >= MOST_WAITING:
            raise TooManyWaiting(
                f"{MOST_WAITING} calls of this agent wait for a person already: let them decide "
                "first.",
                retry_after=600,
            )
        approval_id = f"{int(now * 1_000):012x}{secrets.token_hex(10)}"
        link = links.capability(services.keys.jwt, caller.org, approval_id)
        expires = now + services.settings.approval_hours * 3_600
        store.add(
            scope,
            id=approval_id,
            agent_id=caller.agent_id,
            key_digest=caller.digest,
            operation=call.operation,
            account=call.account,
            digest=call.digest,
            unanswered=call.digest,
            seq=decision.receipt.seq,
            state=State.PREPARING.value,
            link=links.digest(link),
            request=call.text,
            files=[],
            created=now,
            expires=expires,
            held_by=holders.holder(),
            held_until=time.time() + _PREPARE_SECONDS,
        )
        wait(scope.connection, store.KIND, f"{scope.org}/{approval_id}", expires)
        return self._find(scope, approval_id)

    def _hold(self, scope: Scope, approval: Approval) -> Approval:
        """Nobody else prepares it meanwhile."""
        store.change(
            scope,
            approval.id,
            state=State.PREPARING.value,
            held_by=holders.holder(),
            held_until=time.time() + _PREPARE_SECONDS,
        )
        return self._find(scope, approval.id)

    def _prepare(self, approval: Approval, call: Call, asked: Order | None) -> None:
        services, org = self._services, approval.org
        found: list[files.File] = []
        if asked is not None and call.uploads:
            found = files.uploaded(services, org, asked, call.uploads, approval.id)
        elif asked is not None and asked.urls:
            found = files.fetched(services, org, asked)
        elif asked is not None:
            self._await_file(approval, asked)
            return
        try:
            self._ready(approval, self._preview(approval, call, asked, found), found)
        except BaseException:
            if not call.uploads:
                files.discard(services, org, [one.medium.id for one in found])
            raise

    def _await_file(self, approval: Approval, asked: Order) -> None:
        """A file that is still to come is approved when it is here, not before."""
        services = self._services
        with services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            self._mine(scope, approval)
            services.media.place(scope, MediaKind.VIDEO, approval.id, asked.size)
            store.change(
                scope,
                approval.id,
                state=State.UPLOADING.value,
                held_by=None,
                held_until=None,
            )

    def _preview(
        self,
        approval: Approval,
        call: Call,
        asked: Order | None,
        found: Sequence[files.File],
    ) -> preview.Preview:
        operation = vocabulary.operations()[call.operation]
        agent = sentences.plain(self._identity.get(approval.org, approval.agent_id).name)
        account = None
        if vocabulary.needs_account(operation):
            account = handle(self._services.integrations.get(approval.org, call.account or ""))
        read = asking.read(operation, call.arguments)
        sentence = sentences.asking(agent, operation, read, account)
        if asked is None:
            return preview.of_call(sentence, agent, account, operation, call.arguments)
        return preview.of_post(sentence, agent, account or "", asked, found, call.arguments)

    def _ready(
        self, approval: Approval, shown: preview.Preview, found: Sequence[files.File]
    ) -> None:
        """From here on its files stay as they are, and a person can decide."""
        services = self._services
        media = [one.medium.id for one in found]
        with services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            self._mine(scope, approval)
            for one in sorted(media):
                medium = services.media.find(scope, one, lock=True)
                if medium is None or medium.post not in (None, approval.id):
                    raise MediaUnfit("An upload belongs to another post now: upload it again.")
            services.media.attach(scope, media, approval.id)
            services.media.hold(scope, approval.id)
            services.media.close_uploads(scope, media)
            expires = services.clock.now() + services.settings.approval_hours * 3_600
            store.change(
                scope,
                approval.id,
                state=State.PENDING.value,
                files=[[one.medium.id, one.sha256] for one in found],
                preview=shown.model_dump(mode="json"),
                expires=expires,
                held_by=None,
                held_until=None,
            )
            wait(connection, store.KIND, approval.ref, expires)
            services.notices.tell(
                scope,
                NOTICE,
                approval.id,
                f"An agent's call waits for a person: 'stagedoor approvals show {approval.id}' "
                "says what it would do.",
                {"agentId": approval.agent_id, "operation": approval.operation},
            )

    def _mine(self, scope: Scope, approval: Approval) -> None:
        """Raises `ApprovalExpired` where it was ended, or erased, while it was prepared."""
        now = store.find(scope, approval.id, lock=True)
        if now is None or now.state is not State.PREPARING or now.held_by != approval.held_by:
            raise ApprovalExpired("The call was ended while its files were looked at.")

    def _withdraw(self, approval: Approval, decision: Ask, error: BaseException) -> None:
        """Nobody was asked: the next call begins anew."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            now = store.find(scope, approval.id, lock=True)
            if now is None or now.held_by != approval.held_by:
                return
            store.remove(scope, approval.id)
        if decision.receipt is not None:
            self._audit.settle(decision.receipt, Outcome.FAILED, getattr(error, "log_id", None))

    def _failed(self, approval: Approval, error: ApiError) -> None:
        """A file came that can't be posted: nobody is asked."""
        with self._services.database.begin() as connection:
            scope = Scope(connection, approval.org)
            now = store.find(scope, approval.id, lock=True)
            if now is not None and now.held_by == approval.held_by:
                self.end(scope, approval, State.FAILED, failure=failure_of(error))

    def _needed(self, org: str, approval_id: str) -> ApprovalNeeded:
        with self._services.database.begin() as connection:
            scope = Scope(connection, org)
            approval = self._find(scope, approval_id)
            if approval.state is not State.UPLOADING:
                return ApprovalNeeded(approval)
            (medium,) = self._services.media.of_post(scope, approval_id)
            url = self._services.media.upload_url(scope, medium.id)
        public = self._services.settings.public_url
        return ApprovalNeeded(approval, f"{public}{posts.UPLOADS}/{url.rpartition('/')[2]}")

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
        capability = links.capability(self._services.keys.jwt, org, approval_id)
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
        said = None if note is None else preview.visible(note)
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
            self._audit.append(scope, key, _entry(approval, verdict, by, note, now))
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
        wait(scope.connection, store.KIND, approval.ref, keep_until)

    def posted(self, scope: Scope, approval_id: str) -> bool:
        """Whether a post was made of it, which has its id."""
        return self._services.posts.exists(scope, approval_id)


@dataclass(frozen=True, slots=True)
class _Ended:
    approval: Approval


def _free(approval: Approval) -> bool:
    return holders.is_free(approval.held_by, approval.held_until, time.time())


def failure_of(error: ApiError) -> dict[str, Any]:
    """An error, to be raised again later."""
    return {
        "code": error.code,
        "message": error.message,
        "http": error.http,
        "logId": error.log_id,
    }


def _answer(approval: Approval) -> Done:
    """Raises what it ended with."""
    if approval.state is State.DONE:
        result: Mapping[str, Any] = approval.result or {}
        return Done(result.get("data") or {}, result.get("logId"), result.get("post"))
    if approval.state is State.REFUSED:
        note = f" They say: {approval.note}" if approval.note else ""
        raise ApprovalRefused(f"A person refused this, so nothing was done.{note}")
    failure = approval.failure or {}
    if approval.state is State.EXPIRED:
        words = failure.get("message") or "Nobody decided in time, so nothing was done."
        raise ApprovalExpired(str(words))
    raise ApiError(
        str(failure.get("message") or "It isn't known what became of it."),
        code=str(failure.get("code") or "outcome_unknown"),
        http=int(failure.get("http") or 409),
        log_id=failure.get("logId"),
    )


def _entry(
    approval: Approval, verdict: Verdict, by: str | None, note: str | None, now: float
) -> Draft:
    """What the audit keeps of a person's word: about which decision, and whose."""
    operation = vocabulary.operations().get(approval.operation)
    shown = approval.preview
    question = "" if shown is None else shown.sentence
    return Draft(
        kind=Kind.APPROVAL,
        at=now,
        about=approval.seq,
        agent=approval.agent_id,
        account=approval.account,
        operation=approval.operation,
        resource=None if operation is None else operation.resource.value,
        outcome=verdict.value,
        text={
            "sentence": sentences.decided(question, verdict, by),
            "by": by,
            "note": note,
            "approval": approval.id,
            "digest": approval.digest,
        },
    )
