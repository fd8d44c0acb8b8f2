"""The tables of the daily use of each agent, and of the currencies of ad accounts."""

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
"""A row for each agent, account and UTC day, counted from 1970. Posts are counted by
account. Money is counted by account and currency, as `<account>/<currency>`, in hundredths: the sum
of all days is what the agent has committed since it was made."""

ad_account_currencies = Table(
    "ad_account_currencies",
    metadata,
    Column(ORG, String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("currency", String, nullable=False),
    PrimaryKeyConstraint(ORG, "account_id"),
)
"""As ISO 4217. An ad account keeps its currency for good."""
