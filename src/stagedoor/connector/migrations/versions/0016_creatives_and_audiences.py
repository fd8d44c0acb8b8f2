"""Creatives of ads, audiences with their changes that TikTok doesn't have yet, and conversions of
media."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ad_creatives",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("creative", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_creatives")),
    )
    op.create_index("ix_ad_creatives_org", "ad_creatives", ["org"])
    op.create_index(
        "ix_ad_creatives_digest", "ad_creatives", ["org", "account", "digest"], unique=True
    )
    op.create_index("ix_ad_creatives_created", "ad_creatives", ["org", "account", "created", "id"])
    op.create_table(
        "ad_audiences",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identifier_type", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tiktok_id", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("creating_since", sa.Double(), nullable=True),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_audiences")),
    )
    op.create_index("ix_ad_audiences_org", "ad_audiences", ["org"])
    op.create_index("ix_ad_audiences_created", "ad_audiences", ["org", "account", "created", "id"])
    op.create_index("ix_ad_audiences_newest", "ad_audiences", ["org", "created", "id"])
    op.create_table(
        "ad_audience_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("more", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_audience_changes")),
    )
    op.create_index("ix_ad_audience_changes_org", "ad_audience_changes", ["org"])
    op.create_index(
        "ix_ad_audience_changes_audience",
        "ad_audience_changes",
        ["org", "audience", "state", "created", "id"],
    )
    op.create_table(
        "ad_audience_parts",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "change", "number", name=op.f("pk_ad_audience_parts")),
    )
    op.create_table(
        "media_conversions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_conversions")),
    )
    op.create_index("ix_media_conversions_org", "media_conversions", ["org"])
    op.create_index("ix_media_conversions_state", "media_conversions", ["org", "state"])
