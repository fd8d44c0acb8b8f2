"""The states of a post, its visibility, and the allowed transitions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    DRAFT = "draft"
    """Made, and waiting for its media or for somebody to publish it."""
    SCHEDULED = "scheduled"
    CHECKING = "checking"
    """Its media and the creator's settings are looked at; TikTok knows nothing of it."""
    UPLOADING = "uploading"
    """From TikTok's init on, until TikTok has the media or a place to fetch it from."""
    PROCESSING = "processing"
    IN_INBOX = "inInbox"
    """The creator finishes it in TikTok."""
    PUBLISHED = "published"
    """TikTok says that the publish is complete."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """TikTok may have it: a person has to look."""


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"
    IN_REVIEW = "inReview"
    REMOVED = "removed"
    UNKNOWN = "unknown"


_AT_TIKTOK = frozenset(
    {State.PROCESSING, State.IN_INBOX, State.PUBLISHED, State.FAILED, State.UNKNOWN}
)

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.SCHEDULED, State.CHECKING, State.CANCELLED}),
    State.SCHEDULED: frozenset({State.DRAFT, State.CHECKING, State.CANCELLED, State.UNKNOWN}),
    State.CHECKING: frozenset({State.UPLOADING, State.FAILED, State.CANCELLED, State.UNKNOWN}),
    State.UPLOADING: _AT_TIKTOK | {State.CANCELLED},
    State.PROCESSING: (_AT_TIKTOK - {State.PROCESSING}) | {State.CANCELLED},
    State.IN_INBOX: frozenset({State.PUBLISHED, State.FAILED}),
    State.UNKNOWN: (_AT_TIKTOK - {State.UNKNOWN}) | {State.CANCELLED},
    State.PUBLISHED: frozenset(),
    State.FAILED: frozenset({State.SCHEDULED, State.CHECKING}),
    State.CANCELLED: frozenset(),
}
"""What may follow. What TikTok says late never takes a post back: only a caller's retry leaves
`FAILED`. What TikTok never heard of becomes unknown only after the database was restored."""

FINAL: Final = frozenset({State.PUBLISHED, State.FAILED, State.CANCELLED})
EDITABLE: Final = frozenset({State.DRAFT, State.SCHEDULED, State.FAILED})
"""A failed post is corrected, and then tried again."""
CANCELLABLE: Final = frozenset({State.DRAFT, State.SCHEDULED, State.CHECKING})
"""Before TikTok knows of it: cancelled for good, here."""


def may(before: State, after: State) -> bool:
    return after in TRANSITIONS[before]
