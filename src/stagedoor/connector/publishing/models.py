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
    org_column(),
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
    Column("tiktok_publish_id", String, index=True),
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
    Index("ix_posts_org_created", "org", "created", "id"),
)
"""`title` is the organisation's label, `content` what TikTok gets. `upload_url` is sealed.
`attempts` counts tries without progress, `polls` questions about one TikTok status. `public_at` is
the time of TikTok's latest word on visibility. `held_until` is on real time. `asked_by` is
the name of what asked for it, given by the layer above."""

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
"""Written before the network is touched, and again when the outcome is known."""
