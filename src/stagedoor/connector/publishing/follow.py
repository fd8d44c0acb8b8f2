"""Following a post that TikTok has: asking rarely, and at once when a webhook says so."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from stagedoor.client import TikTok
from stagedoor.client.errors import NotFound, StagedoorError, TikTokError, TokenInvalid
from stagedoor.platform.media import UPLOAD_URL_SECONDS
from stagedoor.platform.products import display
from stagedoor.platform.products.display import Video
from stagedoor.platform.products.posting import FailReason, PostStatus, PrivacyLevel, PublishStatus
from stagedoor.platform.scopes import Scope as Grantable
from stagedoor.platform.scopes import implied

from ..database import Scope
from ..errors import ApiError
from ..integrations.accounts import Integration
from ..waiting.store import forget
from . import accounts, content, holding, moves, store, verdicts
from .desk import Desk, Superseded, take
from .journal import Name, Outcome
from .posts import Kind, Post
from .states import State, Visibility
from .verdicts import Fail, Failure, Wait

if TYPE_CHECKING:
    from ..services import Services

FRESH_SECONDS = 120.0
"""Right after init TikTok may not know the publish_id yet (`posting.yaml`, fresh_id_race)."""
_HOUR, _DAY = 3_600.0, 86_400.0
_SKEW = 5.0

logger = logging.getLogger("stagedoor.posts")


def pause(state: State, polls: int) -> float:
    """Seconds until the next question about a post, by how often it was asked in vain."""
    match state:
        case State.PROCESSING:
            return min(60.0, 2.0 * 1.5 ** min(polls, 20))
        case State.IN_INBOX:
            return min(_DAY, _HOUR * 2.0 ** min(polls, 10))
        case State.PUBLISHED:
            return min(6 * _HOUR, 15.0 * 2.0 ** min(polls, 20))
        case _:
            return min(_DAY, 300.0 * 4.0 ** min(polls, 10))


PATIENCE = {
    State.PROCESSING: 2 * _DAY,
    State.IN_INBOX: 30 * _DAY,
    State.PUBLISHED: 3 * _DAY,
    State.UNKNOWN: _DAY,
}
"""How long a post is asked about; after that only webhooks move it."""


class Following:
    """The job that asks TikTok what became of a post."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run(self, ref: str) -> None:
        """Ask once; may be called at any time, also twice at once."""
        desk = take(self._services, ref, moves.FOLLOW)
        if desk is None:
            return
        try:
            self._look(desk)
        except Superseded:
            return
        except Exception:
            logger.exception("following broke off", extra={"post": desk.post_id, "org": desk.org})
        try:
            desk.release()
        except Superseded:
            pass
        except Exception:
            logger.exception(
                "a post stays held until its time is over", extra={"post": desk.post_id}
            )

    def _look(self, desk: Desk) -> None:
        post = desk.post
        if post.state not in PATIENCE or (
            post.state is State.PUBLISHED and post.visibility is not Visibility.IN_REVIEW
        ):
            desk.forget()
            return
        try:
            account, client = self._services.integrations.acting(
                post.org, post.integration, accounts.BRISK
            )
            tiktok = client.with_listener(desk.hear)
            if post.tiktok_publish_id is None:
                self._look_around(desk, tiktok, account, post)
                return
            status = tiktok.posts.status(publish_id=post.tiktok_publish_id)
            asked = desk.log_id
            found = self._found(tiktok, account, post, status)
            desk.log_id = asked
        except (StagedoorError, ApiError) as error:
            self._unanswered(desk, post, error)
            return
        desk.finish(lambda scope, post: self._apply(desk, scope, post, status, found))

    # answers

    def _apply(
        self, desk: Desk, scope: Scope, post: Post, status: PostStatus, found: tuple[str, ...]
    ) -> None:
        target = _target(post, status)
        if target is not None:
            self._note(desk, scope, post, status)
            self._move(desk, scope, post, status, target, found)
            return
        if post.state is State.PUBLISHED:
            ids = _merged(post.public_ids, found)
            if ids != post.public_ids:
                self._note(desk, scope, post, status)
                store.change(
                    scope, post.id, public_ids=list(ids), visibility=Visibility.PUBLIC.value
                )
                forget(scope.connection, moves.FOLLOW, post.ref)
                return
        if self._never_came(desk, scope, post, status):
            return
        self._later(desk, scope, post)

    def _never_came(self, desk: Desk, scope: Scope, post: Post, status: PostStatus) -> bool:
        """Whether an upload was given up that TikTok can't get the rest of any more: it failed."""
        if (
            post.state is not State.PROCESSING
            or status.status != PublishStatus.PROCESSING_UPLOAD
            or status.uploaded_bytes is None
            or desk.now - (post.handed_over or 0.0) < UPLOAD_URL_SECONDS + 300
        ):
            return False
        size = sum(one.received for one in self._services.media.of_post(scope, post.id))
        if status.uploaded_bytes >= size:
            return False
        failure = Failure(
            "upload_incomplete",
            f"TikTok has {status.uploaded_bytes} of {size} bytes, and its upload address has "
            "expired. Nothing was published.",
            "See that the network to TikTok is well, then retry the post.",
            retryable=True,
        )
        moves.fail(self._services, scope, post, failure)
        return True

    def _move(
        self,
        desk: Desk,
        scope: Scope,
        post: Post,
        status: PostStatus,
        target: State,
        found: tuple[str, ...],
    ) -> None:
        if target is State.FAILED:
            moves.fail(self._services, scope, post, _failure(status))
            return
        if target is State.PUBLISHED:
            visibility = _visibility(post, found)
            moves.move(
                self._services,
                scope,
                post,
                target,
                public_ids=list(_merged(post.public_ids, found)),
                visibility=visibility.value,
                failure=None,
            )
            if visibility is Visibility.IN_REVIEW:
                desk.wait(scope, post, moves.FOLLOW, pause(target, 0))
            else:
                forget(scope.connection, moves.FOLLOW, post.ref)
            return
        moves.move(self._services, scope, post, target, failure=None)
        if target is State.CANCELLED:
            forget(scope.connection, moves.FOLLOW, post.ref)
        else:
            desk.wait(scope, post, moves.FOLLOW, pause(target, 0))

    def _note(self, desk: Desk, scope: Scope, post: Post, status: PostStatus) -> None:
        detail: dict[str, Any] = {"status": str(status.status)}
        if status.fail_reason:
            detail["reason"] = str(status.fail_reason)
        if status.publicaly_available_post_id:
            detail["publicIds"] = list(status.publicaly_available_post_id)
        desk.note(scope, Name.STATUS, Outcome.OK, None, detail)

    def _later(self, desk: Desk, scope: Scope, post: Post) -> None:
        """Ask again later, unless it was asked about for long enough."""
        since = post.handed_over or post.ended or post.begun or post.created
        if desk.now - since > PATIENCE[post.state]:
            forget(scope.connection, moves.FOLLOW, post.ref)
            if post.state is State.PROCESSING:
                failure = Failure(
                    "still_processing",
                    "TikTok hasn't finished with this post for two days.",
                    "Look at the creator's profile; a webhook of TikTok's still ends this post.",
                )
                moves.lose(self._services, scope, post, failure)
            return
        store.change(scope, post.id, polls=post.polls + 1)
        desk.wait(scope, post, moves.FOLLOW, pause(post.state, post.polls))

    # no answer

    def _unanswered(self, desk: Desk, post: Post, error: Exception) -> None:
        fresh = desk.now - (post.handed_over or 0.0) < FRESH_SECONDS
        unknown = isinstance(error, NotFound) or (
            isinstance(error, TikTokError) and error.message == "invalid_publish_id"
        )
        verdict = verdicts.of(error, desk.now)
        over = isinstance(verdict, Fail) and not (unknown and fresh)

        def work(scope: Scope, post: Post) -> None:
            if isinstance(verdict, Wait):
                desk.wait(scope, post, moves.FOLLOW, max(1.0, verdict.seconds))
            elif not over:
                self._later(desk, scope, post)
            elif post.state is State.PROCESSING:
                self._note_error(desk, scope, post, error)
                moves.lose(self._services, scope, post, _unreadable(error))
                forget(scope.connection, moves.FOLLOW, post.ref)
            else:
                # it stays what it is: nothing better is known, and asking again won't help
                self._note_error(desk, scope, post, error)
                if post.state is State.PUBLISHED:
                    store.change(scope, post.id, visibility=Visibility.UNKNOWN.value)
                forget(scope.connection, moves.FOLLOW, post.ref)

        desk.finish(work)

    def _note_error(self, desk: Desk, scope: Scope, post: Post, error: Exception) -> None:
        log_id = error.log_id or None if isinstance(error, TikTokError) else None
        desk.note(scope, Name.STATUS, Outcome.FAILED, log_id, {"why": str(error)})

    # finding the public post

    def _found(
        self, tiktok: TikTok, account: Integration, post: Post, status: PostStatus
    ) -> tuple[str, ...]:
        """The public ids: TikTok's, or from the creator's list where exactly one post fits."""
        if status.publicaly_available_post_id:
            return status.publicaly_available_post_id
        wanted = status.status == PublishStatus.PUBLISH_COMPLETE and _goes_public(post)
        if not wanted or post.public_ids or not may_list(account):
            return ()
        fitting = self._fitting(tiktok, post, post.handed_over or post.created)
        return (fitting[0].id,) if len(fitting) == 1 and fitting[0].id else ()

    def _fitting(self, tiktok: TikTok, post: Post, since: float) -> list[Video]:
        page = tiktok.videos.list(
            fields=("id", "create_time", "title", "video_description", "share_url"), max_count=20
        )
        with self._services.database.read() as connection:
            known = store.known_public_ids(
                Scope(connection, post.org), post.integration, since - 7 * _DAY
            )
        return [
            video
            for video in page.videos
            if video.id not in known
            and (video.create_time or 0) >= since - _SKEW
            and _same_text(post, video)
        ]

    def _look_around(self, desk: Desk, tiktok: TikTok, account: Integration, post: Post) -> None:
        """What can be found out about a post that TikTok may have; a person decides, except where
        the database was restored and exactly one public post fits."""
        since = post.begun or post.publish_at or post.created
        fitting = self._fitting(tiktok, post, since) if may_list(account) else []
        candidates = [
            {"id": video.id, "link": video.share_url, "created": video.create_time}
            for video in fitting
        ]

        restored = post.failure is not None and post.failure.reason == holding.RESTORED

        def work(scope: Scope, post: Post) -> None:
            if restored and len(fitting) == 1 and fitting[0].id:
                desk.note(scope, Name.RESOLVE, Outcome.OK, None, {"found": candidates[0]})
                holding.went_out(self._services, scope, post, fitting[0].id)
                return
            if candidates:
                desk.note(scope, Name.RESOLVE, Outcome.OK, None, {"candidates": candidates})
                self._services.notices.tell(
                    scope,
                    "post.unknown.candidates",
                    post.id,
                    f"Public posts that could be {post.id}, whose outcome is unknown: "
                    f"{', '.join(str(one['link'] or one['id']) for one in candidates)}",
                    {"candidates": candidates},
                )
                forget(scope.connection, moves.FOLLOW, post.ref)
                return
            self._later(desk, scope, post)

        desk.finish(work)


