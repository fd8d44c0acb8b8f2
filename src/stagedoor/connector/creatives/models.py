"""The table of creatives."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table

from ..database.metadata import ORG, metadata, org_column

ad_creatives = Table(
    "ad_creatives",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("account", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False),
    Column("creative", String),
    Column("name", String, nullable=False),
    Column("post", String),
    Column("facts", JSON, nullable=False),
    Column("created", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_ad_creatives_digest", ORG, "account", "digest", unique=True),
    Index("ix_ad_creatives_created", ORG, "account", "created", "id"),
)
"""`digest` is the SHA-256 of an uploaded file, or names a post's item and identity: each exists
once in an ad account. `creative` is the id that ads name; null while no upload of it was answered.
`attempts` counts uploads that were begun, `polls` reads of a video that TikTok processes."""
