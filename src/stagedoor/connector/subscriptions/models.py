"""Tables of subscriptions to events, and of the deliveries of each."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Double, Index, Integer, String, Table, Text

from ..database.metadata import metadata, org_column

event_subscriptions = Table(
    "event_subscriptions",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("channel", String, nullable=False),
    Column("target", String, nullable=False),
    Column("events", JSON, nullable=False),
    Column("secret", String),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_why", String),
    Column("failing_since", Double),
    Column("created", Double, nullable=False),
    Column("created_by", String, nullable=False),
)
"""`target` is a URL or an e-mail address, by the channel. `secret` is encrypted, and null for
e-mail. `failing_since` is the first failure since the last success."""

event_deliveries = Table(
    "event_deliveries",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("subscription", String, nullable=False),
    Column("type", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", Double, nullable=False),
    Column("attempted_at", Double),
    Column("status", Integer),
    Column("error", String),
    Column("leased_until", Double),
    Index("ix_event_deliveries_due", "org", "state", "next_at"),
    Index("ix_event_deliveries_subscription", "org", "subscription", "id"),
    Index("ix_event_deliveries_created", "org", "created"),
    Index("ix_event_deliveries_org_id", "org", "id"),
)
"""One row for each event and subscription; its id is the message's id, however often it is sent.
`leased_until` is on the real clock, the other times on the service's clock."""
