"""Execute approved calls: exactly the approved call, once, and only if the grants still allow it.

The start is recorded before the call is made. A worker that finds a dead worker's run repeats a
read, and a post, which has the approval's id and so is made only once; of any other write the
outcome is unknown.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import Any

from stagedoor.connector import leases
from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import ApiError, ServiceUnavailable
from stagedoor.connector.event_types import EventType
from stagedoor.connector.media.service import MediaService
from stagedoor.connector.notices.service import Notices
from stagedoor.connector.publishing import store as post_rows
from stagedoor.connector.publishing.states import PostState
from stagedoor.connector.schedule.store import wait
from stagedoor.platform.operation import Operation, OperationEffect

from .. import vocabulary
from ..audit.entry import CallOutcome
from ..calls import posts, uploads
from ..calls.errors import ChangedSince, Denied
from ..calls.executor import CallFailed
from ..calls.request import CallAnswer
from ..calls.service import Calls
from ..calls.stored_call import StoredCall
from ..decisions.decision import Guard
from ..identity.service import AgentCaller
from . import store
from .answers import failure_of
from .approval import ENDED, WAITING, Approval, CallApprovalState
from .errors import ApprovalExpired
from .files import CallFiles
from .service import Approvals

LATE_SECONDS = 86_400.0
"""Seconds after which an approved call that couldn't be made isn't made any more."""
_AGAIN_SECONDS = 20.0
_LOOK_SECONDS = 5.0
_HELD_SECONDS = 300.0
_PAUSES = (0.5, 2.0, 5.0)
_PASSING = frozenset({Guard.UNAVAILABLE, Guard.TOO_MANY_CALLS})
"""Denials that may pass after a short wait."""

logger = logging.getLogger("stagedoor.agents")


@dataclass(frozen=True, slots=True)
class _Taken:
    """An approval whose lease this run holds; `again`: an earlier run died while executing it."""

    approval: Approval
    again: bool


@dataclass(frozen=True, slots=True)
class _Became:
    """The outcome of a run. `state` APPROVED: the call is to be tried again."""

    state: CallApprovalState
    done: CallAnswer | None = None
    error: ApiError | None = None


class ApprovalExecutor:
    """The job of approvals: takes the step of an approval that is due."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        media: MediaService,
        notices: Notices,
        files: CallFiles,
        calls: Calls,
        approvals: Approvals,
    ) -> None:
        self._database = database
        self._clock = clock
        self._media = media
        self._notices = notices
        self._files = files
        self._calls = calls
        self._approvals = approvals

    def run(self, ref: str) -> None:
        """Take the step that is due, if any. Safe to call at any time, also concurrently."""
        org, _, approval_id = ref.rpartition("/")
        taken = self._take(org, approval_id)
        if taken is not None:
            self._finish(taken.approval, self._carried(taken))

    def _take(self, org: str, approval_id: str) -> _Taken | None:
        over = False
        with self._database.begin() as connection:
            tenant, now = TenantConnection(connection, org), self._clock.now()
            approval = store.find(tenant, approval_id, lock=True)
            if approval is None:
                return None
            match approval.state:
                case CallApprovalState.APPROVED if (approval.decided or 0.0) + LATE_SECONDS < now:
                    error = ApprovalExpired(
                        "It was approved, but couldn't be done for a day, so it wasn't done."
                    )
                    self._approvals.end(
                        tenant, approval, CallApprovalState.EXPIRED, failure=failure_of(error)
                    )
                case CallApprovalState.APPROVED:
                    return _Taken(self._hold(tenant, approval), False)
                case CallApprovalState.DOING if leases.is_free(approval):
                    return _Taken(self._hold(tenant, approval), True)
                case CallApprovalState.DOING:
                    wait(connection, store.KIND, approval.ref, now + _LOOK_SECONDS)
                case state if state in WAITING and approval.expires > now:
                    wait(connection, store.KIND, approval.ref, approval.expires)
                case state if state in WAITING:
                    over = True
                case state if state in ENDED:
                    self._forget(tenant, approval, now)
        if over:
            self._approvals.expire(org, approval_id)
        return None

    def _hold(self, tenant: TenantConnection, approval: Approval) -> Approval:
        store.change(
            tenant,
            approval.id,
            state=CallApprovalState.DOING.value,
            **leases.hold(_HELD_SECONDS),
        )
        found = store.find(tenant, approval.id)
        return approval if found is None else found

    def _forget(self, tenant: TenantConnection, approval: Approval, now: float) -> None:
        if approval.keep_until is not None and approval.keep_until > now:
            wait(tenant.connection, store.KIND, approval.ref, approval.keep_until)
            return
        if not self._approvals.posted(tenant, approval.id):
            self._media.release(tenant, approval.id, at_once=True)
        store.remove(tenant, approval.id)

    def _carried(self, taken: _Taken) -> _Became:
        approval = taken.approval
        operation = vocabulary.operations().get(approval.operation)
        try:
            return self._made(taken, operation)
        except Denied as error:
            passing = error.decision.rule in _PASSING
            return _Became(
                CallApprovalState.APPROVED if passing else CallApprovalState.FAILED, error=error
            )
        except ApiError as error:
            return _Became(_state_of(error, operation), error=error)
        except Exception as broken:
            logger.exception("an approved call broke off", extra={"approval": approval.id})
            words = (
                f"Something went wrong in Stagedoor ({type(broken).__name__}); its log says what."
            )
            harmless = operation is None or _repeatable(operation)
            return _Became(
                CallApprovalState.FAILED if harmless else CallApprovalState.UNKNOWN,
                error=ApiError(words),
            )

    def _made(self, taken: _Taken, operation: Operation[..., Any] | None) -> _Became:
        """Make the call. Raises `ChangedSince`, and the errors of the call."""
        approval = taken.approval
        if operation is None:
            raise ChangedSince("There is no such operation any more: nothing was done.")
        if taken.again and not _repeatable(operation):
            words = (
                "The process that made this call ended before its answer came: nobody can say "
                "whether it was done. Look at TikTok."
            )
            return _Became(
                CallApprovalState.UNKNOWN, error=ApiError(words, code="outcome_unknown", http=409)
            )
        with self._database.read() as connection:
            post = post_rows.find(TenantConnection(connection, approval.org), approval.id)
        if post is not None and post.state is not PostState.DRAFT:
            return _Became(
                CallApprovalState.DONE, CallAnswer({"publish_id": approval.id}, post=approval.id)
            )
        call = StoredCall.read(approval.request, approval.digest)
        self._files.check(approval.org, approval.files)
        media = tuple(medium for medium, _ in approval.files)
        caller = AgentCaller(approval.org, approval.agent_id, approval.key_digest)
        done = self._calls.make(
            caller,
            call.call_request(operation, media),
            approved=True,
            post_id=approval.id,
            counted=uploads.allowed_at(self._database, approval.org, approval.id),
        )
        return _Became(
            CallApprovalState.DONE, done if post is None else replace(done, post=post.id)
        )

    def _finish(self, approval: Approval, became: _Became) -> None:
        for pause in _PAUSES:
            try:
                self._write(approval, became)
                return
            except ServiceUnavailable as error:
                logger.warning("what an approved call became waits for the database: %s", error)
                time.sleep(pause)
        self._write(approval, became)

    def _write(self, approval: Approval, became: _Became) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, approval.org)
            now = store.find(tenant, approval.id, lock=True)
            if (
                now is None
                or now.state is not CallApprovalState.DOING
                or now.held_by != approval.held_by
            ):
                return
            if became.state is CallApprovalState.APPROVED:
                store.change(
                    tenant, now.id, state=CallApprovalState.APPROVED.value, **leases.RELEASED
                )
                due = self._clock.now() + _AGAIN_SECONDS
                wait(connection, store.KIND, now.ref, due)
                return
            error = became.error
            self._approvals.end(
                tenant,
                now,
                became.state,
                result=None if became.done is None else _stored(became.done),
                failure=None if error is None else failure_of(error),
            )
            if error is not None:
                self._notices.tell(
                    tenant,
                    _NOTICES[became.state],
                    now.id,
                    f"A call that was approved {_WORDS[became.state]}: {error.message}",
                    {"agentId": now.agent_id, "operation": now.operation},
                )


_WORDS = {CallApprovalState.FAILED: "failed", CallApprovalState.UNKNOWN: "has an unknown outcome"}
_NOTICES = {
    CallApprovalState.FAILED: EventType.APPROVAL_FAILED,
    CallApprovalState.UNKNOWN: EventType.APPROVAL_UNKNOWN,
}


def _state_of(error: ApiError, operation: Operation[..., Any] | None) -> CallApprovalState:
    cause = error.__cause__
    if isinstance(cause, CallFailed) and cause.outcome is CallOutcome.UNKNOWN:
        return CallApprovalState.UNKNOWN
    if isinstance(cause, CallFailed) and not (operation and posts.does(operation)):
        return CallApprovalState.FAILED
    # TikTok wasn't asked: the failure is in this service
    return CallApprovalState.APPROVED if error.retryable else CallApprovalState.FAILED


def _repeatable(operation: Operation[..., Any]) -> bool:
    return operation.effect is OperationEffect.READ or posts.does(operation)


def _stored(done: CallAnswer) -> dict[str, Any]:
    return {"data": dict(done.data), "logId": done.log_id, "post": done.post}
