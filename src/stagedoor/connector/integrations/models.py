"""Tables of grants (a creator's consent for an app), integrations (an organisation's use of a
grant) and logins."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Double,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from ..database.metadata import metadata, org_column

grants = Table(
    "grants",
    metadata,
    Column("id", String, primary_key=True),
    Column("app_id", String, ForeignKey("tiktok_apps.id"), nullable=False),
    Column("open_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("access_token", String),
    Column("refresh_token", String),
    Column("scopes", JSON, nullable=False),
    Column("expires_at", Double),
    Column("refresh_expires_at", Double),
    Column("status", String, nullable=False),
    Column("error", JSON),
    Column("fence", Integer, nullable=False),
    Column("lease_owner", String),
    Column("lease_until", Double),
    Column("username", String),
    Column("display_name", String),
    Column("avatar_url", String),
    Column("connected_at", Double, nullable=False),
    Column("created", Double, nullable=False),
    UniqueConstraint("app_id", "open_id", "kind"),
)
"""Shared by the organisations that connected the account. Tokens are encrypted. `fence` grows with
every lease and every connection; only the holder of the newest may write tokens. `lease_until` is
on the real clock."""

integrations = Table(
    "integrations",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("grant_id", String, ForeignKey("grants.id"), nullable=False, index=True),
    Column("requested", JSON, nullable=False),
    Column("granted", JSON, nullable=False),
    Column("created", Double, nullable=False),
    Column("connected_at", Double, nullable=False),
    UniqueConstraint("org", "grant_id"),
)
"""`requested` and `granted` are of the organisation's own consent: one organisation can't use the
scopes that a creator allowed another one."""

logins = Table(
    "logins",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("app_id", String, ForeignKey("tiktok_apps.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("return_url", String, nullable=False),
    Column("requested", JSON, nullable=False),
    Column("verifier", String, nullable=False),
    Column("integration_id", String),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("used", Double),
)
"""Logins under way. The id is the SHA-256 of `state`, the verifier is encrypted."""
