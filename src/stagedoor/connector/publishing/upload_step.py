"""Uploading a file to TikTok, resuming where an earlier attempt stopped."""

from __future__ import annotations

from stagedoor.client import Progress, TikTok
from stagedoor.client.errors import StagedoorError, UploadExpired
from stagedoor.platform.products.posting import PublishStatus, VideoInitiated

from ..errors import ApiError
from ..integrations.accounts import Integration
from ..media.service import MediaService, Medium
from ..vault import Vault
from . import journal, outcomes
from .journal import Name, StepOutcome
from .post_run import PostRun
from .posts import StoredPost
from .run_ends import Stop, hand_over, react, read_again
from .settings_step import SettingsStep
from .states import PostState


class UploadStep:
    """The last step: after it, TikTok has the post."""

    def __init__(self, settings: SettingsStep, media: MediaService, vault: Vault) -> None:
        self._settings = settings
        self._media = media
        self._vault = vault

    def run(self, run: PostRun) -> None:
        post, steps = run.post, run.steps
        media = run.media
        key = run.begin(Name.UPLOAD, PostState.UPLOADING)
        # attempts of an abandoned init don't count
        inits = journal.of(steps, Name.INIT)
        before = [
            step
            for step in journal.of(steps, Name.UPLOAD)
            if step.key != key and (not inits or step.started >= inits[-1].started)
        ]
        account, tiktok = self._settings.account(run, key)
        try:
            stored = self._stored(tiktok, post) if before else 0
            if stored is not None:
                self._send_bytes(run, tiktok, account, post, media[0], stored)
        except UploadExpired as error:
            self._abandon(run, key, tiktok, post, error)
            return
        except (StagedoorError, ApiError) as error:
            verdict = read_again(outcomes.of(error, run.now))
            react(run, key, verdict)
            raise Stop from None
        hand_over(run, key, {"bytes": media[0].received})

    def _stored(self, tiktok: TikTok, post: StoredPost) -> int | None:
        """The number of bytes that TikTok has; None: all that it wants."""
        status = tiktok.posts.status(publish_id=post.tiktok_publish_id or "")
        if status.status != PublishStatus.PROCESSING_UPLOAD:
            return None
        return status.uploaded_bytes or 0

    def _send_bytes(
        self,
        run: PostRun,
        tiktok: TikTok,
        account: Integration,
        post: StoredPost,
        medium: Medium,
        stored: int,
    ) -> None:
        url = self._vault.open(
            account.grant.app_id, "posts", post.id, "upload_url", post.upload_url or ""
        )
        started = VideoInitiated(publish_id=post.tiktok_publish_id or "", upload_url=url)
        chunk = post.chunk_size or medium.received
        if stored != medium.received and stored % chunk:
            stored -= stored % chunk  # TikTok counts whole chunks; its 416 corrects the rest

        def on_progress(_: Progress) -> None:
            run.renew()

        source = self._media.source(medium)
        try:
            tiktok.posts.send_video(
                started, source, chunk_size=chunk, stored=stored, progress=on_progress
            )
        finally:
            source.close()

    def _abandon(
        self, run: PostRun, key: str, tiktok: TikTok, post: StoredPost, error: UploadExpired
    ) -> None:
        """Handle an expired upload URL. Unless TikTok has all bytes, the init published nothing."""
        try:
            stored = self._stored(tiktok, post)
        except (StagedoorError, ApiError) as unread:
            react(run, key, read_again(outcomes.of(unread, run.now)))
            raise Stop from None
        detail = {"why": str(error), "abandoned": post.tiktok_publish_id}
        if stored is None:
            # FAILED at TikTok, or being processed after all: polling its status tells which
            hand_over(run, key, detail)
        run.end(key, StepOutcome.FAILED, detail=detail, tiktok_publish_id=None, upload_url=None)
