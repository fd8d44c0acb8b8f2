"""Files of posts that agents began: the call is decided again while its file comes, and at its end.

A key that ended, grants that were taken away and `askFirst` count for an upload that began before
they did. A denied upload cancels its post, with the reason in the post's journal; where the grants
ask now, the post waits for a person.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import BadRequest, Forbidden, Unavailable
from stagedoor.connector.media.service import Medium
from stagedoor.connector.publishing.outcomes import Failure

from ..approvals.approval import Approval
from ..approvals.errors import NoApproval
from ..approvals.request import Call as Request
from ..audit.entry import Outcome
from ..decisions.decision import Allow, Ask, Decision, Deny, Guard
from ..decisions.recording import Call
from ..identity.service import Caller
from . import store
from .errors import Denied

if TYPE_CHECKING:
    from stagedoor.connector.container import Container

    from ..services import Agents

_FORGET_SECONDS = 40 * 86_400.0
"""Longer than a draft's media are kept."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """The call that a file is for. `allowed` is when it was, None while it waits as `approval`."""

    post_id: str
    caller: Caller
    request: Request
    allowed: float | None
    approval: Approval | None

    @property
    def call(self) -> Call:
        asked = self.request
        return Call(self.caller, asked.operation, asked.account, asked.arguments)


def begin(
    services: Container, caller: Caller, subject: str, request: Request | None = None
) -> None:
    """Keep who sends the file of the post `subject`, which is about to be made by `request`, or
    the medium `subject`, for a call that comes later."""
    now = services.clock.now()
    with services.database.begin() as connection:
        scope = TenantConnection(connection, caller.org)
        store.forget_uploads(scope, now - _FORGET_SECONDS)
        store.add_upload(
            scope,
            subject,
            agent_id=caller.agent_id,
            key_digest=caller.digest,
            request="" if request is None else request.text,
            decided=now,
        )


def allowed_at(services: Container, org: str, post_id: str) -> float | None:
    """When the call was allowed that began a post whose file came later."""
    with services.database.read() as connection:
        row = store.upload(TenantConnection(connection, org), post_id)
    return None if row is None else float(row.decided)


def check(agents: Agents, medium: Medium) -> None:
    """Raises `Denied` where the call of a file that is still coming isn't allowed any more, and
    `NoLongerTrusted` where no call came yet and its agent may make none."""
    sender = _sender(agents, medium)
    if sender is not None:
        agents.identity.check(sender)
        return
    begun = _begun(agents, medium)
    if agents.gate.denial_now(begun.call, begun.allowed) is not None:
        _decided(agents, begun)


def arrived(agents: Agents, medium: Medium) -> None:
    """With the last byte the post is published, or a person is asked about it. Raises `Denied`."""
    if _sender(agents, medium) is not None:
        return
    begun = _begun(agents, medium)
    if begun.approval is not None:
        check(agents, medium)
        agents.approvals.arrived(medium.org, begun.post_id)
        return
    decision = _decided(agents, begun)
    if isinstance(decision, Ask):
        agents.approvals.ask_about_upload(begun.caller, begun.request, decision, begun.post_id)
    else:
        agents.services.scheduling.publish(medium.org, begun.post_id, offered_checked=True)
        if isinstance(decision, Allow) and decision.receipt is not None:
            agents.gate.settle(decision, Outcome.DONE)


def _sender(agents: Agents, medium: Medium) -> Caller | None:
    """Who sends a file of begin_upload; None: it is another file."""
    with agents.services.database.read() as connection:
        row = store.upload(TenantConnection(connection, medium.org), medium.id)
    return None if row is None else Caller(medium.org, row.agent_id, row.key_digest)


def _begun(agents: Agents, medium: Medium) -> _Begun:
    if medium.post is None:
        raise BadRequest("This upload is of no post.")
    try:
        approval = agents.approvals.get(medium.org, medium.post)
    except NoApproval:
        pass
    else:
        caller = Caller(approval.org, approval.agent_id, approval.key_digest)
        request = Request.read(approval.request, approval.digest)
        return _Begun(medium.post, caller, request, None, approval)
    with agents.services.database.read() as connection:
        row = store.upload(TenantConnection(connection, medium.org), medium.post)
    if row is None:
        raise Forbidden("Nobody knows which call began this upload: make the call again.")
    caller = Caller(medium.org, row.agent_id, row.key_digest)
    request = Request.read(row.request, hashlib.sha256(row.request.encode()).hexdigest())
    return _Begun(medium.post, caller, request, row.decided, None)


def _decided(agents: Agents, begun: _Begun) -> Decision:
    """The decision as of now, on record unless nothing changed. Raises `Denied`."""
    call = begun.call
    decision = agents.gate.again(
        call.caller, call.operation_id, call.account, call.arguments, begun.allowed
    )
    if not isinstance(decision, Deny):
        return decision
    if decision.rule == Guard.UNAVAILABLE:
        raise Unavailable(decision.reason, retry_after=5)
    denied = Denied(decision)
    if begun.approval is not None:
        agents.approvals.fail(begun.approval, denied)
    else:
        failure = Failure(denied.code, decision.reason, "An admin decides what the agent may do.")
        with agents.services.database.begin() as connection:
            agents.services.cancelling.refuse(
                TenantConnection(connection, call.org), begun.post_id, failure
            )
    raise denied
