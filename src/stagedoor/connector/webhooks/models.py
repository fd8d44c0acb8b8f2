"""Tables: the inbox of TikTok's deliveries, and each organisation's events."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ..database.metadata import ORG, metadata, org_column

_Id = BigInteger().with_variant(Integer, "sqlite")

inbox = Table(
    "webhook_inbox",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("client_key", String, nullable=False),
    Column("open_id", String, nullable=False),
    Column("event", String, nullable=False),
    Column("created", Double, nullable=False),
    Column("received", Double, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("leased_until", Double),
    Column("attempts", Integer, nullable=False),
    Index(
        "ix_webhook_inbox_waiting",
        "received",
        "id",
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
    Index("ix_webhook_inbox_received", "received"),
    Index(
        "ix_webhook_inbox_dead",
        "client_key",
        "open_id",
        "id",
        postgresql_where=text("state = 'failed'"),
        sqlite_where=text("state = 'failed'"),
    ),
)
"""One row per event, however often it is delivered: `key` is derived from the event's content.
`body` is the JSON as it was signed. The lease is on the real clock, the other times on the
service's clock."""

watched = Table(
    "watched_ads",
    metadata,
    Column(ORG, String, primary_key=True, index=True),
    Column("entity", String, primary_key=True),
    Column("object_id", String, primary_key=True),
    Column("account_id", String, nullable=False),
)
"""Ad groups and ads whose reviews an organisation wants to hear of: TikTok has a subscription for
each. `entity` is AD_GROUP or AD."""

events = Table(
    "webhook_events",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    org_column(),
    Column("key", String, nullable=False),
    Column("integration_id", String, nullable=False),
    Column("event", String, nullable=False),
    Column("created", Double, nullable=False),
    Column("received", Double, nullable=False),
    Column("content", JSON, nullable=False),
    UniqueConstraint("org", "integration_id", "key"),
    Index("ix_webhook_events_org_received", "org", "received"),
    Index("ix_webhook_events_received_org", "received", "org"),
)
"""An event of one account of one organisation."""