def may_list(account: Integration) -> bool:
    return Grantable.VIDEO_LIST in implied(frozenset(account.granted))


def _goes_public(post: Post) -> bool:
    return post.direct and post.privacy == PrivacyLevel.PUBLIC_TO_EVERYONE


def _target(post: Post, status: PostStatus) -> State | None:
    """Which state TikTok's word means; None: the one that it is in, or an unknown word."""
    match status.status:
        case PublishStatus.FAILED:
            cancelled = status.fail_reason == FailReason.CANCELLED
            target = State.CANCELLED if cancelled else State.FAILED
        case PublishStatus.PUBLISH_COMPLETE:
            target = State.PUBLISHED
        case PublishStatus.SEND_TO_USER_INBOX:
            target = State.IN_INBOX
        case _:
            return None
    if target is post.state or post.state is State.PUBLISHED:
        return None
    if target is State.CANCELLED and post.state is State.IN_INBOX:
        return State.FAILED
    return target


def _visibility(post: Post, found: tuple[str, ...]) -> Visibility:
    if found:
        return Visibility.PUBLIC
    if post.visibility in (Visibility.PUBLIC, Visibility.REMOVED):
        return post.visibility  # a webhook was quicker
    if not post.direct:
        return Visibility.IN_REVIEW  # the creator chose: it may become public
    return Visibility.IN_REVIEW if _goes_public(post) else Visibility.PRIVATE


