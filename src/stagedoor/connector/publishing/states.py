"""The states of a post, its visibility, and the allowed transitions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PostState(StrEnum):
    DRAFT = "draft"
    """Created, and waiting for its media or for a call that publishes it."""
    SCHEDULED = "scheduled"
    """Waits for its time."""
    CHECKING = "checking"
    """Its media and the creator's settings are being checked; TikTok doesn't know the post."""
    UPLOADING = "uploading"
    """From TikTok's init on, until TikTok has the media or the URL to fetch it from."""
    PROCESSING = "processing"
    """TikTok has all that it needs, and processes the post."""
    IN_INBOX = "inInbox"
    """The creator finishes the post in TikTok."""
    PUBLISHED = "published"
    """TikTok reports that the publish is complete."""
    FAILED = "failed"
    """The post wasn't published; `failure` says why."""
    CANCELLED = "cancelled"
    """The post was ended before it was published."""
    UNKNOWN = "unknown"
    """TikTok may have it: a person has to look."""


class Visibility(StrEnum):
    PUBLIC = "public"
    """Everybody can see it."""
    PRIVATE = "private"
    """Its audience is limited, or TikTok made it private."""
    IN_REVIEW = "inReview"
    """TikTok's moderation hasn't finished."""
    REMOVED = "removed"
    """The post isn't at TikTok any more."""
    UNKNOWN = "unknown"
    """TikTok hasn't said yet."""


_AT_TIKTOK = frozenset(
    {
        PostState.PROCESSING,
        PostState.IN_INBOX,
        PostState.PUBLISHED,
        PostState.FAILED,
        PostState.UNKNOWN,
    }
)

TRANSITIONS: Final[Mapping[PostState, frozenset[PostState]]] = {
    PostState.DRAFT: frozenset({PostState.SCHEDULED, PostState.CHECKING, PostState.CANCELLED}),
    PostState.SCHEDULED: frozenset(
        {PostState.DRAFT, PostState.CHECKING, PostState.CANCELLED, PostState.UNKNOWN}
    ),
    PostState.CHECKING: frozenset(
        {PostState.UPLOADING, PostState.FAILED, PostState.CANCELLED, PostState.UNKNOWN}
    ),
    PostState.UPLOADING: _AT_TIKTOK | {PostState.CANCELLED},
    PostState.PROCESSING: (_AT_TIKTOK - {PostState.PROCESSING})
    | {PostState.UPLOADING, PostState.CANCELLED},
    PostState.IN_INBOX: frozenset({PostState.PUBLISHED, PostState.FAILED}),
    PostState.UNKNOWN: (_AT_TIKTOK - {PostState.UNKNOWN}) | {PostState.CANCELLED},
    PostState.PUBLISHED: frozenset(),
    PostState.FAILED: frozenset({PostState.SCHEDULED, PostState.CHECKING}),
    PostState.CANCELLED: frozenset(),
}
"""The allowed transitions. A late report of TikTok never reverts a post: only a caller's retry
leaves `FAILED`. Photos that TikTok couldn't fetch go from `PROCESSING` back to `UPLOADING`, once. A
post that TikTok never got becomes unknown only after the database was
restored."""

FINAL: Final = frozenset({PostState.PUBLISHED, PostState.FAILED, PostState.CANCELLED})
EDITABLE: Final = frozenset({PostState.DRAFT, PostState.SCHEDULED, PostState.FAILED})
"""A failed post is corrected, and then retried."""
CANCELLABLE: Final = frozenset({PostState.DRAFT, PostState.SCHEDULED, PostState.CHECKING})
"""Before TikTok knows the post: it is cancelled for good, without a call to TikTok."""


def may(before: PostState, after: PostState) -> bool:
    return after in TRANSITIONS[before]
