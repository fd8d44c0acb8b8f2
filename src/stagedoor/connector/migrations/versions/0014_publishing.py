"""Posts may wait for an admin's approval, an account's queue is found by an index, and files of a
media library may be used by several posts."""

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
    op.add_column(
        "media", sa.Column("library", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("media", sa.Column("name", sa.String(), nullable=True))
    op.add_column("media", sa.Column("source", sa.String(), nullable=True))
    op.create_index("ix_media_org_library", "media", ["org", "library", "created", "id"])
    op.create_index("ix_media_org_source", "media", ["org", "source"])