def _merged(known: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *found)))


def _same_text(post: Post, video: Video) -> bool:
    text = content.shown_text(post).strip()
    length = display.MAX_SHOWN_TITLE
    shown = (video.video_description or video.title or "").strip()
    if post.kind is Kind.VIDEO and not post.direct:
        return False  # the creator wrote the caption
    return shown[:length].strip() == text[:length].strip()


def _failure(status: PostStatus) -> Failure:
    reason = status.fail_reason or "no_reason_given"
    if isinstance(reason, FailReason):
        return Failure(
            reason.value,
            f"TikTok failed the post: {reason.value}.",
            reason.remedy,
            retryable=reason.retry,
        )
    return Failure(
        str(reason),
        f"TikTok failed the post: {reason}.",
        "Stagedoor doesn't know this reason yet; TikTok's documentation may.",
    )


def _unreadable(error: Exception) -> Failure:
    said = error.message if isinstance(error, ApiError) else str(error)
    log_id = error.log_id or None if isinstance(error, TikTokError) else None
    remedy = "Look at the creator's profile."
    if isinstance(error, TokenInvalid):
        remedy = "Ask the creator to connect again, and look at the profile."
    return Failure(
        "status_unreadable",
        f"TikTok has this post, but can't be asked what became of it: {said}",
        remedy,
        log_id,
    )
