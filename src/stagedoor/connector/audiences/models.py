"""Tables of audiences, their changes, and the hashes of changes that wait."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, String, Table, Text

from ..database.metadata import ORG, metadata, org_column

ad_audiences = Table(
    "ad_audiences",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("identifier_type", String),
    Column("state", String, nullable=False),
    Column("tiktok_id", String),
    Column("size", Integer),
    Column("problem", Text),
    Column("creating_since", Double),
    Column("created", Double, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_ad_audiences_created", ORG, "account", "created", "id"),
    Index("ix_ad_audiences_newest", ORG, "created", "id"),
)
"""`tiktok_id` is null until TikTok has made the audience of its first members. `creating_since` is
set before that request, until its answer is known. `size` counts matched people."""

ad_audience_changes = Table(
    "ad_audience_changes",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("audience", String, nullable=False),
    Column("action", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("more", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("message", Text),
    Column("created", Double, nullable=False),
    Column("ended", Double),
    Index("ix_ad_audience_changes_audience", ORG, "audience", "state", "created", "id"),
    Index("ix_ad_audience_changes_org_id", ORG, "id"),
    Index("ix_ad_audience_changes_org_state", ORG, "state", "audience"),
)
"""`more`: the caller has announced further members, and this change waits for them."""

ad_audience_parts = Table(
    "ad_audience_parts",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("change", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("lines", Text, nullable=False),
)
"""The hashes of a change that TikTok doesn't have yet, encrypted by the vault. They are deleted
when the change has ended."""
