"""Tables of everything that was written at TikTok, and of the guard of what ads spend."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table

from ..database.metadata import ORG, metadata

ad_writes = Table(
    "ad_writes",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("at", Double, nullable=False),
    Column("level", String, nullable=False),
    Column("action", String, nullable=False),
    Column("account", String, nullable=False),
    Column("object", String),
    Column("digest", String),
    Column("request", JSON, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("outcome", String),
    Column("error", JSON),
    Column("ended", Double),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_ad_writes_object", ORG, "level", "object", "at"),
    Index("ix_ad_writes_at", ORG, "at"),
    Index("ix_ad_writes_digest", ORG, "digest", "at"),
)
"""The journal of creates, changes and switches: a row is written before TikTok is asked, and its
outcome after. `object` is TikTok's id, null until a create has one. `digest` is of what a create
makes. `request` is what is sent, by TikTok's names. `outcome` null: under way. `held_until` is on
the real clock."""

ad_spend_guards = Table(
    "ad_spend_guards",
    metadata,
    Column(ORG, String, nullable=False, unique=True),
    Column("id", String, primary_key=True),
    Column("state", JSON, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("lease_owner", String),
    Column("lease_until", Double),
    Column("fence", Integer, nullable=False),
)
"""One row for an organisation with a spend limit: the spend of its ads today, by currency, as last
read. Its lease serialises the changes that add to the budgets."""

ad_spend_requests = Table(
    "ad_spend_requests",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("held_by", String),
    Column("held_until", Double),
)
"""Changes of budgets under way in organisations without a limit: a first limit waits for them."""
