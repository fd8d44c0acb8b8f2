"""Tables of TikTok apps, and of the organisations that brought them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, ForeignKey, Integer, String, Table, UniqueConstraint

from ..database.metadata import metadata, org_column

apps = Table(
    "tiktok_apps",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("client_key", String, nullable=False, unique=True),
    Column("client_secret", String, nullable=False),
    Column("second_secret", String),
    Column("origin", String, nullable=False),
    Column("scopes", JSON),
    Column("limits", JSON),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
)
"""One row per client key, shared by the organisations that proved its secret. The client key of an
app of TikTok API for Business is its app id. Secrets are encrypted."""

org_apps = Table(
    "org_apps",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    org_column(),
    Column("app_id", String, ForeignKey("tiktok_apps.id"), nullable=False),
    Column("kind", String, nullable=False),
    UniqueConstraint("org", "kind"),
)
