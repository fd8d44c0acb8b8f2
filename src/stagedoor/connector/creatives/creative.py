"""A creative, as a value. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..ads.creative_ids import CreativeKind


class CreativeState(StrEnum):
    SENDING = "sending"
    """The file is being uploaded to TikTok, or the answer was lost."""
    PROCESSING = "processing"
    """TikTok has it, and processes it."""
    READY = "ready"
    """Ads can show it."""
    FAILED = "failed"
    """TikTok took it and couldn't process it."""


class CreativeSource(StrEnum):
    FILE = "file"
    """An uploaded file."""
    POST = "post"
    """The TikTok post itself: likes and comments of the ad are the post's."""
    POST_MEDIA = "postMedia"
    """The kept file of a post, uploaded for ads: the ad is another video than the post."""


@dataclass(frozen=True, slots=True)
class Creative:
    """A creative of an ad account. `creative_id` None: TikTok hasn't answered yet."""

    id: str
    org: str
    account: str
    kind: CreativeKind
    source: CreativeSource
    state: CreativeState
    creative_id: str | None
    name: str
    post: str | None
    facts: Mapping[str, Any]
    created: float
    attempts: int
    polls: int
    held_by: str | None
    held_until: float | None

    @classmethod
    def of(cls, row: Any) -> Creative:
        return cls(
            row.id,
            row.org,
            row.account,
            CreativeKind(row.kind),
            CreativeSource(row.source),
            CreativeState(row.state),
            row.creative,
            row.name,
            row.post,
            row.facts,
            row.created,
            row.attempts,
            row.polls,
            row.held_by,
            row.held_until,
        )
