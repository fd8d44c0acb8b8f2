"""A run's hold on a post: every write checks that the run still holds it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from stagedoor.client import Answered

from .. import leases
from ..clock import Clock
from ..database import Database, TenantConnection
from ..jobs import Shutdown
from ..media.service import MediaService, Medium
from ..schedule.store import forget, wait
from . import journal, store, transitions
from .account_queue import AccountQueue
from .holding import Paused
from .journal import Name, PostStep, StepOutcome
from .outcomes import PostFailure
from .posts import StoredPost
from .states import PostState
from .transitions import Transitions

T = TypeVar("T")

HOLD_SECONDS = 150.0
"""Seconds of real time, longer than any single request to TikTok takes."""
RENEW_SECONDS = 20.0
SAFETY_SECONDS = 60.0
"""After this time a job that broke, or that no worker adopted, is started again."""
_BUSY_SECONDS = 2.0


class Superseded(Exception):
    """Another run has taken over the post: this one writes nothing more."""


class PublishingPaused(Exception):
    """Publishing is paused for the organisation: this transaction is rolled back."""


class PostRuns:
    """Takes posts for runs: a post has one run at a time."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        media: MediaService,
        transitions: Transitions,
        paused: Paused,
        count_effect: Callable[[TenantConnection], object],
        shutdown: Shutdown,
        queue: AccountQueue,
    ) -> None:
        """`count_effect` is called in each transaction in which an init begins."""
        self.database = database
        self.clock = clock
        self.media = media
        self.transitions = transitions
        self.paused = paused
        self.count_effect = count_effect
        self.shutdown = shutdown
        self.queue = queue

    def take(
        self,
        ref: str,
        kind: str,
        first: Callable[[PostRun, TenantConnection, StoredPost], Any] = lambda run, tenant, post: (
            None
        ),
    ) -> PostRun | None:
        """Hold a post for a run. None: there is no such post, or another run has it, and this run
        is repeated later.

        `first` is called in the same transaction.
        """
        org, _, post_id = ref.rpartition("/")
        hold: dict[str, Any] = {**leases.hold(HOLD_SECONDS), "woken": False}
        with self.database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = store.find(tenant, post_id, lock=True)
            if post is None:
                return None
            now = self.clock.now()
            if not leases.is_free(post):
                wait(connection, kind, ref, now + _BUSY_SECONDS)
                return None
            store.change(tenant, post_id, **hold)
            wait(connection, kind, ref, now + SAFETY_SECONDS)
            steps = journal.this_try(store.steps(tenant, post_id))
            run = PostRun(self, kind, replace(post, **hold), steps)
            first(run, tenant, run.post)
            run.post = store.find(tenant, post_id) or run.post
            return run


