"""Tables of agents and their keys."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Index, Integer, String, Table

from stagedoor.connector.database.metadata import ORG, metadata, org_column

agents = Table(
    "agents",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("name", String, nullable=False),
    Column("calls_per_minute", Integer, nullable=False),
    Column("created", Double, nullable=False),
    Column("created_by", String, nullable=False),
    Column("stopped", Double),
    Column("tools", String, nullable=False, server_default="jobs"),
)
"""`stopped` is the time since which the agent may do nothing; null while it may act. `tools` is
the name of the toolset that the agent sees."""

agent_keys = Table(
    "agent_keys",
    metadata,
    Column("digest", String, primary_key=True),
    org_column(index=False),
    Column("agent_id", String, ForeignKey("agents.id"), nullable=False, index=True),
    Column("prefix", String, nullable=False),
    Column("created", Double, nullable=False),
    Column("ends", Double),
    Column("last_used", Double),
    Column("sign_in_id", String, ForeignKey("agent_sign_ins.id"), index=True),
    Index("ix_agent_keys_org_agent_id", ORG, "agent_id"),
)
"""`digest` is the SHA-256 of the whole key, which is stored nowhere. After `ends` the key is
invalid. With a `sign_in_id` the row is an access token of that sign-in: a key that lives an
hour."""
