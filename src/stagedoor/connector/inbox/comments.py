"""Values: a comment as TikTok's answer has it, and conversations as they are kept. No I/O."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stagedoor.platform.characters import searchable
from stagedoor.platform.encodable import reason_against
from stagedoor.platform.products.business_comments import (
    AccountComment,
    AccountReply,
    CommentStatus,
)

COMMENT = "comment"
"""The kind of conversations about comments on videos."""
DELETED = "deleted"
"""The stored status of a conversation that isn't at TikTok any more: no caller sees it."""
MAX_FOLDED = 8_000
"""Characters of a conversation that a search looks at."""


class ConversationStatus(StrEnum):
    """Where a conversation stands."""

    OPEN = "open"
    """Another person wrote, and the account hasn't answered."""
    PENDING = "pending"
    """The account answered."""
    CLOSED = "closed"
    """A person closed it, or nobody but the account wrote in it. A new message opens it."""


class Direction(StrEnum):
    """The author of a message."""

    IN = "in"
    """Another person."""
    OUT = "out"
    """The account itself."""


@dataclass(frozen=True, slots=True)
class MessageAuthor:
    """The writer of a message; None: TikTok didn't tell it."""

    id: str | None
    username: str | None
    name: str | None
    avatar: str | None

    @classmethod
    def of(cls, row: Any) -> MessageAuthor:
        return cls(row.author_id, row.author_username, row.author_name, row.author_avatar)

    def columns(self) -> dict[str, str | None]:
        return {
            "author_id": self.id,
            "author_username": self.username,
            "author_name": self.name,
            "author_avatar": self.avatar,
        }

    @property
    def shown(self) -> str:
        return f"@{self.username}" if self.username else self.name or "somebody"


@dataclass(frozen=True, slots=True)
class CommentSnapshot:
    """A comment or reply in an answer of TikTok's. `parent` None: at the first level. Times in Unix
    seconds."""

    id: str
    video: str
    parent: str | None
    author: MessageAuthor
    own: bool
    text: str
    image_url: str | None
    created: float
    hidden: bool
    liked: bool
    pinned: bool
    likes: int | None
    replies: int | None = None
    """The number of replies that TikTok counts; None for a reply."""

    @property
    def direction(self) -> Direction:
        return Direction.OUT if self.own else Direction.IN

    @property
    def top(self) -> str:
        """The comment at the first level that its conversation is about."""
        return self.parent or self.id


def snapshot_of(
    comment: AccountReply, video: str, parent: str | None, read_at: float
) -> CommentSnapshot:
    """The comment of an answer that was read at that time."""
    named = comment.parent_comment_id
    above = parent or (named if named not in (None, "", "0", comment.comment_id) else None)
    written = comment.create_time
    return CommentSnapshot(
        id=comment.comment_id,
        video=comment.video_id or video,
        parent=above,
        author=MessageAuthor(
            comment.unique_identifier or comment.user_id,
            _keepable(comment.username),
            _keepable(comment.display_name),
            comment.profile_image,
        ),
        own=comment.owner is True,
        text=_keepable(comment.text) or "",
        image_url=comment.image_url,
        created=float(written) if written and written.isdigit() else read_at,
        hidden=comment.status == CommentStatus.HIDDEN,
        liked=comment.liked is True,
        pinned=comment.pinned is True,
        likes=comment.likes,
        replies=(comment.replies or 0) if above is None else None,
    )


def _keepable(text: str | None) -> str | None:
    """The text without characters that a database can't store, so that one such comment doesn't
    block the others."""
    if text is None or reason_against(text) is None:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def seen_with_replies(comment: AccountComment, video: str, read_at: float) -> list[CommentSnapshot]:
    """The comment, and the replies that the answer includes."""
    top = snapshot_of(comment, video, None, read_at)
    inline = comment.reply_list or ()
    return [top, *(snapshot_of(one, video, top.top, read_at) for one in inline)]


def conversation_id(integration: str, subject: str, kind: str = COMMENT) -> str:
    """The id of the conversation about a subject: the same for every process that finds it."""
    return hashlib.sha256(f"{integration}/{kind}/{subject}".encode()).hexdigest()[:32]


def folded(*texts: str | None) -> str:
    """Texts for searches: `searchable`."""
    return "\n".join(searchable(one) for one in texts if one)[:MAX_FOLDED]
