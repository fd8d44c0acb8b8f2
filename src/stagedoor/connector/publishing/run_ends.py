"""How a run of publishing ends: handed over to TikTok, retried, postponed, or failed."""

from __future__ import annotations

from typing import Any, NoReturn

from ..database import TenantConnection
from ..schedule.store import forget
from . import outcomes, store, transitions
from .account_queue import CAP_PATIENCE
from .journal import CAP, PostStep, StepOutcome
from .outcomes import Again, Capped, Fail, Lost, PostFailure, Wait
from .post_run import PostRun
from .posts import StoredPost
from .states import PostState

MAX_ATTEMPTS = 8
GIVE_UP_SECONDS = 86_400.0
FIRST_POLL_SECONDS = 2.0


class Stop(Exception):
    """Ends the run: nothing more can be done now."""


def stop_before_shutdown(run: PostRun) -> None:
    """Start no step during shutdown: another process repeats the run. Raises `Stop`."""
    if run.shutting_down:

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            run.lay_down(tenant)
            run.wait(tenant, post, transitions.PUBLISH, 0.0)

        run.write(work)
        raise Stop


def hand_over(run: PostRun, key: str, detail: Any, **values: Any) -> NoReturn:
    """End the run's last step: from here on the post's status is polled."""

    def then(tenant: TenantConnection, post: StoredPost) -> None:
        run.transitions.move(tenant, post, PostState.PROCESSING, handed_over=run.now)
        run.wait(tenant, post, transitions.FOLLOW, FIRST_POLL_SECONDS)
        forget(tenant.connection, transitions.PUBLISH, post.ref)

    run.end(key, StepOutcome.OK, detail=detail, then=then, last=True, **values)
    raise Stop


def react(run: PostRun, key: str, verdict: outcomes.Verdict, log_id: str | None = None) -> None:
    """End a step that didn't succeed, and retry where that makes sense."""
    match verdict:
        case Fail(failure):
            end_failed(run, key, failure, log_id or failure.log_id)
        case Wait(seconds, why):
            _end_and_put_off(
                run, key, StepOutcome.WAITING, seconds, PostFailure("rate_limited", why), 0
            )
        case Capped(failure):
            _wait_for_cap(run, key, failure, log_id)
        case Again(failure):
            _end_and_put_off(run, key, StepOutcome.RETRY, None, failure, 1)
        case Lost(why):
            failure = PostFailure("answer_lost", why, "", None, True)
            _end_and_put_off(run, key, StepOutcome.RETRY, None, failure, 1)


def end_failed(run: PostRun, key: str, failure: PostFailure, log_id: str | None = None) -> NoReturn:
    run.end(
        key,
        StepOutcome.FAILED,
        log_id=log_id,
        detail={"reason": failure.reason, "why": failure.message},
        then=lambda tenant, post: give_up(run, tenant, post, failure),
    )
    raise Stop


def _end_and_put_off(
    run: PostRun,
    key: str,
    outcome: StepOutcome,
    seconds: float | None,
    failure: PostFailure,
    tries: int,
) -> None:
    def then(tenant: TenantConnection, post: StoredPost) -> None:
        put_off(run, tenant, post, seconds, failure, tries)

    run.end(key, outcome, log_id=failure.log_id, detail={"why": failure.message}, then=then)


def _wait_for_cap(run: PostRun, key: str, failure: PostFailure, log_id: str | None) -> None:
    """Let the post wait until TikTok's cap ends. TikTok refused it, so it has nothing of it."""
    since = next((step.started for step in run.steps if _of_cap(step)), run.now)
    if run.now - since > CAP_PATIENCE:
        end_failed(run, key, failure, log_id or failure.log_id)

    def then(tenant: TenantConnection, post: StoredPost) -> None:
        until = run.cap_ends(tenant, post, failure.reason)
        # the time limit for retries starts again: the cap is no failure
        store.change(tenant, post.id, retry_at=until, begun=run.now)
        run.wait(tenant, post, transitions.PUBLISH, max(1.0, until - run.now))

    detail = {"why": failure.message, CAP: failure.reason}
    log_id = log_id or failure.log_id
    run.end(key, StepOutcome.WAITING, log_id=log_id, detail=detail, then=then)


def _of_cap(step: PostStep) -> bool:
    return isinstance(step.detail, dict) and CAP in step.detail


def put_off(
    run: PostRun,
    tenant: TenantConnection,
    post: StoredPost,
    seconds: float | None,
    failure: PostFailure,
    tries: int,
) -> None:
    """Schedule a retry, or give the post up after too many attempts or too long a time.

    `seconds` None: exponential back-off.
    """
    attempts = post.attempts + tries
    late = post.begun is not None and run.now - post.begun > GIVE_UP_SECONDS
    if attempts >= MAX_ATTEMPTS or late:
        give_up(run, tenant, post, failure)
        return
    pause = backoff(attempts) if seconds is None else seconds
    store.change(tenant, post.id, attempts=attempts, retry_at=run.now + pause)
    run.wait(tenant, post, transitions.PUBLISH, pause)


def give_up(run: PostRun, tenant: TenantConnection, post: StoredPost, failure: PostFailure) -> None:
    """Fail the post, unless TikTok may have all of it: then TikTok's status is polled."""
    if post.tiktok_publish_id is None:
        run.fail(tenant, post, failure)
        return
    run.transitions.move(
        tenant,
        post,
        PostState.PROCESSING,
        handed_over=run.now,
        failure=failure.stored(),
    )
    run.wait(tenant, post, transitions.FOLLOW, FIRST_POLL_SECONDS)


def backoff(attempts: int) -> float:
    """Back-off: seconds before attempt number `attempts` + 1: 2, 6, 18 ... 900."""
    return float(min(900.0, 2.0 * 3.0 ** (max(1, attempts) - 1)))


def read_again(verdict: outcomes.Verdict) -> outcomes.Verdict:
    """The verdict for a read: a read whose answer was lost is retried."""
    if isinstance(verdict, Lost):
        return Again(outcomes.unreachable(verdict.why))
    return verdict
