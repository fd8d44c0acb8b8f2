"""Tables of grants (a consent for an app), integrations (an organisation's records of accounts),
their credentials (an organisation's use of a grant), ad accounts, and logins."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Double,
    ForeignKey,
    Index,
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
"""A creator's and a business account's grants are shared by the organisations that connected the
account. An `ads` grant belongs to one organisation, because each consent names its own ad accounts:
its `open_id` is made of the person and the organisation. Tokens are encrypted. `fence` grows with
every lease and every connection; only the holder of the newest may write tokens. `lease_until` is
on the real clock."""

integrations = Table(
    "integrations",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("grant_id", String, ForeignKey("grants.id"), nullable=False, index=True),
    Column("created", Double, nullable=False),
    Column("connected_at", Double, nullable=False),
    UniqueConstraint("org", "grant_id"),
    Index("ix_integrations_org_id", "org", "id"),
)
"""An organisation's record of an account. `grant_id` is the grant that names the account: the
creator's, else the business account's, else that of ads."""

credentials = Table(
    "credentials",
    metadata,
    Column("integration_id", String, ForeignKey("integrations.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    org_column(index=False),
    Column("grant_id", String, ForeignKey("grants.id"), nullable=False, index=True),
    Column("requested", JSON, nullable=False),
    Column("granted", JSON, nullable=False),
    Column("connected_at", Double, nullable=False),
    Column("listed_at", Double),
    UniqueConstraint("org", "grant_id"),
    Index("ix_credentials_org_integration_id", "org", "integration_id"),
)
"""The use of a grant by an integration, at most one of each kind. `requested` and `granted` are of
the organisation's own consent: one organisation can't use the scopes that a creator allowed another
one. `listed_at`: when the ad accounts were last read."""

ad_accounts = Table(
    "ad_accounts",
    metadata,
    Column("integration_id", String, ForeignKey("integrations.id"), primary_key=True),
    Column("account_id", String, primary_key=True),
    org_column(index=False),
    Column("name", String, nullable=False),
    Index("ix_ad_accounts_org_integration_id", "org", "integration_id"),
    Index("ix_ad_accounts_account_id_org", "account_id", "org", "integration_id"),
)
"""The ad accounts (advertisers) that an integration's `ads` credential reaches. A webhook names one
without its organisation."""

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
