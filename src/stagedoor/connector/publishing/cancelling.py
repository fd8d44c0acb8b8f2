"""Ending a post before it is published: cancelled, refused, or deleted."""

from __future__ import annotations

from typing import Any

from stagedoor.client.errors import StagedoorError, TikTokError
from stagedoor.client.errors import WrongState as NotCancellable

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..integrations.service import Integrations
from ..media.service import MediaService
from ..notices.service import Notices
from ..schedule.store import forget, wait
from . import journal, store, transitions
from .accounts import PostingAccounts
from .errors import WrongPostState, api_error_of
from .journal import Name, StepOutcome
from .outcomes import PostFailure
from .posts import StoredPost
from .service import PostRecord, PostsService
from .states import CANCELLABLE, FINAL, PostState
from .transitions import Transitions


class Cancelling:
    """Cancels and deletes posts. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        media: MediaService,
        notices: Notices,
        integrations: Integrations,
        accounts: PostingAccounts,
        posts: PostsService,
        transitions: Transitions,
    ) -> None:
        self._database = database
        self._clock = clock
        self._media = media
        self._notices = notices
        self._integrations = integrations
        self._accounts = accounts
        self._posts = posts
        self._transitions = transitions

    def cancel(self, org: str, post_id: str) -> PostRecord:
        """Cancel a post that TikTok doesn't know yet, or whose media it is still fetching."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            if post.state is PostState.CANCELLED:
                return self._posts.record(tenant, post.id)
            if post.state in CANCELLABLE or self._untouched(tenant, post):
                self._transitions.move(tenant, post, PostState.CANCELLED)
                return self._posts.record(tenant, post.id)
            self._check_cancellable(post)
            steps = store.steps(tenant, post.id)
            attempt = len(journal.of(steps, Name.CANCEL)) + 1
            now = self._clock.now()
            step = store.begin_step(tenant, post.id, Name.CANCEL.value, attempt, now)
        self._cancel_at_tiktok(post, step.key)
        return self._posts.get(org, post.id)

    def refuse(self, tenant: TenantConnection, post_id: str, failure: PostFailure) -> None:
        """Cancel a draft that a higher layer refuses to publish, and record the reason in the
        journal."""
        post = store.find(tenant, post_id, lock=True)
        if post is None or post.state is not PostState.DRAFT:
            return
        now, why = self._clock.now(), {"why": failure.message}
        step = store.begin_step(tenant, post_id, Name.DECISION.value, 1, now)
        store.end_step(tenant, step.key, now, StepOutcome.FAILED.value, None, why)
        self._transitions.move(tenant, post, PostState.CANCELLED, failure=failure.stored())
        self._notices.tell(
            tenant,
            EventType.POST_REFUSED,
            post_id,
            f"Post {post_id} wasn't published: {failure.message} {failure.remedy}",
            failure.stored(),
        )

    def _untouched(self, tenant: TenantConnection, post: StoredPost) -> bool:
        """Whether TikTok certainly has nothing of a post whose init was tried."""
        if post.state is not PostState.UPLOADING or post.tiktok_publish_id is not None:
            return False
        inits = journal.of(journal.this_try(store.steps(tenant, post.id)), Name.INIT)
        return not any(step.lost for step in inits)

    def _check_cancellable(self, post: StoredPost) -> None:
        if post.state is PostState.PROCESSING and post.pulled and post.tiktok_publish_id:
            return
        if post.state is PostState.UPLOADING:
            raise WrongPostState(
                "The post is on its way to TikTok, which can't be stopped: the creator can delete "
                "it in TikTok."
            )
        if post.state is PostState.PROCESSING:
            raise WrongPostState(
                "TikTok has the file already, and cancels only what it still fetches: the creator "
                "can delete the post in TikTok."
            )
        raise WrongPostState(f"The post is {post.state}: there is nothing left to cancel.")

    def _cancel_at_tiktok(self, post: StoredPost, key: str) -> None:
        outcome, log_id, detail, failed = StepOutcome.OK, None, None, None
        try:
            account = self._integrations.get(post.org, post.integration)
            self._accounts.client(account).posts.cancel(publish_id=post.tiktok_publish_id or "")
        except NotCancellable as error:
            outcome, log_id, detail = StepOutcome.FAILED, error.log_id or None, {"why": str(error)}
            failed = WrongPostState(
                "TikTok has the media already, and cancels only what it still fetches: the "
                "creator can delete the post in TikTok.",
                log_id=error.log_id or None,
            )
        except StagedoorError as error:
            log_id = error.log_id or None if isinstance(error, TikTokError) else None
            outcome, detail = StepOutcome.RETRY, {"why": str(error)}
            failed_api: ApiError = api_error_of(error)
            self._end_cancel(post, key, outcome, log_id, detail)
            raise failed_api from error
        self._end_cancel(post, key, outcome, log_id, detail)
        if failed is not None:
            raise failed

    def _end_cancel(
        self, post: StoredPost, key: str, outcome: StepOutcome, log_id: str | None, detail: Any
    ) -> None:
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, post.org)
            now = self._posts.find(tenant, post.id, lock=True)
            at = self._clock.now()
            store.end_step(tenant, key, at, outcome.value, log_id, detail)
            if outcome is StepOutcome.OK and now.state not in FINAL:
                self._transitions.move(tenant, now, PostState.CANCELLED)
                forget(connection, transitions.FOLLOW, now.ref)
            elif now.state not in FINAL:
                # poll TikTok's status for the actual state
                store.change(tenant, now.id, woken=True)
                wait(connection, transitions.FOLLOW, now.ref, at)

    def delete(self, org: str, post_id: str) -> None:
        """Delete a post that TikTok never had; other posts keep their record."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            if post.state in CANCELLABLE:
                self._transitions.move(tenant, post, PostState.CANCELLED)
            elif post.state not in (PostState.CANCELLED, PostState.FAILED):
                raise WrongPostState(
                    f"The post is {post.state}: TikTok has it, so its record stays. The creator "
                    "can delete a post in TikTok."
                )
            self._media.release(tenant, post.id, at_once=True)
            store.remove(tenant, post.id)
