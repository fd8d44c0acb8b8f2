"""Making a post: check, the creator's settings, init, upload. Then TikTok has it.

Every step is journalled before the network is touched. A step may run twice: what the journal
says decides what is done. An init of a file publishes nothing without its bytes, so one whose
answer was lost is abandoned and repeated, once. An init after which TikTok fetches the media
itself is never repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from stagedoor.client import ChunkPlan, Progress, TikTok, plan_chunks
from stagedoor.client.errors import StagedoorError, TikTokError, UploadExpired
from stagedoor.platform.media import MIN_CHUNK
from stagedoor.platform.products.posting import (
    CreatorInfo,
    Initiated,
    PostMode,
    PublishStatus,
    VideoInitiated,
)

from ..database import Scope
from ..errors import ApiError
from ..integrations.accounts import Integration
from ..jobs import leaving
from ..media.prober import Bad, Good
from ..media.service import Medium
from ..waiting.store import forget
from . import accounts, content, holding, journal, moves, offered, store, verdicts
from .desk import Desk, Paused, Superseded, take
from .journal import Name, Outcome, Step
from .posts import Kind, Post
from .prepared_call import PreparedCall
from .states import State
from .verdicts import Again, Fail, Failure, Lost, Wait

if TYPE_CHECKING:
    from ..services import Services

MAX_ATTEMPTS = 8
MAX_INITS = 2
GIVE_UP_SECONDS = 86_400.0
FIRST_POLL_SECONDS = 2.0
_WAITS_IN_A_PAUSE = (State.SCHEDULED, State.CHECKING, State.UPLOADING)
_CHUNK = 2 * MIN_CHUNK
"""Small chunks lose little when a connection breaks."""

logger = logging.getLogger("stagedoor.posts")


class Stop(Exception):
    """This run has done what it could."""


class Publishing:
    """The job that hands a post over to TikTok."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run(self, ref: str) -> None:
        """Bring a post as far as it goes now; may be called at any time, also twice at once."""
        desk = take(self._services, ref, moves.PUBLISH, self._open)
        if desk is None:
            return
        try:
            self._advance(desk)
        except Superseded:
            return
        except Stop:
            pass
        except Paused:
            _hold(desk)
        except Exception as error:
            logger.exception("publishing broke off", extra={"post": desk.post_id, "org": desk.org})
            _broke_off(desk, error)
        _release(desk)

    def _open(self, desk: Desk, scope: Scope, post: Post) -> None:
        """A post that is due begins with its first step."""
        desk.paused = post.tiktok_publish_id is None and self._services.pauses.stops(scope)
        due = post.publish_at is None or post.publish_at <= desk.now
        if post.state is State.SCHEDULED and due and not desk.paused and not leaving():
            moves.move(self._services, scope, post, State.CHECKING, begun=desk.now)
            desk.begin_in(scope, post, Name.CHECK)

    def _advance(self, desk: Desk) -> None:
        if desk.paused and desk.post.state in _WAITS_IN_A_PAUSE:
            raise Paused
        while True:
            _stay_clear_of_the_end(desk)
            match desk.post.state:
                case State.SCHEDULED:
                    desk.write(
                        lambda scope, post: desk.wait(
                            scope, post, moves.PUBLISH, (post.publish_at or 0.0) - desk.now
                        )
                    )
                    return
                case State.CHECKING if not journal.done(desk.steps, Name.CHECK):
                    self._check(desk)
                case State.CHECKING:
                    self._init(desk)
                case State.UPLOADING if desk.post.tiktok_publish_id is None:
                    self._init(desk)
                case State.UPLOADING:
                    self._upload(desk)
                case _:
                    desk.forget()
                    return

    # check

    def _check(self, desk: Desk) -> None:
        post = desk.post
        media = self._media(desk, post)
        key = desk.begin(Name.CHECK, State.CHECKING)
        facts: list[Any] = []
        problems: list[str] = []
        for number, medium in enumerate(media, 1):
            where = f"photo {number}" if post.kind is Kind.PHOTOS else "the video"
            if not medium.complete:
                problems.append(f"{where} isn't uploaded")
                continue
            try:
                found = self._services.media.probe(medium, number)
            except ApiError as error:
                if not error.retryable:
                    raise
                self._react(desk, key, Wait(error.retry_after or 5.0, error.message))
                raise Stop from None
            if isinstance(found, Good):
                facts.append(dict(found.facts))
            elif isinstance(found, Bad):
                problems += [f"{where} {problem}" for problem in found.problems]
            else:
                problems.append(f"{where} isn't in the media store any more")
        if problems:
            failure = Failure(
                "media_rejected",
                f"The media isn't what TikTok takes: {'; '.join(problems)}. Nothing was sent.",
                "Mend the file and make a new post with it.",
            )
            self._end_failed(desk, key, failure)
        if not media:
            facts.append("TikTok fetches the media itself, and checks it then")
        desk.end(key, Outcome.OK, detail={"media": facts}, then=self._on_to_settings(desk))

    def _on_to_settings(self, desk: Desk) -> Callable[[Scope, Post], Any]:
        def then(scope: Scope, post: Post) -> None:
            if post.direct and post.state is State.CHECKING and not leaving():
                desk.begin_in(scope, post, Name.SETTINGS)

        return then

    def _media(self, desk: Desk, post: Post) -> list[Medium]:
        if desk.media is None:
            with self._services.database.read() as connection:
                desk.media = self._services.media.of_post(Scope(connection, post.org), post.id)
        return desk.media

    # the creator's settings

    def _account(self, desk: Desk, post: Post, key: str) -> tuple[Integration, TikTok]:
        try:
            operation = content.operation(post.kind, post.mode)
            mode = PostMode.DIRECT_POST if post.direct else PostMode.MEDIA_UPLOAD
            account, tiktok = accounts.acting(
                self._services, post.org, post.integration, operation, {"post_mode": mode}
            )
            return account, tiktok.with_listener(desk.hear)
        except ApiError as error:
            self._react(desk, key, verdicts.of(error, desk.now))
            raise Stop from None

    def _settings(self, desk: Desk) -> tuple[str, tuple[Integration, TikTok]]:
        """The creator's handle, and how to go on for them.

        What their settings don't offer fails before anything is sent.
        """
        post = desk.post
        key = desk.begin(Name.SETTINGS)
        account, tiktok = self._account(desk, post, key)
        try:
            creator: CreatorInfo = tiktok.posts.creator_info()
        except (StagedoorError, ApiError) as error:
            self._react(desk, key, _read_again(verdicts.of(error, desk.now)))
            raise Stop from None
        found = (
            offered.level_problem(post.privacy, creator),
            offered.length_problem(_seconds(desk.steps), creator),
        )
        problems = [problem for problem in found if problem is not None]
        if problems:
            failure = Failure(
                "settings_mismatch",
                f"{'; '.join(problems)}. Nothing was sent.",
                "Read creator-info, choose from what it offers with PATCH, then retry the post.",
            )
            self._end_failed(desk, key, failure)
        levels = [str(level) for level in creator.privacy_level_options]
        detail = {"username": creator.creator_username, "privacyLevels": levels}
        desk.end_with_next(key, detail)
        return creator.creator_username, (account, tiktok)

    # init

    def _init(self, desk: Desk) -> None:
        post, steps = desk.post, desk.steps
        lost = [step for step in journal.of(steps, Name.INIT) if step.lost]
        if post.pulled and lost:
            self._unknown(desk, lost[-1])
        spent = [s for s in journal.of(steps, Name.INIT) if s.lost or s.outcome == Outcome.OK]
        if len(spent) >= MAX_INITS:
            self._no_more_inits(desk, steps)
        plan, urls = self._parcel(desk, post)
        if post.direct:
            username, (account, tiktok) = self._settings(desk)
        else:
            username, (account, tiktok) = "", self._account(desk, post, Name.INIT)
        with self._init_call(desk, tiktok, post, plan, urls) as call:
            key = self._send_init(desk, call, post.state)
            if key is not None:
                self._keep_init(desk, key, account, call.answer, plan, username)

    def _send_init(self, desk: Desk, call: PreparedCall, state: State) -> str | None:
        """Send the init; the key of its step. None: its answer was lost.

        The step is begun right before the request: a process that dies while it waits for a
        token or a place in the rate limit has begun nothing.
        """
        while True:
            try:
                call.prepare()
            except (StagedoorError, ApiError) as error:
                self._react(desk, Name.INIT, _read_again(verdicts.of(error, desk.now)))
                raise Stop from None
            _stay_clear_of_the_end(desk)
            key = desk.begin(Name.INIT, state, to=State.UPLOADING)
            try:
                if call.send():
                    return key
            except (StagedoorError, ApiError) as error:
                self._unanswered(desk, key, error)
                return None
            desk.write(lambda scope, post: desk.lay_down(scope))
            state = State.UPLOADING

    def _unanswered(self, desk: Desk, key: str, error: StagedoorError | ApiError) -> None:
        """End an init whose request was sent and that didn't succeed."""
        verdict = verdicts.of(error, desk.now)
        if desk.post.pulled and verdicts.is_server_fault(error):
            verdict = Lost(str(error))
        log_id = error.log_id if isinstance(error, TikTokError | ApiError) else None
        if isinstance(verdict, Lost):
            desk.end(key, Outcome.LOST, log_id=log_id or None, detail={"why": verdict.why})
            return  # the journal decides what comes of it
        self._react(desk, key, verdict, log_id)
        raise Stop

    def _parcel(self, desk: Desk, post: Post) -> tuple[ChunkPlan | None, list[str]]:
        """How a file is divided, and where TikTok fetches photos from."""
        media = self._media(desk, post)
        if post.kind is Kind.VIDEO:
            return (plan_chunks(media[0].received, _CHUNK) if media else None), []
        if not media:
            return None, [str(url) for url in post.content["urls"]]

        def allow(scope: Scope, post: Post) -> list[str]:
            return [self._services.media.pull_url(scope, medium.id) for medium in media]

        urls: list[str] = desk.write(allow)
        return None, urls

    def _init_call(
        self, desk: Desk, tiktok: TikTok, post: Post, plan: ChunkPlan | None, urls: list[str]
    ) -> PreparedCall:
        operation = content.operation(post.kind, post.mode)
        try:
            if post.kind is Kind.PHOTOS:
                return PreparedCall(tiktok, operation, content.photos(post, urls))
            return PreparedCall(tiktok, operation, content.video(post, plan))
        except StagedoorError as error:
            self._react(desk, Name.INIT, verdicts.of(error, desk.now))
            raise Stop from None

    def _keep_init(
        self,
        desk: Desk,
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
            values["upload_url"] = self._services.vault.seal(
                account.grant.app_id, "posts", desk.post_id, "upload_url", url or ""
            )
        detail = {"tiktokPublishId": started.publish_id}
        if plan is None:
            self._hand_over(desk, key, detail, **values)

        def then(scope: Scope, post: Post) -> None:
            if post.state is State.UPLOADING and not leaving():
                desk.begin_in(scope, post, Name.UPLOAD)

        desk.end(key, Outcome.OK, detail=detail, then=then, **values)

    def _hand_over(self, desk: Desk, key: str, detail: Any, **values: Any) -> NoReturn:
        """End the run's last step: from here on the post is followed."""

        def then(scope: Scope, post: Post) -> None:
            moves.move(self._services, scope, post, State.PROCESSING, handed_over=desk.now)
            desk.wait(scope, post, moves.FOLLOW, FIRST_POLL_SECONDS)
            forget(scope.connection, moves.PUBLISH, post.ref)

        desk.end(key, Outcome.OK, detail=detail, then=then, last=True, **values)
        raise Stop

    def _unknown(self, desk: Desk, step: Step) -> None:
        why = (step.detail or _NO_ANSWER)["why"]
        failure = Failure(
            "outcome_unknown",
            f"The answer to TikTok's init was lost ({why.rstrip('.')}), so TikTok may have taken "
            "this post, and may not.",
            "Look at the creator's profile or inbox before you post it again, then settle this "
            'post with PATCH {"resolution": "published"} or {"resolution": "notPublished"}.',
            step.log_id,
        )

        def work(scope: Scope, post: Post) -> None:
            if step.outcome is None:
                store.end_step(scope, step.key, desk.now, Outcome.LOST.value, None, _NO_ANSWER)
            moves.lose(self._services, scope, post, failure)
            desk.wait(scope, post, moves.FOLLOW, 120.0)

        desk.write(work)
        raise Stop

    def _no_more_inits(self, desk: Desk, steps: list[Step]) -> None:
        failure = Failure(
            "init_lost",
            "TikTok's init was repeated once, and came to nothing again: its answer was lost, or "
            "its upload could not be finished. No complete file reached TikTok, so nothing was "
            "published.",
            "See that the network to TikTok is well, then retry the post.",
            retryable=True,
        )

        def work(scope: Scope, post: Post) -> None:
            for step in journal.of(steps, Name.INIT):
                if step.outcome is None:
                    store.end_step(scope, step.key, desk.now, Outcome.LOST.value, None, _NO_ANSWER)
            desk.fail(scope, post, failure)

        desk.write(work)
        raise Stop

    # upload

    def _upload(self, desk: Desk) -> None:
        post, steps = desk.post, desk.steps
        media = self._media(desk, post)
        key = desk.begin(Name.UPLOAD, State.UPLOADING)
        # the attempts of an init that was abandoned aren't this one's
        inits = journal.of(steps, Name.INIT)
        before = [
            step
            for step in journal.of(steps, Name.UPLOAD)
            if step.key != key and (not inits or step.started >= inits[-1].started)
        ]
        account, tiktok = self._account(desk, post, key)
        try:
            stored = self._stored(tiktok, post) if before else 0
            if stored is not None:
                self._send_bytes(desk, tiktok, account, post, media[0], stored)
        except UploadExpired as error:
            self._abandon(desk, key, tiktok, post, error)
            return
        except (StagedoorError, ApiError) as error:
            verdict = _read_again(verdicts.of(error, desk.now))
            self._react(desk, key, verdict)
            raise Stop from None
        self._hand_over(desk, key, {"bytes": media[0].received})

    def _stored(self, tiktok: TikTok, post: Post) -> int | None:
        """How many bytes TikTok has; None: all it wants."""
        status = tiktok.posts.status(publish_id=post.tiktok_publish_id or "")
        if status.status != PublishStatus.PROCESSING_UPLOAD:
            return None
        return status.uploaded_bytes or 0

    def _send_bytes(
        self,
        desk: Desk,
        tiktok: TikTok,
        account: Integration,
        post: Post,
        medium: Medium,
        stored: int,
    ) -> None:
        url = self._services.vault.open(
            account.grant.app_id, "posts", post.id, "upload_url", post.upload_url or ""
        )
        started = VideoInitiated(publish_id=post.tiktok_publish_id or "", upload_url=url)
        chunk = post.chunk_size or medium.received
        if stored != medium.received and stored % chunk:
            stored -= stored % chunk  # TikTok counts whole chunks; its 416 corrects the rest

        def on_progress(_: Progress) -> None:
            desk.renew()

        source = self._services.media.source(medium)
        try:
            tiktok.posts.send_video(
                started, source, chunk_size=chunk, stored=stored, progress=on_progress
            )
        finally:
            source.close()

    def _abandon(
        self, desk: Desk, key: str, tiktok: TikTok, post: Post, error: UploadExpired
    ) -> None:
        """The upload's URL is over. Unless TikTok has all bytes, its init published nothing."""
        try:
            stored = self._stored(tiktok, post)
        except (StagedoorError, ApiError) as unread:
            self._react(desk, key, _read_again(verdicts.of(unread, desk.now)))
            raise Stop from None
        detail = {"why": str(error), "abandoned": post.tiktok_publish_id}
        if stored is None:
            # FAILED at TikTok, or being processed after all: following it tells which
            self._hand_over(desk, key, detail)
        desk.end(key, Outcome.FAILED, detail=detail, tiktok_publish_id=None, upload_url=None)

    # what goes wrong

    def _end_failed(
        self, desk: Desk, key: str, failure: Failure, log_id: str | None = None
    ) -> None:
        desk.end(
            key,
            Outcome.FAILED,
            log_id=log_id,
            detail={"reason": failure.reason, "why": failure.message},
            then=lambda scope, post: give_up(desk, scope, post, failure),
        )
        raise Stop

    def _react(
        self, desk: Desk, key: str, verdict: verdicts.Verdict, log_id: str | None = None
    ) -> None:
        """End a step that didn't succeed, and have it repeated when that makes sense."""
        match verdict:
            case Fail(failure):
                self._end_failed(desk, key, failure, log_id or failure.log_id)
            case Wait(seconds, why):
                self._put_off(desk, key, Outcome.WAITING, seconds, Failure("rate_limited", why), 0)
            case Again(failure):
                self._put_off(desk, key, Outcome.RETRY, None, failure, 1)
            case Lost(why):
                failure = Failure("answer_lost", why, "", None, True)
                self._put_off(desk, key, Outcome.RETRY, None, failure, 1)

    def _put_off(
        self,
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


def _stay_clear_of_the_end(desk: Desk) -> None:
    """A process about to end begins no step whose answer it might not hear: the next one does."""
    if leaving():

        def work(scope: Scope, post: Post) -> None:
            desk.lay_down(scope)
            desk.wait(scope, post, moves.PUBLISH, 0.0)

        desk.write(work)
        raise Stop


_NO_ANSWER = {"why": "The process ended before the answer came."}


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
    moves.move(
        desk.services,
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


def _read_again(verdict: verdicts.Verdict) -> verdicts.Verdict:
    """A question whose answer was lost may be asked again."""
    if isinstance(verdict, Lost):
        return Again(verdicts.unreachable(verdict.why))
    return verdict


def _seconds(steps: list[Step]) -> float | None:
    """How long the video is, as the check found."""
    for step in journal.of(steps, Name.CHECK):
        for facts in (step.detail or {}).get("media", ()):
            if isinstance(facts, dict) and facts.get("seconds"):
                return float(facts["seconds"])
    return None
