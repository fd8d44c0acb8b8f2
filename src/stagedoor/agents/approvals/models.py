"""The table of approvals: a call as asked for, a person's verdict, and the outcome."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from stagedoor.connector.database.metadata import metadata, org_column

approvals = Table(
    "approvals",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("agent_id", String, nullable=False),
    Column("key_digest", String, nullable=False),
    Column("operation", String, nullable=False),
    Column("account", String),
    Column("digest", String, nullable=False),
    Column("unanswered", String),
    Column("seq", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("link", String, nullable=False, unique=True),
    Column("request", Text),
    Column("files", JSON, nullable=False),
    Column("preview", JSON),
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Column("verdict", String),
    Column("decided", Double),
    Column("decided_by", String),
    Column("note", Text),
    Column("ended", Double),
    Column("result", JSON),
    Column("failure", JSON),
    Column("keep_until", Double),
    Column("held_by", String),
    Column("held_until", Double),
    UniqueConstraint("org", "agent_id", "unanswered"),
    Index("ix_approvals_org_state_id", "org", "state", "id"),
)
"""Ids sort by time. `request` is the call in its canonical form, `digest` its SHA-256;
`unanswered` is the same digest until the agent has its answer, so that equal calls wait as one
approval. `files` are [medium, SHA-256] in order. `seq` is the decision that asked. `link` is the
digest of the page's capability. `held_until` is on real time."""
