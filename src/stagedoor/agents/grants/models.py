"""The table of grants: one row for each agent."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, ForeignKey, Integer, String, Table

from stagedoor.connector.database.metadata import metadata, org_column

agent_policies = Table(
    "agent_policies",
    metadata,
    Column("agent_id", String, ForeignKey("agents.id"), primary_key=True),
    org_column(),
    Column("version", Integer, nullable=False),
    Column("grants", JSON),
    Column("cedar", String, nullable=False),
    Column("changed", Double, nullable=False),
    Column("changed_by", String, nullable=False),
)
"""`cedar` is the policy that decides. `grants` are the toggles from which it was made; null if
it was written by hand. `version` grows with each change, so a process knows when to parse the
policy again."""
