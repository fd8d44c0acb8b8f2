"""The job that hands a post over to TikTok: check, the creator's settings, init, upload.

Every step is journalled before its request is sent, and the journal decides what a repeated run
does.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from ..database import TenantConnection
from . import holding, journal, store, transitions
from .check_step import CheckStep
from .init_step import InitStep
from .journal import Name
from .outcomes import PostFailure
from .post_run import PostRun, PostRuns, PublishingPaused, Superseded
from .posts import StoredPost
from .run_ends import Stop, put_off, stop_before_shutdown
from .states import PostState
from .upload_step import UploadStep

_WAITS_IN_A_PAUSE = (PostState.SCHEDULED, PostState.CHECKING, PostState.UPLOADING)

logger = logging.getLogger("stagedoor.posts")


class PublishJob:
    """Runs the steps of a post until TikTok has it."""

    def __init__(
        self, runs: PostRuns, check: CheckStep, init: InitStep, upload: UploadStep
    ) -> None:
        self._runs = runs
        self._check = check
        self._init = init
        self._upload = upload

    def run(self, ref: str) -> None:
        """Run the post's steps as far as possible now. Idempotent; may run concurrently."""
        run = self._runs.take(ref, transitions.PUBLISH, self._open)
        if run is None:
            return
        try:
            self._advance(run)
        except Superseded:
            return
        except Stop:
            pass
        except PublishingPaused:
            _hold(run)
        except Exception as error:
            logger.exception("publishing broke off", extra={"post": run.post_id, "org": run.org})
            _broke_off(run, error)
        _release(run)

    def _open(self, run: PostRun, tenant: TenantConnection, post: StoredPost) -> None:
        """Begin the first step of a post that is due."""
        run.paused = post.tiktok_publish_id is None and self._runs.paused(tenant)
        due = post.publish_at is None or post.publish_at <= run.now
        if post.state is PostState.SCHEDULED and due and not run.paused and not run.shutting_down:
            run.transitions.move(tenant, post, PostState.CHECKING, begun=run.now)
            run.begin_in(tenant, post, Name.CHECK)

    def _advance(self, run: PostRun) -> None:
        if run.paused and run.post.state in _WAITS_IN_A_PAUSE:
            raise PublishingPaused
        while True:
            stop_before_shutdown(run)
            match run.post.state:
                case PostState.SCHEDULED:
                    run.write(
                        lambda tenant, post: run.wait(
                            tenant, post, transitions.PUBLISH, (post.publish_at or 0.0) - run.now
                        )
                    )
                    return
                case PostState.CHECKING if not journal.is_done(run.steps, Name.CHECK):
                    self._check.run(run)
                case PostState.CHECKING:
                    self._init.run(run)
                case PostState.UPLOADING if run.post.tiktok_publish_id is None:
                    self._init.run(run)
                case PostState.UPLOADING:
                    self._upload.run(run)
                case _:
                    run.forget()
                    return


def _broke_off(run: PostRun, error: Exception) -> None:
    """Handle an unexpected error: retry with the same limits as for expected errors."""
    failure = PostFailure(
        "internal_error",
        f"Something went wrong in Stagedoor ({type(error).__name__}); its log says what.",
        "Report it with the post's id.",
        retryable=True,
    )
    try:
        run.write(lambda tenant, post: _put_off_broken(run, tenant, post, failure))
    except Superseded:
        pass
    except Exception:
        # perhaps the database is gone: the due row written at the start brings the post back
        logger.exception("a post waits for its safety row", extra={"post": run.post_id})


def _put_off_broken(
    run: PostRun, tenant: TenantConnection, post: StoredPost, failure: PostFailure
) -> None:
    if post.state not in (PostState.CHECKING, PostState.UPLOADING):
        return
    inits = journal.of(journal.this_try(store.steps(tenant, post.id)), Name.INIT)
    if post.tiktok_publish_id is None and post.pulled and any(step.lost for step in inits):
        return  # the next run sees from the journal that the outcome is unknown
    put_off(run, tenant, post, None, failure, 1)


def _hold(run: PostRun) -> None:
    """Publishing is paused: the post stays where it is until publishing is resumed."""

    def work(tenant: TenantConnection, post: StoredPost) -> None:
        ahead = (post.publish_at or 0.0) - run.now
        run.wait(tenant, post, transitions.PUBLISH, max(holding.SECONDS, ahead))

    with suppress(Superseded):
        run.write(work)


def _release(run: PostRun) -> None:
    try:
        run.release()
    except Superseded:
        pass
    except Exception:
        logger.exception("a post stays held until its time is over", extra={"post": run.post_id})
