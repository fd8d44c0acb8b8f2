"""Tables of posts, and of their journal."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
)

from ..database.metadata import metadata, org_column

posts = Table(
    "posts",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("integration", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("state", String, nullable=False),
    Column("visibility", String, nullable=False),
    Column("title", String, nullable=False),
    Column("content", JSON, nullable=False),
    Column("publish_at", Double),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    Column("begun", Double),
    Column("handed_over", Double),
    Column("ended", Double),
    Column("tiktok_publish_id", String),
    Column("upload_url", String),
    Column("chunk_size", Integer),
    Column("username", String, nullable=False, default=""),
    Column("public_ids", JSON, nullable=False),
    Column("public_at", Double, nullable=False, default=0.0),
    Column("failure", JSON),
    Column("retry_at", Double),
    Column("attempts", Integer, nullable=False, default=0),
    Column("polls", Integer, nullable=False, default=0),
    Column("woken", Boolean, nullable=False, default=False),
    Column("held_by", String),
    Column("held_until", Double),
    Column("asked_by", String),
    Column("approval_state", String),
    Column("approval", JSON),
    Column("texts_erased", Double),
    Index("ix_posts_org_approval_state", "org", "approval_state", "created", "id"),
    Index("ix_posts_state_org", "state", "org", "created", "id"),
    Index("ix_posts_tiktok_publish_id_org", "tiktok_publish_id", "org"),
    Index("ix_posts_org_integration_created", "org", "integration", "created", "id"),
    Index("ix_posts_org_integration_state", "org", "integration", "state", "publish_at"),
    Index("ix_posts_org_integration_handed_over", "org", "integration", "handed_over", "begun"),
    Index("ix_posts_org_created", "org", "created", "id"),
    Index("ix_posts_org_texts_erased_ended", "org", "texts_erased", "ended"),
)
"""`title` is the organisation's label, `content` the content for TikTok. `upload_url` is encrypted.
`attempts` counts attempts without progress, `polls` counts polls that returned the same TikTok
status. `public_at` is the time of TikTok's latest report on visibility. `held_until` is on the real
clock. `asked_by` is the name of the post's originator, given by a higher layer. `approval` holds
who asked an admin and what was decided; null: nobody had to ask. `texts_erased` is when its texts
were erased, after its end."""

post_steps = Table(
    "post_steps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    org_column(),
    Column("post", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("started", Double, nullable=False),
    Column("ended", Double),
    Column("outcome", String),
    Column("log_id", String),
    Column("detail", JSON),
)
"""Written before a request is sent, and again when its outcome is known."""
