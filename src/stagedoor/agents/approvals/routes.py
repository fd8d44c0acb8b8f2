"""/api/approvals: list, show, approve and refuse calls that wait for a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from stagedoor.connector.api import CallerIs, needs, router
from stagedoor.connector.idempotency import ShownOnce
from stagedoor.connector.provided import provided
from stagedoor.connector.shapes import Model, ResponseModel
from stagedoor.connector.tenants.roles import Role

from ..api import moment
from ..audit.entry import ApprovalOutcome
from .approval import Approval, State
from .preview import Preview
from .service import Approvals

ROUTER = router(prefix="/api/approvals", tags=["approvals"], dependencies=[needs(Role.ADMIN)])


class Failure(ResponseModel):
    code: str
    message: str
    log_id: str | None


class ApprovalShown(ResponseModel):
    """An approval. `link` is a page on which anyone with the address can decide while the call
    waits. `preview` is null until all files are stored, and after an erasure."""

    id: str
    state: State
    agent_id: str
    operation: str
    integration_id: str | None
    created: datetime
    expires: datetime
    preview: Preview | None
    link: Annotated[str | None, ShownOnce("GET /api/approvals/<id> gives it again.")]
    verdict: ApprovalOutcome | None
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    audit_id: str
    publish_id: str | None
    failure: Failure | None

    @classmethod
    def of(cls, approvals: Approvals, one: Approval) -> ApprovalShown:
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
            link=approvals.link(one.org, one.id) if one.state is State.PENDING else None,
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
    approvals: list[ApprovalShown]
    next_cursor: str | None


class Decision(Model):
    """A decision. `note` is for the agent and the audit."""

    decision: Literal["approve", "refuse"]
    note: Annotated[str, Field(max_length=500)] | None = None


class Which(StrEnum):
    """The value of `state` that selects all states."""

    ALL = "all"


VERDICTS: dict[str, ApprovalOutcome] = {
    "approve": ApprovalOutcome.APPROVED,
    "refuse": ApprovalOutcome.REFUSED,
}
_Approvals = Annotated[Approvals, provided(Approvals)]
_Cursor = Annotated[str | None, Query(pattern=r"^[0-9a-f]{1,64}$")]


@ROUTER.get("")
def read(
    caller: CallerIs,
    approvals: _Approvals,
    state: State | Which = State.PENDING,
    cursor: _Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ApprovalsShown:
    """List calls that wait for a person, newest first; `state` selects another state, or all."""
    states = () if isinstance(state, Which) else (state,)
    page = approvals.page(caller.org, states, cursor, limit)
    shown = [ApprovalShown.of(approvals, one) for one in page.items]
    return ApprovalsShown(approvals=shown, next_cursor=page.next_cursor)


@ROUTER.get("/{approval_id}")
def get(caller: CallerIs, approvals: _Approvals, approval_id: str) -> ApprovalShown:
    """Return one approval: exactly the call that would be made, and its state."""
    return ApprovalShown.of(approvals, approvals.get(caller.org, approval_id))


@ROUTER.post("/{approval_id}")
def decide(
    caller: CallerIs, approvals: _Approvals, approval_id: str, body: Decision
) -> ApprovalShown:
    """Approve a call, which then is executed, or refuse it for good. Repeating the same decision
    is no error."""
    verdict = VERDICTS[body.decision]
    approval = approvals.decide(caller.org, approval_id, verdict, caller.user, body.note or None)
    return ApprovalShown.of(approvals, approval)
