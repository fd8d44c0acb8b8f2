"""/api/approvals: list, show, approve and refuse calls that wait for a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from stagedoor.connector.actions import records_itself
from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.documented import raises
from stagedoor.connector.idempotency import ShownOnce
from stagedoor.connector.provided import provided
from stagedoor.connector.queries import Cursor
from stagedoor.connector.shapes import Model, ResponseModel, example, moment
from stagedoor.connector.tenants.roles import Role

from ..audit.entry import ApprovalOutcome
from ..audit.errors import AuditUnavailable
from .approval import Approval, CallApprovalState
from .errors import DecidedAlready, NoApproval, NotReady
from .preview import Preview
from .service import Approvals

ROUTER = router(prefix="/api/approvals", tags=["approvals"], dependencies=[needs(Role.ADMIN)])


class Failure(ResponseModel):
    """Why an approved call failed."""

    code: str
    """TikTok's code, or the service's."""
    message: str
    """The error's text: the event, and the next step."""
    log_id: str | None


class CallApprovalShown(ResponseModel):
    """An approval. `link` is a page on which anyone with the address can decide while the call
    waits. `preview` is null until all files are stored, and after an erasure."""

    id: str
    """The id of the approval."""
    state: CallApprovalState
    """How far the call is."""
    agent_id: str
    """The agent that asked."""
    operation: str
    """The operation, such as `posting.video_init`."""
    integration_id: str | None
    """The account that the call is for."""
    created: datetime
    """When the agent asked, in UTC."""
    expires: datetime
    """Until when a person can decide, in UTC."""
    preview: Preview | None
    """Exactly the call that would be made; null until all files are stored, and after an
    erasure."""
    link: Annotated[str | None, ShownOnce("GET /api/approvals/<id> gives it again.")]
    """A page where anyone with the address can decide; null: nothing is to be decided."""
    verdict: ApprovalOutcome | None
    """How the wait ended; null: it hasn't."""
    decided_at: datetime | None
    """When it was decided, in UTC."""
    decided_by: str | None
    """The person who decided."""
    note: str | None
    """The person's words for the agent and the audit."""
    audit_id: str
    """The call's entry in the audit."""
    publish_id: str | None
    """The post that the call made; null: none."""
    failure: Failure | None
    """Why the approved call failed; null: it didn't."""

    @classmethod
    def of(cls, approvals: Approvals, one: Approval) -> CallApprovalShown:
        failure = one.failure
        return cls(
            id=one.id,
            state=one.state,
            agent_id=one.agent_id,
            operation=one.operation,
            integration_id=one.account,
            created=moment(one.created),
            expires=moment(one.expires),
            preview=one.preview,
            link=approvals.link(one.org, one.id)
            if one.state is CallApprovalState.PENDING
            else None,
            verdict=one.verdict,
            decided_at=moment(one.decided),
            decided_by=one.decided_by,
            note=one.note,
            audit_id=str(one.seq),
            publish_id=one.post,
            failure=None
            if failure is None
            else Failure(code=failure["code"], message=failure["message"], log_id=failure["logId"]),
        )


class ApprovalsShown(ResponseModel):
    """A page of approvals."""

    approvals: list[CallApprovalShown]
    """The approvals of this page, newest first."""
    next_cursor: str | None


class Decision(Model):
    """A decision. `note` is for the agent and the audit."""

    model_config = example(decision="approve", note="Good text.")

    decision: Literal["approve", "refuse"]
    """Whether the call is made."""
    note: Annotated[str, Field(max_length=500)] | None = None
    """Words for the agent and the audit."""


class Which(StrEnum):
    """The value of `state` that selects all states."""

    ALL = "all"
    """All states."""


VERDICTS: dict[str, ApprovalOutcome] = {
    "approve": ApprovalOutcome.APPROVED,
    "refuse": ApprovalOutcome.REFUSED,
}
_Approvals = Annotated[Approvals, provided(Approvals)]


@ROUTER.get("")
def list_approvals(
    caller: CallerIs,
    approvals: _Approvals,
    state: Annotated[
        CallApprovalState | Which, Query(description="Only approvals in this state.")
    ] = (CallApprovalState.PENDING),
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ApprovalsShown:
    """List calls that wait for a person, newest first; `state` selects another state, or all."""
    states = () if isinstance(state, Which) else (state,)
    page = approvals.page(caller.org, states, cursor, limit)
    shown = [CallApprovalShown.of(approvals, one) for one in page.items]
    return ApprovalsShown(approvals=shown, next_cursor=page.next_cursor)


@ROUTER.get("/{approval_id}")
@raises(NoApproval)
def show_approval(caller: CallerIs, approvals: _Approvals, approval_id: str) -> CallApprovalShown:
    """Return one approval: exactly the call that would be made, and its state."""
    return CallApprovalShown.of(approvals, approvals.get(caller.org, approval_id))


@ROUTER.post("/{approval_id}")
@raises(NoApproval, DecidedAlready, NotReady, AuditUnavailable)
@records_itself
def decide_approval(
    caller: CallerIs, approvals: _Approvals, approval_id: str, body: Decision
) -> CallApprovalShown:
    """Approve a call, which then is executed, or refuse it for good. Repeating the same decision
    is no error."""
    verdict = VERDICTS[body.decision]
    approval = approvals.decide(caller.org, approval_id, verdict, caller.user, body.note or None)
    return CallApprovalShown.of(approvals, approval)
