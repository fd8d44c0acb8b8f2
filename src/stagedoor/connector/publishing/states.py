"""The states of a post, its visibility, and the allowed transitions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
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
    {State.PROCESSING, State.IN_INBOX, State.PUBLISHED, State.FAILED, State.UNKNOWN}
)

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.SCHEDULED, State.CHECKING, State.CANCELLED}),
    State.SCHEDULED: frozenset({State.DRAFT, State.CHECKING, State.CANCELLED, State.UNKNOWN}),
    State.CHECKING: frozenset({State.UPLOADING, State.FAILED, State.CANCELLED, State.UNKNOWN}),
    State.UPLOADING: _AT_TIKTOK | {State.CANCELLED},
    State.PROCESSING: (_AT_TIKTOK - {State.PROCESSING}) | {State.UPLOADING, State.CANCELLED},
    State.IN_INBOX: frozenset({State.PUBLISHED, State.FAILED}),
    State.UNKNOWN: (_AT_TIKTOK - {State.UNKNOWN}) | {State.CANCELLED},
    State.PUBLISHED: frozenset(),
    State.FAILED: frozenset({State.SCHEDULED, State.CHECKING}),
    State.CANCELLED: frozenset(),
}
"""The allowed transitions. A late report of TikTok never reverts a post: only a caller's retry
leaves `FAILED`. Photos that TikTok couldn't fetch go from `PROCESSING` back to `UPLOADING`, once. A
post that TikTok never got becomes unknown only after the database was
restored."""

FINAL: Final = frozenset({State.PUBLISHED, State.FAILED, State.CANCELLED})
EDITABLE: Final = frozenset({State.DRAFT, State.SCHEDULED, State.FAILED})
"""A failed post is corrected, and then retried."""
CANCELLABLE: Final = frozenset({State.DRAFT, State.SCHEDULED, State.CHECKING})
"""Before TikTok knows the post: it is cancelled for good, without a call to TikTok."""


def may(before: State, after: State) -> bool:
    return after in TRANSITIONS[before]
