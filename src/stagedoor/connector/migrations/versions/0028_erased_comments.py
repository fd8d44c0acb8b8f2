"""Digests of erased persons and comments, which aren't kept again when TikTok is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox_erased",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("org", "digest", name=op.f("pk_inbox_erased")),
    )
