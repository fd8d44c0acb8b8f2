"""Identities of agents' posts, uploads that need a second decision at their end, digests of
media."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_post_claims",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("claimed", sa.Double(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("org", "agent_id", "digest", name=op.f("pk_agent_post_claims")),
    )
    op.create_table(
        "agent_uploads",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("key_digest", sa.String(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("decided", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_agent_uploads")),
    )
    with op.batch_alter_table("agent_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_uploads_org"), ["org"], unique=False)
    op.add_column("media", sa.Column("sha256", sa.String(), nullable=True))
