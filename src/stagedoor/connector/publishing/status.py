"""Interpreting TikTok's status of a post, and the intervals of polling. No I/O."""

from __future__ import annotations

from stagedoor.client.errors import TikTokError, TokenInvalid
from stagedoor.platform.products import display
from stagedoor.platform.products.display import Video
from stagedoor.platform.products.posting import FailReason, PostStatus, PrivacyLevel, PublishStatus
from stagedoor.platform.scopes import Scope, implied

from ..errors import ApiError
from ..integrations.accounts import Integration
from . import content
from .outcomes import PostFailure
from .posts import PostKind, StoredPost
from .states import PostState, Visibility

_HOUR, _DAY = 3_600.0, 86_400.0


def pause(state: PostState, polls: int) -> float:
    """Seconds until the next poll of a post, by the number of polls without a result."""
    match state:
        case PostState.PROCESSING:
            return min(60.0, 2.0 * 1.5 ** min(polls, 20))
        case PostState.IN_INBOX:
            return min(_DAY, _HOUR * 2.0 ** min(polls, 10))
        case PostState.PUBLISHED:
            return min(6 * _HOUR, 15.0 * 2.0 ** min(polls, 20))
        case _:
            return min(_DAY, 300.0 * 4.0 ** min(polls, 10))


PATIENCE = {
    PostState.PROCESSING: 2 * _DAY,
    PostState.IN_INBOX: 30 * _DAY,
    PostState.PUBLISHED: 3 * _DAY,
    PostState.UNKNOWN: _DAY,
}
"""How long a post is polled; after that only webhooks change it."""


def may_list(account: Integration) -> bool:
    return Scope.VIDEO_LIST in implied(frozenset(account.granted))


def goes_public(post: StoredPost) -> bool:
    return post.direct and post.privacy == PrivacyLevel.PUBLIC_TO_EVERYONE


def target_state(post: StoredPost, status: PostStatus) -> PostState | None:
    """The state that TikTok's status implies; None: the present one, or an unknown status."""
    match status.status:
        case PublishStatus.FAILED:
            cancelled = status.fail_reason == FailReason.CANCELLED
            target = PostState.CANCELLED if cancelled else PostState.FAILED
        case PublishStatus.PUBLISH_COMPLETE:
            target = PostState.PUBLISHED
        case PublishStatus.SEND_TO_USER_INBOX:
            target = PostState.IN_INBOX
        case _:
            return None
    if target is post.state or post.state is PostState.PUBLISHED:
        return None
    if target is PostState.CANCELLED and post.state is PostState.IN_INBOX:
        return PostState.FAILED
    return target


def visibility_of(post: StoredPost, found: tuple[str, ...]) -> Visibility:
    if found:
        return Visibility.PUBLIC
    if post.visibility in (Visibility.PUBLIC, Visibility.REMOVED):
        return post.visibility  # a webhook was faster
    if not post.direct:
        return Visibility.IN_REVIEW  # the creator chose the privacy level: it may become public
    return Visibility.IN_REVIEW if goes_public(post) else Visibility.PRIVATE


def merged(known: tuple[str, ...], found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *found)))


def same_text(post: StoredPost, video: Video) -> bool:
    text = content.shown_text(post).strip()
    length = display.MAX_SHOWN_TITLE
    shown = (video.video_description or video.title or "").strip()
    if post.kind is PostKind.VIDEO and not post.direct:
        return False  # the creator wrote the caption
    return shown[:length].strip() == text[:length].strip()


def failure_of(status: PostStatus) -> PostFailure:
    reason = status.fail_reason or "no_reason_given"
    if isinstance(reason, FailReason):
        return PostFailure(
            reason.value,
            f"TikTok failed the post: {reason.value}.",
            reason.remedy,
            retryable=reason.retry,
        )
    return PostFailure(
        str(reason),
        f"TikTok failed the post: {reason}.",
        "Stagedoor doesn't know this reason yet; TikTok's documentation may.",
    )


def unreadable(error: Exception) -> PostFailure:
    said = error.message if isinstance(error, ApiError) else str(error)
    log_id = error.log_id or None if isinstance(error, TikTokError) else None
    remedy = "Look at the creator's profile."
    if isinstance(error, TokenInvalid):
        remedy = "Ask the creator to connect again, and look at the profile."
    return PostFailure(
        "status_unreadable",
        f"TikTok has this post, but can't be asked what became of it: {said}",
        remedy,
        log_id,
    )
