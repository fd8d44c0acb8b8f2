"""Tables of conversations, their messages, replies on their way, and what is to be read."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from ..database.metadata import ORG, metadata

inbox_conversations = Table(
    "inbox_conversations",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("integration", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("video", String),
    Column("author_id", String),
    Column("author_username", String),
    Column("author_name", String),
    Column("author_avatar", Text),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("unread", Boolean, nullable=False),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("answered", Double),
    Column("seen", Double, nullable=False),
    Column("replies", Integer),
    Index("ix_inbox_conversations_updated", ORG, "updated", "id"),
    Index("ix_inbox_conversations_status", ORG, "status", "updated", "id"),
    Index("ix_inbox_conversations_unread", ORG, "unread", "updated", "id"),
    Index("ix_inbox_conversations_account", ORG, "integration", "updated", "id"),
    Index("ix_inbox_conversations_video", ORG, "video", "updated", "id"),
)
"""`kind` is `comment`; `subject` is TikTok's id of what the conversation is about: the comment at
the first level. Author and text are those of its first message; `folded` are the names and texts of
its messages for searches without regard to case. `status` is also `deleted`, for a conversation
that isn't at TikTok any more. `updated` is the time of the newest message, `answered` that of the
account's own newest one, `seen` that of the newest answer of TikTok's that had the first message.
`replies` is TikTok's number of replies when all of them were last read."""

inbox_messages = Table(
    "inbox_messages",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("conversation", String, nullable=False),
    Column("video", String),
    Column("direction", String, nullable=False),
    Column("author_id", String),
    Column("author_username", String),
    Column("author_name", String),
    Column("author_avatar", Text),
    Column("text", Text, nullable=False),
    Column("image_url", Text),
    Column("created", Double, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("liked", Boolean, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("likes", BigInteger),
    Column("by", String),
    Column("seen", Double, nullable=False),
    Column("deleted", Double),
    Index("ix_inbox_messages_conversation", ORG, "conversation", "created", "id"),
    Index("ix_inbox_messages_video", ORG, "video", "integration"),
)
"""`id` is TikTok's. `by` is the user of the organisation who wrote it through the service. `seen`
is the time of the newest answer of TikTok's that the row is from: an older one changes nothing. A
deleted message keeps its ids alone."""

inbox_replies = Table(
    "inbox_replies",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("conversation", String, nullable=False),
    Column("integration", String, nullable=False),
    Column("answers", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("message", String),
    Column("before", JSON, nullable=False),
    Column("by", String, nullable=False),
    Column("created", Double, nullable=False),
    Column("reads", Integer, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_inbox_replies_conversation", ORG, "conversation", "state"),
    Index("ix_inbox_replies_account", ORG, "integration"),
    Index("ix_inbox_replies_state", "state", ORG),
    Index("ix_inbox_replies_message", "message", ORG),
)
"""The journal of replies: a row is written before its reply is sent. `answers` is the message that
is replied to, `message` TikTok's id of what was sent, `before` the ids of the account's messages
with the same text that were there before it. `reads` is the number of times that a reply whose
answer was lost was looked for."""

inbox_videos = Table(
    "inbox_videos",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("posted", Double, nullable=False),
    Column("comments", BigInteger),
    Column("gap", BigInteger),
    Column("whole", Double),
    Column("missing", Double),
    Column("due", Double),
    Index("ix_inbox_videos_due", ORG, "integration", "due"),
)
"""Videos whose comments are read. `comments` is TikTok's latest number of them, `whole` when all
of them were last read, `gap` how many of that number weren't found then; null before the first
time. `missing` is the time of the first answer that TikTok doesn't know the video since it was last
read. `due` is null for one that isn't read any more."""

inbox_erased = Table(
    "inbox_erased",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("at", Double, nullable=False),
)
"""The persons and comments that an erasure keeps away. `digest` is a keyed one, of a person's id or
username, or of a comment's id; `at` is the time of the erasure."""

inbox_news = Table(
    "inbox_news",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("comment", String, primary_key=True),
    Column("video", String, nullable=False),
    Column("parent", String),
    Column("token", String, nullable=False),
    Column("attempts", Integer, nullable=False),
)
"""Comments that are to be read soon, since a webhook told of them. `parent` is the comment at the
first level that a reply belongs to. `token` is new with each event."""
