"""Conversations about comments, their messages and replies, and the synchronisation that reads
them.

Business accounts that are connected already are read at once.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _optional(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _author() -> list[sa.Column[Any]]:
    named = [_optional(f"author_{name}", sa.String()) for name in ("id", "username", "name")]
    return [*named, _optional("author_avatar", sa.Text())]


def upgrade() -> None:
    _make_conversations()
    _make_messages()
    _make_replies()
    op.create_table(
        "inbox_videos",
        _required("org", sa.String()),
        _required("integration", sa.String()),
        _required("id", sa.String()),
        _required("posted", sa.Double()),
        _optional("comments", sa.BigInteger()),
        _optional("gap", sa.BigInteger()),
        _optional("whole", sa.Double()),
        _optional("missing", sa.Double()),
        _optional("due", sa.Double()),
        sa.PrimaryKeyConstraint("org", "integration", "id", name=op.f("pk_inbox_videos")),
    )
    op.create_index("ix_inbox_videos_due", "inbox_videos", ["org", "integration", "due"])
    op.create_table(
        "inbox_news",
        _required("org", sa.String()),
        _required("integration", sa.String()),
        _required("comment", sa.String()),
        _required("video", sa.String()),
        _optional("parent", sa.String()),
        _required("token", sa.String()),
        _required("attempts", sa.Integer()),
        sa.PrimaryKeyConstraint("org", "integration", "comment", name=op.f("pk_inbox_news")),
    )
    _begin_reading()


def _make_conversations() -> None:
    op.create_table(
        "inbox_conversations",
        _required("org", sa.String()),
        _required("id", sa.String()),
        _required("integration", sa.String()),
        _required("kind", sa.String()),
        _required("subject", sa.String()),
        _optional("video", sa.String()),
        *_author(),
        _required("text", sa.Text()),
        _required("folded", sa.Text()),
        _required("status", sa.String()),
        _required("unread", sa.Boolean()),
        _required("created", sa.Double()),
        _required("updated", sa.Double()),
        _optional("answered", sa.Double()),
        _required("seen", sa.Double()),
        _optional("replies", sa.Integer()),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_inbox_conversations")),
    )
    for name, columns in (
        ("updated", ["org", "updated", "id"]),
        ("status", ["org", "status", "updated", "id"]),
        ("unread", ["org", "unread", "updated", "id"]),
        ("account", ["org", "integration", "updated", "id"]),
        ("video", ["org", "video", "updated", "id"]),
    ):
        op.create_index(f"ix_inbox_conversations_{name}", "inbox_conversations", columns)


def _make_messages() -> None:
    op.create_table(
        "inbox_messages",
        _required("org", sa.String()),
        _required("integration", sa.String()),
        _required("id", sa.String()),
        _required("conversation", sa.String()),
        _optional("video", sa.String()),
        _required("direction", sa.String()),
        *_author(),
        _required("text", sa.Text()),
        _optional("image_url", sa.Text()),
        _required("created", sa.Double()),
        _required("hidden", sa.Boolean()),
        _required("liked", sa.Boolean()),
        _required("pinned", sa.Boolean()),
        _optional("likes", sa.BigInteger()),
        _optional("by", sa.String()),
        _required("seen", sa.Double()),
        _optional("deleted", sa.Double()),
        sa.PrimaryKeyConstraint("org", "integration", "id", name=op.f("pk_inbox_messages")),
    )
    for name, columns in (
        ("conversation", ["org", "conversation", "created", "id"]),
        ("video", ["org", "video", "integration"]),
    ):
        op.create_index(f"ix_inbox_messages_{name}", "inbox_messages", columns)


def _make_replies() -> None:
    op.create_table(
        "inbox_replies",
        _required("org", sa.String()),
        _required("id", sa.String()),
        _required("conversation", sa.String()),
        _required("integration", sa.String()),
        _required("answers", sa.String()),
        _required("text", sa.Text()),
        _required("state", sa.String()),
        _optional("message", sa.String()),
        _required("before", sa.JSON()),
        _required("by", sa.String()),
        _required("created", sa.Double()),
        _required("reads", sa.Integer()),
        _optional("held_by", sa.String()),
        _optional("held_until", sa.Double()),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_inbox_replies")),
    )
    for name, columns in (
        ("conversation", ["org", "conversation", "state"]),
        ("account", ["org", "integration"]),
    ):
        op.create_index(f"ix_inbox_replies_{name}", "inbox_replies", columns)


def _begin_reading() -> None:
    bind = op.get_bind()
    states = sa.table(
        "sync_states", *map(sa.column, ("org", "integration", "type", "due", "attempts"))
    )
    due = sa.table("due_rows", *map(sa.column, ("id", "kind", "ref", "due", "attempt")))
    found = sa.text(
        "SELECT c.org, c.integration_id FROM credentials c JOIN grants g "
        "ON g.id = c.grant_id WHERE g.kind = 'businessAccount' AND g.status IN ('active', 'error')"
    )
    for org, integration in bind.execute(found).all():
        new = {"org": org, "integration": integration, "type": "comments"}
        bind.execute(states.insert().values(**new, due=0.0, attempts=0))
        ref = f"{org}/{integration}/comments"
        row = {"id": uuid.uuid4().hex, "kind": "sync", "ref": ref, "due": 0.0, "attempt": 0}
        bind.execute(due.insert().values(**row))
