"""Polling the status of a post that TikTok has: rarely, and immediately after a webhook."""

from __future__ import annotations

import logging
from typing import Any

from stagedoor.client import TikTok
from stagedoor.client.errors import NotFound, StagedoorError, TikTokError
from stagedoor.platform.media import UPLOAD_URL_SECONDS
from stagedoor.platform.products.display import Video
from stagedoor.platform.products.posting import FailReason, PostStatus, PublishStatus

from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..integrations.accounts import Integration
from ..integrations.service import Integrations
from ..media.service import MediaService
from ..notices.service import Notices
from ..schedule.store import forget, wait
from . import outcomes, store, transitions
from .accounts import BRISK
from .holding import RESTORED, Holding
from .journal import Name, StepOutcome
from .outcomes import Fail, PostFailure, Wait
from .post_run import PostRun, PostRuns, Superseded
from .posts import StoredPost
from .states import PostState, Visibility
from .status import (
    PATIENCE,
    failure_of,
    goes_public,
    may_list,
    merged,
    pause,
    same_text,
    target_state,
    unreadable,
    visibility_of,
)
from .transitions import Transitions

FRESH_SECONDS = 120.0
"""Right after init TikTok may not know the publish_id yet (`posting.yaml`, fresh_id_race)."""
_DAY = 86_400.0
_SKEW = 5.0

logger = logging.getLogger("stagedoor.posts")


