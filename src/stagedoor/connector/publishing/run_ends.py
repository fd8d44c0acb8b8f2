"""How a run of publishing ends: handed over to TikTok, tried again, put off, or given up."""

from __future__ import annotations

from typing import Any, NoReturn

from ..database import Scope
from ..waiting.store import forget
from . import moves, store, verdicts
from .desk import Desk
from .journal import Outcome
from .posts import Post
from .states import State
from .verdicts import Again, Fail, Failure, Lost, Wait

MAX_ATTEMPTS = 8
GIVE_UP_SECONDS = 86_400.0
FIRST_POLL_SECONDS = 2.0


class Stop(Exception):
    """This run has done what it could."""


def stop_before_shutdown(desk: Desk) -> None:
    """Start no step during shutdown: another process repeats the run. Raises `Stop`."""
    if desk.shutting_down:

        def work(scope: Scope, post: Post) -> None:
            desk.lay_down(scope)
            desk.wait(scope, post, moves.PUBLISH, 0.0)

        desk.write(work)
        raise Stop


def hand_over(desk: Desk, key: str, detail: Any, **values: Any) -> NoReturn:
    """End the run's last step: from here on the post is followed."""

    def then(scope: Scope, post: Post) -> None:
        desk.transitions.move(scope, post, State.PROCESSING, handed_over=desk.now)
        desk.wait(scope, post, moves.FOLLOW, FIRST_POLL_SECONDS)
        forget(scope.connection, moves.PUBLISH, post.ref)

    desk.end(key, Outcome.OK, detail=detail, then=then, last=True, **values)
    raise Stop


def react(desk: Desk, key: str, verdict: verdicts.Verdict, log_id: str | None = None) -> None:
    """End a step that didn't succeed, and have it repeated when that makes sense."""
    match verdict:
        case Fail(failure):
            end_failed(desk, key, failure, log_id or failure.log_id)
        case Wait(seconds, why):
            _end_and_put_off(desk, key, Outcome.WAITING, seconds, Failure("rate_limited", why), 0)
        case Again(failure):
            _end_and_put_off(desk, key, Outcome.RETRY, None, failure, 1)
        case Lost(why):
            failure = Failure("answer_lost", why, "", None, True)
            _end_and_put_off(desk, key, Outcome.RETRY, None, failure, 1)


def end_failed(desk: Desk, key: str, failure: Failure, log_id: str | None = None) -> NoReturn:
    desk.end(
        key,
        Outcome.FAILED,
        log_id=log_id,
        detail={"reason": failure.reason, "why": failure.message},
        then=lambda scope, post: give_up(desk, scope, post, failure),
    )
    raise Stop


def _end_and_put_off(
    desk: Desk,
    key: str,
    outcome: Outcome,
    seconds: float | None,
    failure: Failure,
    tries: int,
) -> None:
    def then(scope: Scope, post: Post) -> None:
        put_off(desk, scope, post, seconds, failure, tries)

    desk.end(key, outcome, log_id=failure.log_id, detail={"why": failure.message}, then=then)


def put_off(
    desk: Desk, scope: Scope, post: Post, seconds: float | None, failure: Failure, tries: int
) -> None:
    """Have the post tried again later, or give it up when it was tried often enough.

    `seconds` None: longer with each try.
    """
    attempts = post.attempts + tries
    late = post.begun is not None and desk.now - post.begun > GIVE_UP_SECONDS
    if attempts >= MAX_ATTEMPTS or late:
        give_up(desk, scope, post, failure)
        return
    pause = backoff(attempts) if seconds is None else seconds
    store.change(scope, post.id, attempts=attempts, retry_at=desk.now + pause)
    desk.wait(scope, post, moves.PUBLISH, pause)


def give_up(desk: Desk, scope: Scope, post: Post, failure: Failure) -> None:
    """The post failed, unless TikTok could have all of it: then TikTok is asked."""
    if post.tiktok_publish_id is None:
        desk.fail(scope, post, failure)
        return
    desk.transitions.move(
        scope,
        post,
        State.PROCESSING,
        handed_over=desk.now,
        failure=failure.stored(),
    )
    desk.wait(scope, post, moves.FOLLOW, FIRST_POLL_SECONDS)


def backoff(attempts: int) -> float:
    """Seconds before try number `attempts` + 1: 2, 6, 18 ... 900."""
    return float(min(900.0, 2.0 * 3.0 ** (max(1, attempts) - 1)))


def read_again(verdict: verdicts.Verdict) -> verdicts.Verdict:
    """A question whose answer was lost may be asked again."""
    if isinstance(verdict, Lost):
        return Again(verdicts.unreachable(verdict.why))
    return verdict
