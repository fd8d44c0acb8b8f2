"""Posts may wait for an admin's approval, and an account's queue is found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("approval_state", sa.String(), nullable=True))
    op.add_column("posts", sa.Column("approval", sa.JSON(), nullable=True))
    op.create_index("ix_posts_org_approval_state", "posts", ["org", "approval_state"])
    op.create_index(
        "ix_posts_org_integration_state", "posts", ["org", "integration", "state", "publish_at"]
    )
