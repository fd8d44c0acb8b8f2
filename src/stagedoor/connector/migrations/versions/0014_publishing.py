"""Posts may wait for an admin's approval, an account's queue is found by an index, and files of a
media library may be used by several posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("approval_state", sa.String(), nullable=True))
    op.add_column("posts", sa.Column("approval", sa.JSON(), nullable=True))
    op.create_index("ix_posts_org_approval_state", "posts", ["org", "approval_state"])
    op.create_index(
        "ix_posts_org_integration_state", "posts", ["org", "integration", "state", "publish_at"]
    )
    op.create_index(
        "ix_posts_org_integration_handed_over",
        "posts",
        ["org", "integration", "handed_over", "begun"],
    )
    op.add_column(
        "media", sa.Column("library", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("media", sa.Column("name", sa.String(), nullable=True))
    op.add_column("media", sa.Column("source", sa.String(), nullable=True))
    op.create_index("ix_media_org_library", "media", ["org", "library", "created", "id"])
    op.create_index("ix_media_org_source", "media", ["org", "source"])
    op.create_table(
        "event_subscriptions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_why", sa.String(), nullable=True),
        sa.Column("failing_since", sa.Double(), nullable=True),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_subscriptions")),
    )
    op.create_table(
        "event_deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=False),
        sa.Column("attempted_at", sa.Double(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("leased_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_deliveries")),
    )
    for name, table, columns in (
        ("ix_event_subscriptions_org", "event_subscriptions", ["org"]),
        ("ix_event_deliveries_org", "event_deliveries", ["org"]),
        ("ix_event_deliveries_due", "event_deliveries", ["org", "state", "next_at"]),
        ("ix_event_deliveries_subscription", "event_deliveries", ["org", "subscription", "id"]),
        ("ix_event_deliveries_created", "event_deliveries", ["org", "created"]),
    ):
        op.create_index(name, table, columns)
