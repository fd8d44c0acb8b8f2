"""Approvals: read, decided, ended. `requests` creates them, `execute` makes their calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from stagedoor.connector.clock import Clock
from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.event_types import Emit, EventType
from stagedoor.connector.keys import Keys
from stagedoor.connector.leases import RELEASED
from stagedoor.connector.media.service import MediaService
from stagedoor.connector.pages import Page, identified
from stagedoor.connector.publishing.cancelling import Cancelling
from stagedoor.connector.publishing.service import PostsService
from stagedoor.connector.schedule.store import wait
from stagedoor.connector.settings import Settings

from ..audit.entry import ApprovalOutcome
from ..audit.service import Audit
from ..calls.stored_call import StoredCall
from . import answers, links, store
from .approval import WAITING, Approval, CallApprovalState
from .errors import DecidedAlready, NoApproval, NotReady
from .preview import visible

KEEP_SECONDS = 7 * 86_400.0
"""Seconds for which an approval is kept after its end."""

_TOLD = {
    CallApprovalState.DONE: EventType.APPROVAL_DONE,
    CallApprovalState.REFUSED: EventType.APPROVAL_REFUSED,
    CallApprovalState.EXPIRED: EventType.APPROVAL_EXPIRED,
}
"""The ends that no notice tells of."""


class Approvals:
    """The approvals of all organisations. Shared by all threads."""

    def __init__(
        self,
        *,
        settings: Settings,
        keys: Keys,
        database: Database,
        clock: Clock,
        media: MediaService,
        posts: PostsService,
        cancelling: Cancelling,
        audit: Audit,
        emit: Emit,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._database = database
        self._clock = clock
        self._media = media
        self._posts = posts
        self._cancelling = cancelling
        self._audit = audit
        self._emit = emit

    def get(self, org: str, approval_id: str) -> Approval:
        """Return an approval. Raises `NoApproval`."""
        with self._database.read() as connection:
            return store.get(TenantConnection(connection, org), approval_id)

    def page(
        self,
        org: str,
        states: Sequence[CallApprovalState] = (CallApprovalState.PENDING,),
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Approval]:
        before = identified(cursor)
        with self._database.read() as connection:
            found = store.page(TenantConnection(connection, org), states, before, limit + 1)
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)

    def link(self, org: str, approval_id: str) -> str:
        """Return the page's address; anyone who has it can decide, while the call waits."""
        keys = self._keys
        with self._database.read() as connection:
            stored = store.link(TenantConnection(connection, org), approval_id)
        capability = links.capability(keys, org, approval_id, stored)
        if stored is not None and links.digest(capability) != stored:
            # the vault key of the old link is gone, so the old link ends
            with self._database.begin() as connection:
                store.change(
                    TenantConnection(connection, org), approval_id, link=links.digest(capability)
                )
        return f"{self._settings.public_url}{links.PATH}/{capability}"

    def by_link(self, capability: str) -> Approval:
        """Return the approval of a capability. Raises `NoApproval`."""
        with self._database.read() as connection:
            found = store.linked(connection, links.digest(capability))
        if found is None:
            raise NoApproval
        if found.state in WAITING and found.expires <= self._clock.now():
            return self.expire(found.org, found.id)
        return found

    def decide(
        self, org: str, approval_id: str, verdict: ApprovalOutcome, by: str, note: str | None = None
    ) -> Approval:
        """Record a person's verdict. Idempotent.

        Raises `NoApproval`, `NotReady`, and `DecidedAlready` for a different verdict or a late one.
        """
        said = None if note is None else visible(note)
        approval = self._closed(org, approval_id, verdict, by, said)
        if approval.verdict is verdict:
            return approval
        if approval.state in WAITING:
            raise NotReady("Its files aren't all here yet: nothing can be decided.")
        what = approval.verdict or approval.state
        by = f" by {approval.decided_by}" if approval.decided_by else ""
        raise DecidedAlready(f"It was {what}{by} already, and stays so.")

    def expire(self, org: str, approval_id: str) -> Approval:
        """End an approval whose time is over. Raises `NoApproval`."""
        return self._closed(org, approval_id, ApprovalOutcome.EXPIRED, None, None)

    def _closed(
        self, org: str, approval_id: str, verdict: ApprovalOutcome, by: str | None, note: str | None
    ) -> Approval:
        """End the wait with an entry in the audit, unless it has ended. Returns the approval."""
        self.get(org, approval_id)
        try:
            return self._written(org, approval_id, verdict, by, note)
        except IntegrityError:
            # the audit holds one verdict for each decision, even if the approval's row says that it
            # waits
            raise DecidedAlready("The audit says that it was decided already.") from None

    def _written(
        self, org: str, approval_id: str, verdict: ApprovalOutcome, by: str | None, note: str | None
    ) -> Approval:
        key = self._audit.key(org)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            # lock order as for decisions: the chain head first, then rows
            self._audit.lock(tenant, key)
            approval = store.get(tenant, approval_id, lock=True)
            now = self._clock.now()
            over = approval.state in WAITING and approval.expires <= now
            if over:
                verdict, by, note = ApprovalOutcome.EXPIRED, None, None
            elif (
                approval.state is not CallApprovalState.PENDING
                or verdict is ApprovalOutcome.EXPIRED
            ):
                return approval
            store.change(
                tenant,
                approval_id,
                verdict=verdict.value,
                decided=now,
                decided_by=by,
                note=note,
            )
            self._audit.append(tenant, key, answers.entry(approval, verdict, by, note, now))
            if verdict is ApprovalOutcome.APPROVED:
                store.change(tenant, approval_id, state=CallApprovalState.APPROVED.value)
                wait(connection, store.KIND, approval.ref, now)
            else:
                state = (
                    CallApprovalState.EXPIRED
                    if verdict is ApprovalOutcome.EXPIRED
                    else CallApprovalState.REFUSED
                )
                self.end(tenant, approval, state)
            return store.get(tenant, approval_id)

    def end(
        self, tenant: TenantConnection, approval: Approval, state: CallApprovalState, **values: Any
    ) -> None:
        """End an approval; its files are released unless a post has them."""
        now = self._clock.now()
        keep_until = approval.keep_until or now + KEEP_SECONDS
        store.change(
            tenant,
            approval.id,
            state=state.value,
            ended=now,
            keep_until=keep_until,
            **RELEASED,
            **values,
        )
        if not self.posted(tenant, approval.id):
            # the agent keeps its uploads, and may use them in another call
            given = () if approval.request is None else StoredCall.given(approval.request)
            self._media.give_back(tenant, given, approval.id)
            self._media.release(tenant, approval.id, at_once=True)
        elif state is not CallApprovalState.DONE:
            failure = answers.refusal(approval, state)
            self._cancelling.refuse(tenant, approval.id, failure)
        wait(tenant.connection, store.KIND, approval.ref, keep_until)
        if state in _TOLD:
            told = {
                "approvalId": approval.id,
                "agentId": approval.agent_id,
                "operation": approval.operation,
            }
            self._emit(tenant, _TOLD[state], lambda: told)

    def posted(self, tenant: TenantConnection, approval_id: str) -> bool:
        """Whether the call made a post, which has the approval's id."""
        return self._posts.exists(tenant, approval_id)
