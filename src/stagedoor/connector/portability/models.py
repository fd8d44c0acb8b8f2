"""The table of requests for copies of creators' data."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table

from ..database.metadata import ORG, metadata

portability_requests = Table(
    "portability_requests",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("integration", String, nullable=False),
    Column("app_id", String, nullable=False),
    Column("account", String, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("data_format", String, nullable=False),
    Column("state", String, nullable=False),
    Column("tiktok_id", String),
    Column("error", JSON),
    Column("polls", Integer, nullable=False),
    Column("created", Double, nullable=False),
    Column("created_by", String, nullable=False),
    Column("ready", Double),
    Column("ended", Double),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_portability_requests_created", ORG, "created", "id"),
    Index("ix_portability_requests_tiktok", "app_id", "tiktok_id"),
)
"""A row is written before TikTok is asked: a request may use up a scope, so one whose answer was
lost is never repeated. `tiktok_id` is TikTok's request_id, `account` the account's name. The
archive itself is never stored. `held_until` is on the real clock."""
