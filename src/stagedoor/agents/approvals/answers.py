"""The result of an ended approval, for the agent and for the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.connector.errors import ApiError
from stagedoor.connector.publishing.outcomes import PostFailure

from .. import quoting, vocabulary
from ..audit.entry import ApprovalOutcome, CallOutcome, Draft, EntryKind
from ..calls.request import CallAnswer, CallRequest
from ..decisions import wording
from ..decisions.decision import Ask
from ..identity.service import AgentCaller
from .approval import Approval, CallApprovalState
from .errors import ApprovalExpired, ApprovalRefused


def answer(approval: Approval) -> CallAnswer:
    """Return the call's answer. Raises the error with which the approval ended."""
    if approval.state is CallApprovalState.DONE:
        result: Mapping[str, Any] = approval.result or {}
        return CallAnswer(result.get("data") or {}, result.get("logId"), result.get("post"))
    if approval.state is CallApprovalState.REFUSED:
        note = f" They say: {approval.note}" if approval.note else ""
        raise ApprovalRefused(f"A person refused this, so nothing was done.{note}")
    failure = approval.failure or {}
    if approval.state is CallApprovalState.EXPIRED:
        words = failure.get("message") or "Nobody decided in time, so nothing was done."
        raise ApprovalExpired(str(words))
    raise ApiError(
        str(failure.get("message") or "It isn't known what became of it."),
        code=str(failure.get("code") or "outcome_unknown"),
        http=int(failure.get("http") or 409),
        log_id=failure.get("logId"),
    )


def refusal(approval: Approval, state: CallApprovalState) -> PostFailure:
    """Return why a post that waited for an approval isn't published."""
    words = {
        CallApprovalState.REFUSED: "A person refused this post, so it wasn't published.",
        CallApprovalState.EXPIRED: (
            "Nobody decided about this post in time, so it wasn't published."
        ),
    }
    remedy = f"Approval {approval.id} says more."
    return PostFailure(
        f"approval_{state.value}", words.get(state, "The post couldn't be published."), remedy
    )


def failure_of(error: ApiError) -> dict[str, Any]:
    """Return an error as data, to be raised again later."""
    return {
        "code": error.code,
        "message": error.message,
        "http": error.http,
        "logId": error.log_id,
    }


_ENDS: Mapping[CallApprovalState, CallOutcome | ApprovalOutcome] = {
    CallApprovalState.DONE: CallOutcome.DONE,
    CallApprovalState.FAILED: CallOutcome.FAILED,
    CallApprovalState.UNKNOWN: CallOutcome.UNKNOWN,
    CallApprovalState.REFUSED: ApprovalOutcome.REFUSED,
    CallApprovalState.EXPIRED: ApprovalOutcome.EXPIRED,
}


def repeated(approval: Approval, decision: Ask, now: float) -> Draft:
    """Return the audit entry of what the agent is told that repeats the call of an ended
    approval; `decision`: on the repeated call."""
    outcome = _ENDS[approval.state]
    log_id = (approval.result or approval.failure or {}).get("logId")
    stored = approval.operation, approval.account
    words = wording.outcome_of_repeated(decision.sentence, outcome)
    return _end(approval.agent_id, *stored, decision, outcome, log_id, words, now)


def not_asked(
    caller: AgentCaller, call: CallRequest, decision: Ask, error: object, now: float
) -> Draft:
    """Return the audit entry of a call about which no person could be asked."""
    words = wording.not_asked(decision.sentence, quoting.remark(str(error)))
    made = call.operation.id, call.account
    log_id = getattr(error, "log_id", None)
    return _end(caller.agent_id, *made, decision, CallOutcome.FAILED, log_id, words, now)


def _end(
    agent_id: str,
    operation_id: str,
    account: str | None,
    decision: Ask,
    outcome: CallOutcome | ApprovalOutcome,
    log_id: str | None,
    words: str,
    now: float,
) -> Draft:
    if decision.receipt is None:
        raise RuntimeError("no row, no call")
    operation = vocabulary.operations().get(operation_id)
    return Draft(
        kind=EntryKind.OUTCOME,
        at=now,
        about=decision.receipt.seq,
        agent=agent_id,
        account=account,
        operation=operation_id,
        resource=None if operation is None else operation.resource.value,
        outcome=outcome.value,
        log_id=log_id,
        text={"ended": words},
    )


def entry(
    approval: Approval, verdict: ApprovalOutcome, by: str | None, note: str | None, now: float
) -> Draft:
    """Return the audit entry of a person's verdict: on which decision, and by whom."""
    operation = vocabulary.operations().get(approval.operation)
    shown = approval.preview
    question = "" if shown is None else shown.sentence
    return Draft(
        kind=EntryKind.APPROVAL,
        at=now,
        about=approval.seq,
        agent=approval.agent_id,
        account=approval.account,
        operation=approval.operation,
        resource=None if operation is None else operation.resource.value,
        outcome=verdict.value,
        text={
            "sentence": wording.decided(question, verdict, by),
            "by": by,
            "note": note,
            "approval": approval.id,
            "digest": approval.digest,
        },
    )
