"""JSON schemas of conversations and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from stagedoor.platform.products.business_comments import MAX_TEXT

from ..shapes import Model, ResponseModel, example, moment
from .comments import ConversationStatus, Direction, MessageAuthor
from .journal import ReplyState
from .service import Thread


def _says_something(text: str) -> str:
    if not text.strip():
        raise ValueError("has no visible character: write what the reply says")
    return text


class ReplyBody(Model):
    """A reply to a conversation."""

    model_config = example(text="Thank you! The recipe is in the caption.")

    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_says_something)]
    """The text of the reply, at most 1,200 characters."""
    message_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """The message that is replied to; without it, the conversation's first one."""


class StatusBody(Model):
    """The new status of a conversation."""

    model_config = example(status="closed")

    status: ConversationStatus
    """`open`, `pending` or `closed`."""


class AuthorShown(ResponseModel):
    """The writer of a message, as far as TikTok tells it."""

    id: str | None
    """TikTok's id of the person, the same in all of its APIs."""
    username: str | None
    """The handle, without @."""
    display_name: str | None
    """The name that the profile shows."""
    avatar_url: str | None
    """The profile's picture; the link expires."""

    @classmethod
    def of(cls, row: Any) -> AuthorShown:
        author = MessageAuthor.of(row)
        return cls.model_construct(
            id=author.id,
            username=author.username,
            display_name=author.name,
            avatar_url=author.avatar,
        )


class MessageShown(ResponseModel):
    """A message of a conversation."""

    id: str
    """TikTok's id of the comment."""
    direction: Direction
    """`in`: somebody wrote it to the account; `out`: the account wrote it."""
    author: AuthorShown
    """The writer."""
    text: str
    """The text; empty where the comment is a picture."""
    image_url: str | None
    """The comment's picture."""
    created_at: datetime
    """When it was written, in UTC."""
    hidden: bool
    """Whether it is hidden from all but its writer and the account."""
    liked: bool
    """Whether the account likes it."""
    pinned: bool
    """Whether it is pinned to the top of the video's comments."""
    likes: int | None
    """TikTok's number of likes when it was last read."""
    sent_by: str | None
    """The user who wrote it through this service."""

    @classmethod
    def of(cls, row: Any) -> MessageShown:
        return cls.model_construct(
            id=row.id,
            direction=Direction(row.direction),
            author=AuthorShown.of(row),
            text=row.text,
            image_url=row.image_url,
            created_at=moment(row.created),
            hidden=row.hidden,
            liked=row.liked,
            pinned=row.pinned,
            likes=row.likes,
            sent_by=row.by,
        )


class ConversationShown(ResponseModel):
    """A conversation: a comment on a video, with its replies."""

    id: str
    """The conversation's id."""
    video_id: str | None
    """TikTok's id of the video."""
    integration_id: str
    """The account whose video it is."""
    author: AuthorShown
    """The author of the first message."""
    text: str
    """The text of its first message."""
    status: ConversationStatus
    """`open`: somebody wrote and waits; `pending`: the account answered; `closed`."""
    unread: bool
    """Whether there is a message that nobody has read yet: POST .../read ends it."""
    created_at: datetime
    """When its first message was written, in UTC."""
    updated_at: datetime
    """When its newest message was written, in UTC."""

    @classmethod
    def of(cls, row: Any) -> ConversationShown:
        return cls.model_construct(**_shown(row))


class ConversationsShown(ResponseModel):
    """A page of conversations, the one with the newest message first."""

    conversations: list[ConversationShown]
    """The conversations of the page. A page of a search for `q` may be short, or empty, while
    `nextCursor` names a next one."""
    next_cursor: str | None
    """The `cursor` of the next page; null on the last one."""


class UnsettledShown(ResponseModel):
    """A reply that is being sent, or of which it isn't known whether it was."""

    reply_id: str
    """The reply's own id."""
    text: str
    """Its text."""
    state: ReplyState
    """`sending`; `unknown`: TikTok's answer was lost, and TikTok doesn't show it (yet)."""
    sent_by: str
    """The user who wrote it."""
    created_at: datetime
    """When it was sent, in UTC."""

    @classmethod
    def of(cls, row: Any) -> UnsettledShown:
        return cls(
            reply_id=row.id,
            text=row.text,
            state=ReplyState(row.state),
            sent_by=row.by,
            created_at=moment(row.created),
        )


class ThreadShown(ConversationShown):
    """A conversation with a page of its messages."""

    messages: list[MessageShown]
    """The messages of the page, the oldest first."""
    unsettled_replies: list[UnsettledShown]
    """Replies that aren't among the messages, since their outcome isn't known."""
    next_cursor: str | None
    """The `cursor` of the next messages; null on the last page."""

    @classmethod
    def of_thread(cls, thread: Thread) -> ThreadShown:
        return cls.model_construct(
            **_shown(thread.conversation),
            messages=[MessageShown.of(row) for row in thread.messages.items],
            unsettled_replies=[UnsettledShown.of(row) for row in thread.unsettled],
            next_cursor=thread.messages.next_cursor,
        )


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "video_id": row.video,
        "integration_id": row.integration,
        "author": AuthorShown.of(row),
        "text": row.text,
        "status": ConversationStatus(row.status),
        "unread": row.unread,
        "created_at": moment(row.created),
        "updated_at": moment(row.updated),
    }
