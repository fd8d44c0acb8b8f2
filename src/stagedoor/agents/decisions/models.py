"""The table of the daily use of each agent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Table

from stagedoor.connector.database.metadata import ORG, metadata

agent_counters = Table(
    "agent_counters",
    metadata,
    Column(ORG, String, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("account", String, nullable=False),
    Column("day", Integer, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("spent", BigInteger, nullable=False),
    PrimaryKeyConstraint(ORG, "agent_id", "account", "day"),
)
"""A row for each agent, account and UTC day, counted from 1970. `spent` is in hundredths."""