class StatusPoll:
    """The job that polls TikTok's status of a post."""

    def __init__(
        self,
        *,
        runs: PostRuns,
        database: Database,
        media: MediaService,
        integrations: Integrations,
        notices: Notices,
        transitions: Transitions,
        holding: Holding,
    ) -> None:
        self._runs = runs
        self._database = database
        self._media = media
        self._integrations = integrations
        self._notices = notices
        self._transitions = transitions
        self._holding = holding

    def run(self, ref: str) -> None:
        """Poll once. Idempotent; may run concurrently."""
        run = self._runs.take(ref, transitions.FOLLOW)
        if run is None:
            return
        try:
            self._look(run)
        except Superseded:
            return
        except Exception:
            logger.exception("following broke off", extra={"post": run.post_id, "org": run.org})
        try:
            run.release()
        except Superseded:
            pass
        except Exception:
            logger.exception(
                "a post stays held until its time is over", extra={"post": run.post_id}
            )

    def _look(self, run: PostRun) -> None:
        post = run.post
        if post.state not in PATIENCE or (
            post.state is PostState.PUBLISHED and post.visibility is not Visibility.IN_REVIEW
        ):
            run.forget()
            return
        try:
            account, client = self._integrations.acting(post.org, post.integration, BRISK)
            tiktok = client.with_listener(run.hear)
            if post.tiktok_publish_id is None:
                self._look_around(run, tiktok, account, post)
                return
            status = tiktok.posts.status(publish_id=post.tiktok_publish_id)
            asked = run.log_id
            found = self._found(tiktok, account, post, status)
            run.log_id = asked
        except (StagedoorError, ApiError) as error:
            self._unanswered(run, post, error)
            return
        run.finish(lambda tenant, post: self._apply(run, tenant, post, status, found))

    # answers

    def _apply(
        self,
        run: PostRun,
        tenant: TenantConnection,
        post: StoredPost,
        status: PostStatus,
        found: tuple[str, ...],
    ) -> None:
        target = target_state(post, status)
        if target is not None:
            self._note(run, tenant, post, status)
            self._move(run, tenant, post, status, target, found)
            return
        if post.state is PostState.PUBLISHED:
            ids = merged(post.public_ids, found)
            if ids != post.public_ids:
                self._note(run, tenant, post, status)
                self._transitions.show(
                    tenant, post, public_ids=list(ids), visibility=Visibility.PUBLIC.value
                )
                forget(tenant.connection, transitions.FOLLOW, post.ref)
                return
        if self._never_came(run, tenant, post, status):
            return
        self._later(run, tenant, post)

    def _never_came(
        self, run: PostRun, tenant: TenantConnection, post: StoredPost, status: PostStatus
    ) -> bool:
        """Fail the post if its upload was given up and TikTok can't get the rest any more; returns
        whether it did."""
        if (
            post.state is not PostState.PROCESSING
            or status.status != PublishStatus.PROCESSING_UPLOAD
            or status.uploaded_bytes is None
            or run.now - (post.handed_over or 0.0) < UPLOAD_URL_SECONDS + 300
        ):
            return False
        size = sum(one.received for one in self._media.of_post(tenant, post.id))
        if status.uploaded_bytes >= size:
            return False
        failure = PostFailure(
            "upload_incomplete",
            f"TikTok has {status.uploaded_bytes} of {size} bytes, and its upload address has "
            "expired. Nothing was published.",
            "See that the network to TikTok is well, then retry the post.",
            retryable=True,
        )
        self._transitions.fail(tenant, post, failure)
        return True

    def _move(
        self,
        run: PostRun,
        tenant: TenantConnection,
        post: StoredPost,
        status: PostStatus,
        target: PostState,
        found: tuple[str, ...],
    ) -> None:
        if target is PostState.FAILED and self._fetch_again(run, tenant, post, status):
            return
        if target is PostState.FAILED:
            self._transitions.fail(tenant, post, failure_of(status))
            return
        if target is PostState.PUBLISHED:
            visibility = visibility_of(post, found)
            self._transitions.move(
                tenant,
                post,
                target,
                public_ids=list(merged(post.public_ids, found)),
                visibility=visibility.value,
                failure=None,
            )
            if visibility is Visibility.IN_REVIEW:
                run.wait(tenant, post, transitions.FOLLOW, pause(target, 0))
            else:
                forget(tenant.connection, transitions.FOLLOW, post.ref)
            return
        self._transitions.move(tenant, post, target, failure=None)
        if target is PostState.CANCELLED:
            forget(tenant.connection, transitions.FOLLOW, post.ref)
        else:
            run.wait(tenant, post, transitions.FOLLOW, pause(target, 0))

    def _fetch_again(
        self, run: PostRun, tenant: TenantConnection, post: StoredPost, status: PostStatus
    ) -> bool:
        """Start a photo post again if TikTok couldn't fetch its files from this service; return
        whether it was started. TikTok failed the first attempt for good, so it can't be published.
        Only a post in the state of processing is started again: a post that a person may settle
        isn't.
        """
        if post.state is not PostState.PROCESSING or post.public_ids:
            return False
        if status.fail_reason != FailReason.PHOTO_PULL or not self._media.of_post(tenant, post.id):
            return False
        before = [step for step in run.steps if isinstance(step.detail, dict)]
        failed = [one for one in before if one.detail.get("reason") == FailReason.PHOTO_PULL]
        if len(failed) > 1:
            return False
        again = {"tiktok_publish_id": None, "handed_over": None, "begun": run.now}
        self._transitions.move(tenant, post, PostState.UPLOADING, failure=None, **again)
        forget(tenant.connection, transitions.FOLLOW, post.ref)
        wait(tenant.connection, transitions.PUBLISH, post.ref, run.now)
        return True

    def _note(
        self, run: PostRun, tenant: TenantConnection, post: StoredPost, status: PostStatus
    ) -> None:
        detail: dict[str, Any] = {"status": str(status.status)}
        if status.fail_reason:
            detail["reason"] = str(status.fail_reason)
        if status.publicaly_available_post_id:
            detail["publicIds"] = list(status.publicaly_available_post_id)
        run.note(tenant, Name.STATUS, StepOutcome.OK, None, detail)

    def _later(self, run: PostRun, tenant: TenantConnection, post: StoredPost) -> None:
        """Schedule the next poll, unless the post was polled for long enough."""
        since = post.handed_over or post.ended or post.begun or post.created
        if run.now - since > PATIENCE[post.state]:
            forget(tenant.connection, transitions.FOLLOW, post.ref)
            if post.state is PostState.PROCESSING:
                failure = PostFailure(
                    "still_processing",
                    "TikTok hasn't finished with this post for two days.",
                    "Look at the creator's profile; a webhook of TikTok's still ends this post.",
                )
                self._transitions.lose(tenant, post, failure)
            return
        store.change(tenant, post.id, polls=post.polls + 1)
        run.wait(tenant, post, transitions.FOLLOW, pause(post.state, post.polls))

    # errors instead of an answer

    def _unanswered(self, run: PostRun, post: StoredPost, error: Exception) -> None:
        fresh = run.now - (post.handed_over or 0.0) < FRESH_SECONDS
        unknown = isinstance(error, NotFound) or (
            isinstance(error, TikTokError) and error.message == "invalid_publish_id"
        )
        verdict = outcomes.of(error, run.now)
        over = isinstance(verdict, Fail) and not (unknown and fresh)

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            if isinstance(verdict, Wait):
                run.wait(tenant, post, transitions.FOLLOW, max(1.0, verdict.seconds))
            elif not over:
                self._later(run, tenant, post)
            elif post.state is PostState.PROCESSING:
                self._note_error(run, tenant, post, error)
                self._transitions.lose(tenant, post, unreadable(error))
                forget(tenant.connection, transitions.FOLLOW, post.ref)
            else:
                # the post keeps its state: nothing more is known, and another poll won't help
                self._note_error(run, tenant, post, error)
                if post.state is PostState.PUBLISHED:
                    self._transitions.show(
                        tenant, post, visibility=Visibility.UNKNOWN.value, updated=run.now
                    )
                forget(tenant.connection, transitions.FOLLOW, post.ref)

        run.finish(work)

    def _note_error(
        self, run: PostRun, tenant: TenantConnection, post: StoredPost, error: Exception
    ) -> None:
        log_id = error.log_id or None if isinstance(error, TikTokError) else None
        run.note(tenant, Name.STATUS, StepOutcome.FAILED, log_id, {"why": str(error)})

    # finding the public post

    def _found(
        self, tiktok: TikTok, account: Integration, post: StoredPost, status: PostStatus
    ) -> tuple[str, ...]:
        """The public ids: TikTok's, or from the creator's list where exactly one video matches."""
        if status.publicaly_available_post_id:
            return status.publicaly_available_post_id
        wanted = status.status == PublishStatus.PUBLISH_COMPLETE and goes_public(post)
        if not wanted or post.public_ids or not may_list(account):
            return ()
        fitting = self._fitting(tiktok, post, post.handed_over or post.created)
        return (fitting[0].id,) if len(fitting) == 1 and fitting[0].id else ()

    def _fitting(self, tiktok: TikTok, post: StoredPost, since: float) -> list[Video]:
        page = tiktok.videos.list(
            fields=("id", "create_time", "title", "video_description", "share_url"), max_count=20
        )
        with self._database.read() as connection:
            known = store.known_public_ids(
                TenantConnection(connection, post.org), post.integration, since - 7 * _DAY
            )
        return [
            video
            for video in page.videos
            if video.id not in known
            and (video.create_time or 0) >= since - _SKEW
            and same_text(post, video)
        ]

    def _look_around(
        self, run: PostRun, tiktok: TikTok, account: Integration, post: StoredPost
    ) -> None:
        """Look for a post with an unknown outcome. A person decides, except where the database was
        restored and exactly one public video matches."""
        since = post.begun or post.publish_at or post.created
        fitting = self._fitting(tiktok, post, since) if may_list(account) else []
        candidates = [
            {"id": video.id, "link": video.share_url, "created": video.create_time}
            for video in fitting
        ]

        restored = post.failure is not None and post.failure.reason == RESTORED

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            if restored and len(fitting) == 1 and fitting[0].id:
                run.note(tenant, Name.RESOLVE, StepOutcome.OK, None, {"found": candidates[0]})
                self._holding.went_out(tenant, post, fitting[0].id)
                return
            if candidates:
                run.note(tenant, Name.RESOLVE, StepOutcome.OK, None, {"candidates": candidates})
                self._notices.tell(
                    tenant,
                    EventType.POST_CANDIDATES,
                    post.id,
                    f"Public posts that could be {post.id}, whose outcome is unknown: "
                    f"{', '.join(str(one['link'] or one['id']) for one in candidates)}",
                    {"candidates": candidates},
                )
                forget(tenant.connection, transitions.FOLLOW, post.ref)
                return
            self._later(run, tenant, post)

        run.finish(work)