class PostRun:
    """A run's hold on one post, made by `PostRuns.take`; one thread uses it."""

    def __init__(self, runs: PostRuns, kind: str, post: StoredPost, steps: list[PostStep]) -> None:
        self.transitions = runs.transitions
        self.cap_ends = runs.queue.cap_ends
        self.org = post.org
        self.post_id = post.id
        self.kind = kind
        self.post = post
        """The post as of the last write."""
        self.steps = steps
        self.log_id: str | None = None
        """The log_id of TikTok's last answer in the current step."""
        self.paused = False
        """Whether publishing was paused when the run began."""
        self._runs = runs
        self._media: list[Medium] | None = None
        self._holder = post.held_by
        self._begun: PostStep | None = None
        self._unwritten: tuple[str, float, str | None, Any] | None = None
        self._released = False
        self._renewed = time.monotonic()

    @property
    def now(self) -> float:
        return self._runs.clock.now()

    @property
    def shutting_down(self) -> bool:
        """Whether the process is shutting down: then no step begins."""
        return self._runs.shutdown.begun

    @property
    def media(self) -> list[Medium]:
        """The post's files, read once: they don't change while the post is published."""
        if self._media is None:
            with self._runs.database.read() as connection:
                self._media = self._runs.media.of_post(
                    TenantConnection(connection, self.org), self.post_id
                )
        return self._media

    def write(self, work: Callable[[TenantConnection, StoredPost], T]) -> T:
        """Run `work` in a transaction that holds the post. Raises `Superseded`."""
        with self._runs.database.begin() as connection:
            tenant = TenantConnection(connection, self.org)
            post = store.find(tenant, self.post_id, lock=True)
            if post is None or post.held_by != self._holder:
                raise Superseded
            self._write_down(tenant)
            done = work(tenant, post)
            self.post = store.find(tenant, self.post_id) or post
        self._unwritten = None
        return done

    def finish(self, work: Callable[[TenantConnection, StoredPost], Any]) -> None:
        """The last `write` of a run: it releases the hold."""

        def last(tenant: TenantConnection, post: StoredPost) -> None:
            work(tenant, post)
            store.change(tenant, post.id, **leases.RELEASED)

        self.write(last)
        self._released = True

    def begin(self, name: Name, only: PostState | None = None, to: PostState | None = None) -> str:
        """Record that a step begins; returns its key. A step of this name that has begun goes on.

        `to` is the post's next state. Raises `Superseded` when the post's state isn't `only` any
        more.
        """
        if self._begun is not None and self._begun.name == name:
            return self._begun.key

        def work(tenant: TenantConnection, post: StoredPost) -> str:
            if only is not None and post.state is not only:
                raise Superseded
            return self.begin_in(tenant, post, name, to)

        return self.write(work)

    def begin_in(
        self, tenant: TenantConnection, post: StoredPost, name: Name, to: PostState | None = None
    ) -> str:
        """`begin` in an open transaction. Raises `PublishingPaused` for an init."""
        if name is Name.INIT:
            if self._runs.paused(tenant):
                raise PublishingPaused
            self._runs.count_effect(tenant)
        if to is not None and post.state is not to:
            self.transitions.move(tenant, post, to, attempts=post.attempts)
        self.log_id = None
        before = journal.of(self.steps, name)
        for step in before:
            if step.outcome is None:
                self._end_in(tenant, step.key, StepOutcome.LOST, None, _DIED)
        self._begun = store.begin_step(tenant, self.post_id, name.value, len(before) + 1, self.now)
        self.steps.append(self._begun)
        return self._begun.key

    def end(
        self,
        key: str,
        outcome: StepOutcome,
        *,
        log_id: str | None = None,
        detail: Any = None,
        then: Callable[[TenantConnection, StoredPost], Any] = lambda tenant, post: None,
        last: bool = False,
        **values: Any,
    ) -> None:
        """Record how a step ended, change the post, and call `then`, in one transaction.

        `key` may be the name of a step for which nothing was sent: it begins and ends here. `last`:
        the run has nothing more to do, and the hold is released.
        """

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            if isinstance(key, Name):
                self.note(tenant, key, outcome, log_id, detail)
            else:
                self._end_in(tenant, key, outcome, log_id, detail)
            if outcome is StepOutcome.OK and post.attempts:
                values.setdefault("attempts", 0)
            if values:
                store.change(tenant, post.id, **values)
            then(tenant, post)

        if last:
            self.finish(work)
        else:
            self.write(work)

    def end_with_next(self, key: str, detail: Any) -> None:
        """Record, together with the next write, that a step succeeded: one commit for both."""
        self._unwritten = key, self.now, self.log_id, detail
        self.log_id = None

    def _write_down(self, tenant: TenantConnection) -> None:
        if self._unwritten is not None:
            key, at, log_id, detail = self._unwritten
            self._end_in(tenant, key, StepOutcome.OK, log_id, detail, at)

    def note(
        self,
        tenant: TenantConnection,
        name: Name,
        outcome: StepOutcome,
        log_id: str | None,
        detail: Any,
    ) -> None:
        """Record a completed read step. Nothing depends on the record that it began."""
        now, attempt = self.now, len(journal.of(self.steps, name)) + 1
        log_id = log_id or self.log_id
        step = PostStep(
            uuid.uuid4().hex, name.value, attempt, now, now, outcome.value, log_id, detail
        )
        self.steps.append(store.add_step(tenant, self.post_id, step))

    def hear(self, answered: Answered) -> None:
        """Remember the log_id of TikTok's answer in the current step."""
        self.log_id = answered.log_id or None

    def lay_down(self, tenant: TenantConnection) -> None:
        """End the step that has begun as waiting: nothing was sent for it."""
        if self._begun is not None:
            self._end_in(tenant, self._begun.key, StepOutcome.WAITING, None, None)

    def _end_in(
        self,
        tenant: TenantConnection,
        key: str,
        outcome: StepOutcome,
        log_id: str | None,
        detail: Any,
        at: float | None = None,
    ) -> None:
        now, log_id = self.now if at is None else at, log_id or self.log_id
        store.end_step(tenant, key, now, outcome.value, log_id, detail)
        over = {"ended": now, "outcome": outcome.value, "log_id": log_id, "detail": detail}
        self.steps = [replace(one, **over) if one.key == key else one for one in self.steps]
        if self._begun is not None and self._begun.key == key:
            self._begun = None

    def wait(self, tenant: TenantConnection, post: StoredPost, kind: str, seconds: float) -> None:
        """Schedule the next run; immediately if one was requested meanwhile."""
        pause = 0.0 if post.woken and kind == transitions.FOLLOW else seconds
        wait(tenant.connection, kind, post.ref, self.now + pause)

    def forget(self) -> None:
        """Remove the due row and release the hold: no more runs are needed."""

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            if self.kind == transitions.FOLLOW and post.woken:
                wait(tenant.connection, self.kind, post.ref, self.now)
            else:
                forget(tenant.connection, self.kind, post.ref)

        self.finish(work)

    def fail(self, tenant: TenantConnection, post: StoredPost, failure: PostFailure) -> None:
        self.transitions.fail(tenant, post, failure)

    def renew(self) -> None:
        """Extend the hold during long work. Raises `Superseded`."""
        if time.monotonic() - self._renewed < RENEW_SECONDS:
            return
        self._renewed = time.monotonic()

        def work(tenant: TenantConnection, post: StoredPost) -> None:
            store.change(tenant, post.id, **leases.renewal(HOLD_SECONDS))
            wait(tenant.connection, self.kind, post.ref, self.now + SAFETY_SECONDS)

        self.write(work)

    def release(self) -> None:
        if not self._released:
            self.finish(lambda tenant, post: None)


_DIED = {"why": "The process ended before the answer came."}
