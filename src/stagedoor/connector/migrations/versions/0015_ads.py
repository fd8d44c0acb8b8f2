"""What was written at TikTok about ads, and the limit of what they spend in a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ad_writes",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_ad_writes")),
    )
    op.create_index("ix_ad_writes_object", "ad_writes", ["org", "level", "object", "at"])
    op.create_index("ix_ad_writes_digest", "ad_writes", ["org", "digest", "outcome"])
    op.create_table(
        "ad_spend_guards",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_spend_guards")),
        sa.UniqueConstraint("org", name=op.f("uq_ad_spend_guards_org")),
    )
