"""The currencies of ad accounts, in which conditions of agents' grants on money are judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ad_account_currencies",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("org", "account_id", name=op.f("pk_ad_account_currencies")),
    )
