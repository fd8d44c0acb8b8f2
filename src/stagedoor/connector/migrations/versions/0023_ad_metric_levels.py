"""Metrics of ad groups and ads beside those of campaigns. All days that TikTok may still revise are
read again, of every level."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("ad_metric_months", "ad_metric_months_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE ad_metric_months_before "
            "RENAME CONSTRAINT pk_ad_metric_months TO pk_ad_metric_months_before"
        )
    place = ("org", "account_id", "level", "object_id", "month")
    op.create_table(
        "ad_metric_months",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*place, name=op.f("pk_ad_metric_months")),
    )
    op.execute(
        "INSERT INTO ad_metric_months (org, account_id, level, object_id, month, days) "
        "SELECT org, account_id, 'campaign', campaign_id, month, days FROM ad_metric_months_before"
    )
    op.drop_table("ad_metric_months_before")
    op.execute(
        "UPDATE ad_metric_accounts SET read_from = NULL, read_until = NULL, final_until = NULL, "
        "recent_at = NULL, full_at = NULL"
    )
