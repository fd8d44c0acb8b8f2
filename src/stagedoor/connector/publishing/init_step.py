"""The init of a post at TikTok.

A step may run twice: the journal records what is done. The init of a file upload publishes nothing
until the bytes arrive, so if its answer was lost it is abandoned and repeated, once. An init after
which TikTok fetches the media itself is never repeated.
"""

from __future__ import annotations

from typing import Any

from stagedoor.client import ChunkPlan, TikTok, plan_chunks
from stagedoor.client.errors import StagedoorError, TikTokError
from stagedoor.platform.media import MIN_CHUNK
from stagedoor.platform.products.posting import Initiated, VideoInitiated

from ..database import TenantConnection
from ..errors import ApiError
from ..integrations.accounts import Integration
from ..media.service import MediaService
from ..vault import Vault
from . import content, journal, outcomes, store, transitions
from .journal import Name, PostStep, StepOutcome
from .outcomes import Lost, PostFailure
from .post_run import PostRun
from .posts import PostKind, StoredPost
from .prepared_call import PreparedCall
from .run_ends import Stop, hand_over, react, read_again, stop_before_shutdown
from .settings_step import SettingsStep
from .states import PostState

MAX_INITS = 2
_CHUNK = 2 * MIN_CHUNK
"""Small chunks lose little when a connection breaks."""
NO_ANSWER = {"why": "The process ended before the answer came."}


class InitStep:
    """Sends the init: from here on TikTok may have the post."""

    def __init__(self, settings: SettingsStep, media: MediaService, vault: Vault) -> None:
        self._settings = settings
        self._media = media
        self._vault = vault

    def run(self, run: PostRun) -> None:
        post, steps = run.post, run.steps
        lost = [step for step in journal.of(steps, Name.INIT) if step.lost]
        if post.pulled and lost:
            self._unknown(run, lost[-1])
        spent = [s for s in journal.of(steps, Name.INIT) if s.lost or s.outcome == StepOutcome.OK]
        if len(spent) >= MAX_INITS:
            self._no_more_inits(run, steps)
        plan, urls = self._parcel(run, post)
        if post.direct:
            username, (account, tiktok) = self._settings.run(run)
        else:
            username, (account, tiktok) = "", self._settings.account(run, Name.INIT)
        with self._init_call(run, tiktok, post, plan, urls) as call:
            key = self._send_init(run, call, post.state)
            if key is not None:
                self._keep_init(run, key, account, call.answer, plan, username)

    def _send_init(self, run: PostRun, call: PreparedCall, state: PostState) -> str | None:
        """Send the init; returns the key of its step. None: the answer was lost.

        The step is journalled right before the request: a process that dies while it waits for a
        token or a slot in the rate limit leaves no step.
        """
        while True:
            try:
                call.prepare()
            except (StagedoorError, ApiError) as error:
                react(run, Name.INIT, read_again(outcomes.of(error, run.now)))
                raise Stop from None
            stop_before_shutdown(run)
            key = run.begin(Name.INIT, state, to=PostState.UPLOADING)
            try:
                if call.send():
                    return key
            except (StagedoorError, ApiError) as error:
                self._unanswered(run, key, error)
                return None
            run.write(lambda tenant, post: run.lay_down(tenant))
            state = PostState.UPLOADING

    def _unanswered(self, run: PostRun, key: str, error: StagedoorError | ApiError) -> None:
        """End the step of an init that was sent and didn't succeed."""
        verdict = outcomes.of(error, run.now)
        if run.post.pulled and outcomes.is_server_fault(error):
            verdict = Lost(str(error))
        log_id = error.log_id if isinstance(error, TikTokError | ApiError) else None
        if isinstance(verdict, Lost):
            run.end(key, StepOutcome.LOST, log_id=log_id or None, detail={"why": verdict.why})
            return  # the next run decides by the journal
        react(run, key, verdict, log_id)
        raise Stop

    def _parcel(self, run: PostRun, post: StoredPost) -> tuple[ChunkPlan | None, list[str]]:
        """The chunk plan of a file, and the URLs from which TikTok fetches photos."""
        media = run.media
        if post.kind is PostKind.VIDEO:
            return (plan_chunks(media[0].received, _CHUNK) if media else None), []
        if not media:
            return None, [str(url) for url in post.content["urls"]]

        def allow(tenant: TenantConnection, post: StoredPost) -> list[str]:
            return [self._media.pull_url(tenant, medium.id) for medium in media]

        urls: list[str] = run.write(allow)
        return None, urls

    def _init_call(
        self,
        run: PostRun,
        tiktok: TikTok,
        post: StoredPost,
        plan: ChunkPlan | None,
        urls: list[str],
    ) -> PreparedCall:
        operation = content.operation(post.kind, post.mode)
        try:
            if post.kind is PostKind.PHOTOS:
                return PreparedCall(tiktok, operation, content.photos(post, urls))
            return PreparedCall(tiktok, operation, content.video(post, plan))
        except StagedoorError as error:
            react(run, Name.INIT, outcomes.of(error, run.now))
            raise Stop from None

    def _keep_init(
        self,
        run: PostRun,
        key: str,
        account: Integration,
        started: VideoInitiated | Initiated,
        plan: ChunkPlan | None,
        username: str,
    ) -> None:
        values: dict[str, Any] = {"tiktok_publish_id": started.publish_id}
        if username:
            values["username"] = username
        if plan is not None:
            values["chunk_size"] = plan.chunk_size
            url = started.upload_url if isinstance(started, VideoInitiated) else None
            values["upload_url"] = self._vault.seal(
                account.grant.app_id, "posts", run.post_id, "upload_url", url or ""
            )
        detail = {"tiktokPublishId": started.publish_id}
        if plan is None:
            hand_over(run, key, detail, **values)

        def then(tenant: TenantConnection, post: StoredPost) -> None:
            if post.state is PostState.UPLOADING and not run.shutting_down:
                run.begin_in(tenant, post, Name.UPLOAD)

        run.end(key, StepOutcome.OK, detail=detail, then=then, **values)

    def _unknown(self, run: PostRun, step: PostStep) -> None:
        why = (step.detail or NO_ANSWER)["why"]
        failure = PostFailure(
            "outcome_unknown",
            f"The answer to TikTok's init was lost ({why.rstrip('.')}), so TikTok may have taken "
            "this post, and may not.",
            "Look at the creator's profile or inbox before you post it again, then settle this "
            'post with PATCH {"resolution": "published"} or {"resolution": "notPublished"}.',
            step.log_id,
        )

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            if step.outcome is None:
                store.end_step(tenant, step.key, run.now, StepOutcome.LOST.value, None, NO_ANSWER)
            run.transitions.lose(tenant, post, failure)
            run.wait(tenant, post, transitions.FOLLOW, 120.0)

        run.write(work)
        raise Stop

    def _no_more_inits(self, run: PostRun, steps: list[PostStep]) -> None:
        failure = PostFailure(
            "init_lost",
            "TikTok's init was repeated once, and came to nothing again: its answer was lost, or "
            "its upload could not be finished. No complete file reached TikTok, so nothing was "
            "published.",
            "See that the network to TikTok is well, then retry the post.",
            retryable=True,
        )

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            for step in journal.of(steps, Name.INIT):
                if step.outcome is None:
                    store.end_step(
                        tenant, step.key, run.now, StepOutcome.LOST.value, None, NO_ANSWER
                    )
            run.fail(tenant, post, failure)

        run.write(work)
        raise Stop
