"""Tables of organisations, their settings, and responses kept for repeated requests."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table, UniqueConstraint

from ..database.metadata import metadata, org_column

organisations = Table(
    "organisations",
    metadata,
    Column("id", String, primary_key=True),
    Column("created", Double, nullable=False),
)

org_settings = Table(
    "org_settings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    org_column(),
    Column("name", String, nullable=False),
    Column("value", JSON, nullable=False),
    UniqueConstraint("org", "name"),
)

answers = Table(
    "idempotent_answers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    org_column(),
    Column("key", String, nullable=False),
    Column("route", String, nullable=False),
    Column("user_id", String),
    Column("request_digest", String, nullable=False),
    Column("status", Integer),
    Column("body", String),
    Column("at", Double, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    UniqueConstraint("org", "key", "route"),
    Index("ix_idempotent_answers_org_at", "org", "at"),
)
"""`user_id` is the user whose key it is; null, in rows of older versions, matches no user. `status`
is null while the first request is still running; `held_by` names its process. `held_until` is on
the real clock."""
