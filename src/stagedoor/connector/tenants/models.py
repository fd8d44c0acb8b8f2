"""Organisations, their settings, and answers kept for repeated requests."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Integer, String, Table, UniqueConstraint

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
    Column("request_digest", String, nullable=False),
    Column("status", Integer),
    Column("body", String),
    Column("at", Double, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    UniqueConstraint("org", "key", "route"),
)
"""`status` is null while the first request is still at work; who that is stands in `held_by`.
`held_until` is on real time."""
