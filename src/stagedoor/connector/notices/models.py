"""The table of notices to an organisation's admins."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, String, Table

from ..database.metadata import metadata, org_column

notices = Table(
    "notices",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("message", String, nullable=False),
    Column("detail", JSON),
    Column("at", Double, nullable=False),
    Index("ix_notices_org_at", "org", "at"),
    Index("ix_notices_org_id", "org", "id"),
)
"""Ids sort by time."""
