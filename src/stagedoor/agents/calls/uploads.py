"""Files of posts that agents began: the call is decided again during the upload and at its end.

A key that ended, grants that were revoked and `askFirst` count also for an upload that began before
the change. A denied upload cancels its post, with the reason in the post's journal; where the
grants now ask first, the post waits for a person.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import Forbidden, InvalidInput, ServiceUnavailable
from stagedoor.connector.media.service import Medium
from stagedoor.connector.publishing.cancelling import Cancelling
from stagedoor.connector.publishing.outcomes import PostFailure
from stagedoor.connector.publishing.scheduling import Scheduling

from ..audit.entry import CallOutcome
from ..decisions.decision import Allow, Ask, Decision, Deny, Guard
from ..decisions.gate import DecisionGate
from ..decisions.request import DecisionRequest
from ..identity.service import AgentCaller, AgentRegistry
from . import store
from .approval_port import ApprovalPort, CallToApprove
from .errors import Denied
from .stored_call import StoredCall

FORGET_SECONDS = 40 * 86_400.0
"""Longer than a draft's media are kept."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """The call of a file. `allowed` is the time of its decision; None: it waits as `approval`."""

    post_id: str
    caller: AgentCaller
    request: StoredCall
    allowed: float | None
    approval: CallToApprove | None

    @property
    def call(self) -> DecisionRequest:
        asked = self.request
        return DecisionRequest(self.caller, asked.operation, asked.account, asked.arguments)


def begin(
    database: Database,
    clock: Clock,
    caller: AgentCaller,
    subject: str,
    request: StoredCall | None = None,
) -> None:
    """Record the agent that sends the file of the post `subject`, which `request` is about to
    make, or the medium `subject`, for a later call."""
    now = clock.now()
    with database.begin() as connection:
        tenant = TenantConnection(connection, caller.org)
        store.forget_uploads(tenant, now - FORGET_SECONDS)
        store.add_upload(
            tenant,
            subject,
            agent_id=caller.agent_id,
            key_digest=caller.digest,
            request="" if request is None else request.text,
            decided=now,
        )


def allowed_at(database: Database, org: str, post_id: str) -> float | None:
    """Return the time at which the call was allowed that began a post whose file came later."""
    with database.read() as connection:
        row = store.upload(TenantConnection(connection, org), post_id)
    return None if row is None else float(row.decided)


class Uploads:
    """Decides about the files that agents send."""

    def __init__(
        self,
        *,
        database: Database,
        scheduling: Scheduling,
        cancelling: Cancelling,
        identity: AgentRegistry,
        gate: DecisionGate,
        approvals: ApprovalPort,
    ) -> None:
        self._database = database
        self._scheduling = scheduling
        self._cancelling = cancelling
        self._identity = identity
        self._gate = gate
        self._approvals = approvals

    def check(self, medium: Medium) -> None:
        """Check a file that is still being sent. Raises `Denied` if its call isn't allowed any
        more, and `NoLongerTrusted` if no call came yet and its agent may make none."""
        sender = self._sender(medium)
        if sender is not None:
            self._identity.check(sender)
            return
        begun = self._begun(medium)
        if self._gate.denial_now(begun.call, begun.allowed) is not None:
            self._decided(begun)

    def arrived(self, medium: Medium) -> None:
        """Publish the post of a complete file, or ask a person. Raises `Denied`."""
        if self._sender(medium) is not None:
            return
        begun = self._begun(medium)
        if begun.approval is not None:
            self.check(medium)
            self._approvals.arrived(medium.org, begun.post_id)
            return
        decision = self._decided(begun)
        if isinstance(decision, Ask):
            self._approvals.ask_about_upload(begun.caller, begun.request, decision, begun.post_id)
        else:
            self._scheduling.publish(medium.org, begun.post_id, offered_checked=True)
            if isinstance(decision, Allow) and decision.receipt is not None:
                self._gate.settle(decision, CallOutcome.DONE)

    def _sender(self, medium: Medium) -> AgentCaller | None:
        """Return the agent that sends a file of begin_upload; None for any other file."""
        with self._database.read() as connection:
            row = store.upload(TenantConnection(connection, medium.org), medium.id)
        return None if row is None else AgentCaller(medium.org, row.agent_id, row.key_digest)

    def _begun(self, medium: Medium) -> _Begun:
        if medium.post is None:
            raise InvalidInput("This upload is of no post.")
        approval = self._approvals.find(medium.org, medium.post)
        if approval is not None:
            caller = AgentCaller(approval.org, approval.agent_id, approval.key_digest)
            request = StoredCall.read(approval.request, approval.digest)
            return _Begun(medium.post, caller, request, None, approval)
        with self._database.read() as connection:
            row = store.upload(TenantConnection(connection, medium.org), medium.post)
        if row is None:
            raise Forbidden("No call is on record for this upload: make the call again.")
        caller = AgentCaller(medium.org, row.agent_id, row.key_digest)
        request = StoredCall.read(row.request, hashlib.sha256(row.request.encode()).hexdigest())
        return _Begun(medium.post, caller, request, row.decided, None)

    def _decided(self, begun: _Begun) -> Decision:
        """Decide again as of now, with a record unless nothing changed. Raises `Denied`."""
        call = begun.call
        decision = self._gate.again(
            call.caller, call.operation_id, call.account, call.arguments, begun.allowed
        )
        if not isinstance(decision, Deny):
            return decision
        if decision.rule == Guard.UNAVAILABLE:
            raise ServiceUnavailable(decision.reason, retry_after=5)
        denied = Denied(decision)
        if begun.approval is not None:
            self._approvals.fail(begun.approval, denied)
        else:
            failure = PostFailure(
                denied.code, decision.reason, "An admin decides what the agent may do."
            )
            with self._database.begin() as connection:
                self._cancelling.refuse(
                    TenantConnection(connection, call.org), begun.post_id, failure
                )
        raise denied
