"""Jobs that record, beside the decision, the outcome of posts that agents asked for."""

from __future__ import annotations

from collections.abc import Mapping

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.errors import ObjectNotFound
from stagedoor.connector.jobs import Batched, Handler, JobResult
from stagedoor.connector.publishing.posts import StoredPost
from stagedoor.connector.publishing.service import PostRecord, PostsService
from stagedoor.connector.publishing.states import PostState
from stagedoor.connector.publishing.transitions import Listener
from stagedoor.connector.schedule.store import wait

from ..audit.entry import CallOutcome, Receipt
from ..audit.service import Audit

OUTCOME = "agent-outcome"
"""Kind of due row; refs are organisation/post."""
_AT_ONCE = 16

_OUTCOMES = {
    PostState.PUBLISHED: CallOutcome.DONE,
    PostState.IN_INBOX: CallOutcome.DONE,
    PostState.FAILED: CallOutcome.FAILED,
    PostState.CANCELLED: CallOutcome.FAILED,
    PostState.UNKNOWN: CallOutcome.UNKNOWN,
}


def follow_post(clock: Clock) -> Listener:
    """Return a listener that schedules the recording of a post's outcome, once it has one."""

    def moved(tenant: TenantConnection, post: StoredPost, state: PostState) -> None:
        if state in _OUTCOMES:
            wait(tenant.connection, OUTCOME, post.ref, clock.now())

    return moved


def handlers(posts: PostsService, audit: Audit) -> Mapping[str, Handler | Batched]:
    def outcome(ref: str) -> JobResult:
        org, _, post_id = ref.rpartition("/")
        try:
            record = posts.get(org, post_id)
        except ObjectNotFound:
            return JobResult.DONE
        receipt = decision_of(record.post)
        became = _OUTCOMES.get(record.post.state)
        if receipt is not None and became is not None:
            audit.settle(receipt, became, _log_id(record))
        return JobResult.DONE

    return {OUTCOME: Batched(outcome, _AT_ONCE)}


def decision_of(post: StoredPost) -> Receipt | None:
    """Return the receipt of the decision by which an agent's post was made, if there is one."""
    _, _, seq = (post.asked_by or "").rpartition("/")
    return Receipt(post.org, int(seq)) if seq.isdigit() else None


def _log_id(record: PostRecord) -> str | None:
    """Return TikTok's log id of the last step that TikTok answered."""
    found = [step.log_id for step in record.steps if step.log_id]
    return found[-1] if found else None
