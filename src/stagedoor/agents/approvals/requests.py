"""Ask a person about a call: the implementation of `calls.approval_port`."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from stagedoor.connector import leases
from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ApiError
from stagedoor.connector.keys import Keys
from stagedoor.connector.media.service import MediaService
from stagedoor.connector.schedule.store import wait
from stagedoor.connector.settings import Settings
from stagedoor.platform.operation import OperationEffect

from .. import vocabulary
from ..audit.entry import Draft
from ..audit.service import Audit
from ..calls import posts
from ..calls.approval_port import HeldApproval
from ..calls.errors import Denied
from ..calls.request import CallAnswer, CallRequest
from ..calls.stored_call import StoredCall
from ..decisions.decision import Ask, Deny
from ..decisions.gate import DecisionGate
from ..identity.service import AgentCaller, AgentRegistry
from . import answers, links, store
from .approval import ENDED, WAITING, Approval, CallApprovalState
from .errors import ApprovalNeeded, NoApproval, NotAskable, TooManyApprovals
from .prepare import ApprovalPreparation
from .service import Approvals

logger = logging.getLogger("stagedoor.agents")

_HELD_SECONDS = 3_600.0
"""Seconds for which a run holds an approval to prepare it."""
MOST_WAITING = 100
"""Most calls of one agent that may wait for a person."""
ANSWER_SECONDS = 86_400.0
"""Seconds after the end for which the same call gets the answer; later it is a new call."""


class ApprovalRequests:
    """Asks people about calls, for all organisations. Shared by all threads."""

    def __init__(
        self,
        *,
        settings: Settings,
        keys: Keys,
        database: Database,
        clock: Clock,
        media: MediaService,
        audit: Audit,
        identity: AgentRegistry,
        gate: DecisionGate,
        approvals: Approvals,
        preparation: ApprovalPreparation,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._database = database
        self._clock = clock
        self._media = media
        self._audit = audit
        self._identity = identity
        self._gate = gate
        self._approvals = approvals
        self._preparation = preparation

    def ask(
        self, caller: AgentCaller, call: CallRequest, request: BaseModel, decision: Ask
    ) -> CallAnswer:
        """Return the answer of a call that was approved and executed, once; otherwise raise its
        state.

        Raises `ApprovalNeeded`, `ApprovalRefused`, `ApprovalExpired`, `NotAskable`, and the error
        with which the call failed. Equal calls wait as one approval, however often they are made;
        the files are fetched, digested and inspected before a person is asked.
        """
        try:
            if call.operation.protocol.answers_file:
                raise NotAskable
            stored = StoredCall.of(call, request)
            found = self._begun(caller, stored, decision)
            if isinstance(found, Approval):
                self._prepare(found, call, request, stored)
                raise self._needed(found.org, found.id)
        except ApprovalNeeded:
            raise
        except BaseException as error:
            self._record(
                answers.not_asked(caller, call, decision, error, self._clock.now()), caller
            )
            raise
        self._record(answers.repeated(found.approval, decision, self._clock.now()), caller)
        return answers.answer(found.approval)

    def _prepare(
        self, found: Approval, call: CallRequest, request: BaseModel, stored: StoredCall
    ) -> None:
        try:
            self._preparation.prepare(found, call, request, stored)
        except BaseException:
            self._withdraw(found)
            raise

    def _record(self, outcome: Draft, caller: AgentCaller) -> None:
        """Record what the agent is told. The agent gets it also where that fails."""
        try:
            self._audit.record_outcome(caller.org, outcome)
        except Exception:
            logger.exception("an outcome could not be written", extra={"agent": caller.agent_id})

    def answer(self, caller: AgentCaller, approval_id: str) -> CallAnswer:
        """Return the same answer by id, for the agent that asked, until the approval is deleted.

        Raises the errors of `ask`, and `NoApproval`.
        """
        self._identity.check(caller)
        approval = self._approvals.get(caller.org, approval_id)
        if approval.agent_id != caller.agent_id:
            raise NoApproval
        if approval.state in WAITING and approval.expires <= self._clock.now():
            approval = self._approvals.expire(caller.org, approval_id)
        if approval.state not in ENDED:
            raise self._needed(approval.org, approval.id)
        self._check_still_given(caller, approval)
        with self._database.begin() as connection:
            store.change(TenantConnection(connection, caller.org), approval_id, unanswered=None)
        return answers.answer(approval)

    def find(self, org: str, approval_id: str) -> Approval | None:
        """Return the approval with this id; None if there is none."""
        with self._database.read() as connection:
            return store.find(TenantConnection(connection, org), approval_id)

    def is_open(self, tenant: TenantConnection, approval_id: str, now: float) -> bool:
        """Whether the approval exists, has not ended and has not expired."""
        approval = store.find(tenant, approval_id)
        if approval is None or approval.state in ENDED:
            return False
        return approval.state not in WAITING or approval.expires > now

    def arrived(self, org: str, approval_id: str) -> None:
        """Inspect the uploaded file of a call, and ask a person."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            approval = store.find(tenant, approval_id, lock=True)
            if approval is None or approval.state is not CallApprovalState.UPLOADING:
                return
            if approval.expires <= self._clock.now():
                return
            approval = self._hold(tenant, approval)
        try:
            self._preparation.prepare_arrived(approval)
        except ApiError as error:
            if error.retryable:
                self._lay_back(approval)
                raise
            self.fail(approval, error)

    def ask_about_upload(
        self, caller: AgentCaller, stored: StoredCall, decision: Ask, post_id: str
    ) -> None:
        """Ask a person about a post whose file arrived after the grants began to ask. The
        approval has the post's id."""
        with self._database.begin() as connection:
            tenant, now = TenantConnection(connection, caller.org), self._clock.now()
            if store.find(tenant, post_id) is None:
                self._new(tenant, caller, stored, decision, now, post_id)
        self.arrived(caller.org, post_id)

    def _lay_back(self, approval: Approval) -> None:
        """Undo `_hold`: the client is to send the upload's last request again."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, approval.org)
            now = store.find(tenant, approval.id, lock=True)
            if now is not None and now.held_by == approval.held_by:
                back = {"state": CallApprovalState.UPLOADING.value, **leases.RELEASED}
                store.change(tenant, approval.id, **back)

    def _begun(self, caller: AgentCaller, stored: StoredCall, decision: Ask) -> Approval | _Ended:
        """Return a new approval of this call to prepare in this run, or an approval that has ended.

        Raises `ApprovalNeeded` if the call waits already.
        """
        for _ in range(3):
            try:
                found = self._found_or_new(caller, stored, decision)
            except IntegrityError:  # another request was first to ask about this call
                continue
            if found is not None:
                return found
        raise RuntimeError("an approval can't be found and can't be made")

    def _found_or_new(
        self, caller: AgentCaller, stored: StoredCall, decision: Ask
    ) -> Approval | _Ended | None:
        digest = stored.digest
        with self._database.begin() as connection:
            tenant, now = TenantConnection(connection, caller.org), self._clock.now()
            approval = store.unanswered(tenant, caller.agent_id, digest)
            if approval is not None and approval.state in ENDED:
                store.change(tenant, approval.id, unanswered=None)
                if (approval.ended or 0.0) + ANSWER_SECONDS > now:
                    return _Ended(approval)
                approval = None
            if approval is None:
                return self._new(tenant, caller, stored, decision, now)
            if approval.state is CallApprovalState.PREPARING and leases.is_free(approval):
                return self._hold(tenant, approval)
        if approval.state in WAITING and approval.expires <= now:
            self._approvals.expire(approval.org, approval.id)
            return None
        raise self._needed(approval.org, approval.id)

    def _new(
        self,
        tenant: TenantConnection,
        caller: AgentCaller,
        stored: StoredCall,
        decision: Ask,
        now: float,
        post_id: str | None = None,
    ) -> Approval:
        """Insert an approval. `post_id`: the call made a post, whose file has been uploaded."""
        if decision.receipt is None:
            raise RuntimeError("no row, no call")
        if store.waiting(tenant, caller.agent_id) >= MOST_WAITING:
            raise TooManyApprovals(
                f"{MOST_WAITING} calls of this agent wait for a person already: let them decide "
                "first.",
                retry_after=600,
            )
        approval_id = post_id or f"{int(now * 1_000):012x}{secrets.token_hex(10)}"
        state = CallApprovalState.PREPARING if post_id is None else CallApprovalState.UPLOADING
        link = links.capability(self._keys, caller.org, approval_id)
        expires = now + self._settings.approval_hours * 3_600
        store.add(
            tenant,
            id=approval_id,
            agent_id=caller.agent_id,
            key_digest=caller.digest,
            operation=stored.operation,
            account=stored.account,
            digest=stored.digest,
            unanswered=stored.digest if post_id is None else None,
            seq=decision.receipt.seq,
            state=state.value,
            link=links.digest(link),
            request=stored.text,
            files=[],
            created=now,
            expires=expires,
            **(leases.hold(_HELD_SECONDS) if post_id is None else {}),
        )
        wait(tenant.connection, store.KIND, f"{tenant.org}/{approval_id}", expires)
        return store.get(tenant, approval_id)

    def _hold(self, tenant: TenantConnection, approval: Approval) -> Approval:
        """Take the lease of the approval's preparation."""
        store.change(
            tenant,
            approval.id,
            state=CallApprovalState.PREPARING.value,
            **leases.hold(_HELD_SECONDS),
        )
        return store.get(tenant, approval.id)

    def _withdraw(self, approval: Approval) -> None:
        """Remove an approval about which no person was asked; the next call creates another."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, approval.org)
            now = store.find(tenant, approval.id, lock=True)
            if now is not None and now.held_by == approval.held_by:
                store.remove(tenant, approval.id)

    def fail(self, approval: HeldApproval, error: ApiError) -> None:
        """End an approval whose file can't be posted, without asking a person."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, approval.org)
            now = store.find(tenant, approval.id, lock=True)
            if now is not None and now.held_by == approval.held_by:
                self._approvals.end(
                    tenant, now, CallApprovalState.FAILED, failure=answers.failure_of(error)
                )

    def _needed(self, org: str, approval_id: str) -> ApprovalNeeded:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            approval = store.get(tenant, approval_id)
            if approval.state is not CallApprovalState.UPLOADING:
                return ApprovalNeeded(approval.id, approval.state.value, approval.expires)
            (medium,) = self._media.of_post(tenant, approval_id)
            url = self._media.upload_url(tenant, medium.id)
        upload_url = posts.upload_url(self._settings.public_url, url)
        return ApprovalNeeded(approval.id, approval.state.value, approval.expires, upload_url)

    def _check_still_given(self, caller: AgentCaller, approval: Approval) -> None:
        """Check that the agent may still read the result of a read. Raises `Denied`."""
        operation = vocabulary.operations().get(approval.operation)
        if approval.state is not CallApprovalState.DONE or operation is None:
            return
        if operation.effect is OperationEffect.READ:
            stored = StoredCall.read(approval.request, approval.digest)
            decision = self._gate.explain(
                caller.org, caller.agent_id, stored.operation, stored.account, stored.arguments
            )
            if isinstance(decision, Deny):
                raise Denied(decision)


@dataclass(frozen=True, slots=True)
class _Ended:
    approval: Approval
