"""Approval of members' posts by an admin, where the organisation's setting asks for it.

A post that waits for approval stays what it is, a draft or a failed post: nothing publishes either
by itself, so a post without approval can't go out. An approval is for one revision of a post: a
member who changes an approved post asks again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from stagedoor.platform.counting import counted

from ..clock import Clock
from ..database import Database, TenantConnection
from ..event_types import Emit, EventType
from ..media.service import MediaService
from ..notices.service import Notices
from ..tenants import store as tenants
from ..tenants.roles import Caller, Role
from . import journal, store
from .approval_state import ApprovalPolicy, ApprovalState, PostApproval
from .journal import Name, StepOutcome
from .posts import StoredPost

SETTING = "publishing"


def revision(post: StoredPost) -> str:
    """A digest of everything that a person approves: content, account, mode and time."""
    approved = (post.kind, post.mode, post.integration, post.publish_at, dict(post.content))
    return hashlib.sha256(json.dumps(approved, sort_keys=True).encode()).hexdigest()[:16]


class ApprovalGate:
    """Decides whether a caller's post has to wait. Works in the caller's transaction."""

    def __init__(self, clock: Clock, media: MediaService, notices: Notices, emit: Emit) -> None:
        self._clock = clock
        self._media = media
        self._notices = notices
        self._emit = emit

    def policy(self, tenant: TenantConnection) -> ApprovalPolicy:
        return ApprovalPolicy(tenants.setting(tenant, SETTING) or ApprovalPolicy.MEMBER)

    def set_policy(self, tenant: TenantConnection, policy: ApprovalPolicy) -> None:
        tenants.set_setting(tenant, SETTING, policy.value)

    def stops(self, tenant: TenantConnection, post: StoredPost, by: Caller | None) -> bool:
        """Whether the post needs an admin's approval before it may be published.

        `by` None: a higher layer has decided already.
        """
        if by is None or by.role.covers(Role.ADMIN):
            return False
        if self.policy(tenant) is ApprovalPolicy.MEMBER:
            return False
        given = post.approval
        return not (
            given is not None
            and given.state is ApprovalState.APPROVED
            and given.revision == revision(post)
        )

    def ask(
        self, tenant: TenantConnection, post: StoredPost, by: Caller, tell: bool = True
    ) -> None:
        """Let the post wait for an admin, who is told unless it waits already."""
        waits = post.approval is not None and post.approval.state is ApprovalState.WAITING
        if waits and post.approval is not None and post.approval.revision == revision(post):
            return
        now = self._clock.now()
        self._keep(tenant, post, PostApproval(ApprovalState.WAITING, revision(post), by.user, now))
        self._media.hold(tenant, post.id)
        self._note(tenant, post, StepOutcome.WAITING, {"askedBy": by.user})
        if tell and not waits:
            called = f"{post.id} ({post.title})" if post.title else post.id
            self._notices.tell(
                tenant,
                EventType.APPROVAL_POST,
                post.id,
                f"Post {called} of {by.user} waits for approval: an admin approves or refuses it "
                f"(POST /api/posts/{post.id}/approve or .../refuse).",
                {"askedBy": by.user},
            )

    def tell_many(self, tenant: TenantConnection, posts: Sequence[str], by: Caller) -> None:
        """One notice for posts that one request made."""
        self._notices.tell(
            tenant,
            EventType.APPROVAL_POST,
            posts[0],
            f"{counted(len(posts), 'post')} of {by.user} {'waits' if len(posts) == 1 else 'wait'} "
            "for approval: GET /api/posts?approval=waiting lists them.",
            {"askedBy": by.user, "posts": list(posts)},
        )

    def decide(
        self,
        tenant: TenantConnection,
        post: StoredPost,
        by: Caller,
        state: ApprovalState,
        reason: str | None = None,
    ) -> None:
        """Record an admin's decision about a post that was asked about."""
        if post.approval is None:
            return
        decided = replace(
            post.approval,
            state=state,
            revision=revision(post),
            decided_by=by.user,
            decided_at=self._clock.now(),
            reason=reason,
        )
        self._keep(tenant, post, decided)
        said = {"decidedBy": by.user} | ({} if reason is None else {"why": reason})
        refused = state is ApprovalState.REFUSED
        self._note(tenant, post, StepOutcome.FAILED if refused else StepOutcome.OK, said)
        event = EventType.APPROVAL_POST_REFUSED if refused else EventType.APPROVAL_POST_APPROVED
        told = {"publishId": post.id, "decidedBy": by.user, "reason": reason}
        self._emit(tenant, event, lambda: told)

    def _keep(self, tenant: TenantConnection, post: StoredPost, approval: PostApproval) -> None:
        stored = asdict(approval)
        store.change(
            tenant,
            post.id,
            approval_state=approval.state.value,
            approval=stored,
            updated=self._clock.now(),
        )

    def _note(
        self,
        tenant: TenantConnection,
        post: StoredPost,
        outcome: StepOutcome,
        detail: dict[str, Any],
    ) -> None:
        now = self._clock.now()
        attempt = len(journal.of(store.steps(tenant, post.id), Name.APPROVAL)) + 1
        step = store.begin_step(tenant, post.id, Name.APPROVAL.value, attempt, now)
        store.end_step(tenant, step.key, now, outcome.value, None, detail)


class PublishingPolicy:
    """Organisations' settings of whose posts go out without asking."""

    def __init__(self, database: Database, gate: ApprovalGate) -> None:
        self._database = database
        self._gate = gate

    def get(self, org: str) -> ApprovalPolicy:
        with self._database.read() as connection:
            return self._gate.policy(TenantConnection(connection, org))

    def set(self, org: str, policy: ApprovalPolicy) -> ApprovalPolicy:
        """Posts that wait already go on waiting."""
        with self._database.begin() as connection:
            self._gate.set_policy(TenantConnection(connection, org), policy)
        return policy
