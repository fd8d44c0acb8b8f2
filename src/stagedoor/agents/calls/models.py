"""Tables of agents' posts: which call makes which post, and uploads that are still to come."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, PrimaryKeyConstraint, String, Table, Text

from stagedoor.connector.database.metadata import ORG, metadata, org_column

agent_post_claims = Table(
    "agent_post_claims",
    metadata,
    Column(ORG, String, nullable=False),
    Column("agent_id", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("post", String, nullable=False),
    Column("claimed", Double, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    PrimaryKeyConstraint(ORG, "agent_id", "digest"),
)
"""`digest` identifies a post by the agent's request; its primary key with organisation and agent
makes two equal calls one post. `post` is the id of the post, or of the approval that the call
waits for; before either exists, the call that holds the claim will make it. `held_until` is on
real time."""

agent_uploads = Table(
    "agent_uploads",
    metadata,
    Column("subject", String, primary_key=True),
    org_column(index=False),
    Column("agent_id", String, nullable=False),
    Column("key_digest", String, nullable=False),
    Column("request", Text, nullable=False),
    Column("decided", Double, nullable=False),
    Index("ix_agent_uploads_org_decided", ORG, "decided"),
)
"""The subject of a file that an agent sends: a post, with the call that began it (`StoredCall`),
which is decided again when the last byte has arrived; or a medium of begin_upload, for a later
call (`request` is empty then). `decided` is the time at which the agent was allowed the upload."""
