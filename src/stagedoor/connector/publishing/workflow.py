"""The job that hands a post over to TikTok: check, the creator's settings, init, upload.

Every step is journalled before the network is touched, and the journal decides what a repeated run
does.
"""

from __future__ import annotations

import logging
from contextlib import suppress

from ..database import Scope
from . import holding, journal, moves, store
from .check_step import CheckStep
from .desk import Desk, PublishingPaused, Runs, Superseded
from .init_step import InitStep
from .journal import Name
from .posts import Post
from .run_ends import Stop, put_off, stop_before_shutdown
from .states import State
from .upload_step import UploadStep
from .verdicts import Failure

_WAITS_IN_A_PAUSE = (State.SCHEDULED, State.CHECKING, State.UPLOADING)

logger = logging.getLogger("stagedoor.posts")


class Publishing:
    """Runs the steps of a post until TikTok has it."""

    def __init__(self, runs: Runs, check: CheckStep, init: InitStep, upload: UploadStep) -> None:
        self._runs = runs
        self._check = check
        self._init = init
        self._upload = upload

    def run(self, ref: str) -> None:
        """Bring a post as far as it goes now; may be called at any time, also twice at once."""
        desk = self._runs.take(ref, moves.PUBLISH, self._open)
        if desk is None:
            return
        try:
            self._advance(desk)
        except Superseded:
            return
        except Stop:
            pass
        except PublishingPaused:
            _hold(desk)
        except Exception as error:
            logger.exception("publishing broke off", extra={"post": desk.post_id, "org": desk.org})
            _broke_off(desk, error)
        _release(desk)

    def _open(self, desk: Desk, scope: Scope, post: Post) -> None:
        """A post that is due begins with its first step."""
        desk.paused = post.tiktok_publish_id is None and self._runs.paused(scope)
        due = post.publish_at is None or post.publish_at <= desk.now
        if post.state is State.SCHEDULED and due and not desk.paused and not desk.shutting_down:
            desk.transitions.move(scope, post, State.CHECKING, begun=desk.now)
            desk.begin_in(scope, post, Name.CHECK)

    def _advance(self, desk: Desk) -> None:
        if desk.paused and desk.post.state in _WAITS_IN_A_PAUSE:
            raise PublishingPaused
        while True:
            stop_before_shutdown(desk)
            match desk.post.state:
                case State.SCHEDULED:
                    desk.write(
                        lambda scope, post: desk.wait(
                            scope, post, moves.PUBLISH, (post.publish_at or 0.0) - desk.now
                        )
                    )
                    return
                case State.CHECKING if not journal.done(desk.steps, Name.CHECK):
                    self._check.run(desk)
                case State.CHECKING:
                    self._init.run(desk)
                case State.UPLOADING if desk.post.tiktok_publish_id is None:
                    self._init.run(desk)
                case State.UPLOADING:
                    self._upload.run(desk)
                case _:
                    desk.forget()
                    return


def _broke_off(desk: Desk, error: Exception) -> None:
    """Something unforeseen: tried again as what is foreseen, and given up as that."""
    failure = Failure(
        "internal_error",
        f"Something went wrong in Stagedoor ({type(error).__name__}); its log says what.",
        "Report it with the post's id.",
        retryable=True,
    )
    try:
        desk.write(lambda scope, post: _put_off_broken(desk, scope, post, failure))
    except Superseded:
        pass
    except Exception:
        # the database is gone, perhaps: the row that was put in at the start brings the post back
        logger.exception("a post waits for its safety row", extra={"post": desk.post_id})


def _put_off_broken(desk: Desk, scope: Scope, post: Post, failure: Failure) -> None:
    if post.state not in (State.CHECKING, State.UPLOADING):
        return
    inits = journal.of(journal.this_try(store.steps(scope, post.id)), Name.INIT)
    if post.tiktok_publish_id is None and post.pulled and any(step.lost for step in inits):
        return  # the next run sees from the journal that its outcome is unknown
    put_off(desk, scope, post, None, failure, 1)


def _hold(desk: Desk) -> None:
    """Publishing is paused: the post stays where it is until somebody resumes."""

    def work(scope: Scope, post: Post) -> None:
        ahead = (post.publish_at or 0.0) - desk.now
        desk.wait(scope, post, moves.PUBLISH, max(holding.SECONDS, ahead))

    with suppress(Superseded):
        desk.write(work)


def _release(desk: Desk) -> None:
    try:
        desk.release()
    except Superseded:
        pass
    except Exception:
        logger.exception("a post stays held until its time is over", extra={"post": desk.post_id})
