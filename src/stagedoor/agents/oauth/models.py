"""Tables of registered clients, agents' sign-ins through them, and codes that people type."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, ForeignKey, Index, String, Table, Text

from stagedoor.connector.database.metadata import ORG, metadata, org_column

oauth_clients = Table(
    "oauth_clients",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("redirect_uris", JSON, nullable=False),
    Column("method", String, nullable=False),
    Column("secret", String),
    Column("created", Double, nullable=False),
    Column("used", Double),
    Column("ends", Double, nullable=False, index=True),
)
"""Belongs to no organisation: anybody who can reach the endpoint may register. `secret` is a
digest; null for a client that can't keep one. After `ends` the client doesn't exist."""

agent_sign_ins = Table(
    "agent_sign_ins",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("agent_id", String, ForeignKey("agents.id"), nullable=False, index=True),
    Column("client_id", String, nullable=False),
    Column("client_name", String, nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("state", Text),
    Column("challenge", String, nullable=False),
    Column("resource", String, nullable=False),
    Column("key", String),
    Column("ticket", String, unique=True),
    Column("code", String, unique=True),
    Column("family", String, unique=True),
    Column("refresh", String),
    Column("created", Double, nullable=False),
    Column("ends", Double, nullable=False),
    Column("last_used", Double),
    Index("ix_agent_sign_ins_org_agent_id", ORG, "agent_id"),
)
"""One consent, from its proof to its end. `ticket` is held by the consent page until the person
says yes; `code` is what the client gets then, and is kept so that a second use is noticed;
`family` and `refresh` are of its refresh token: all of them digests. `key` is the digest of the
agent's key that was shown, and the sign-in ends with that key; null: a one-time code was shown."""

agent_codes = Table(
    "agent_codes",
    metadata,
    Column("digest", String, primary_key=True),
    org_column(index=False),
    Column("agent_id", String, ForeignKey("agents.id"), nullable=False, index=True),
    Column("created", Double, nullable=False),
    Column("created_by", String, nullable=False),
    Column("ends", Double, nullable=False),
    Index("ix_agent_codes_org_agent_id", ORG, "agent_id"),
)
"""One-time codes that a person may type in place of a key."""
