"""The database gets an identity and counts its effects, so that a witness can detect a restored
one.

In a database that has posts or an audit already, the witness begins now: an upgrade is no restore.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("effects", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Boolean(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_at", sa.Double(), nullable=True),
        sa.Column("paused_reason", sa.String(), nullable=True),
        sa.Column("paused_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "pauses",
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("resumed_generation", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("org", name=op.f("pk_pauses")),
    )
    posts, steps = sa.table("posts", sa.column("id")), sa.table("post_steps", sa.column("name"))
    bind = op.get_bind()
    effects = bind.scalar(
        sa.select(sa.func.count()).select_from(steps).where(steps.c.name == "init")
    )
    audits = sa.table("audit_heads", sa.column("org"))
    in_use = any(
        bind.execute(query.limit(1)).first() is not None
        for query in (sa.select(posts.c.id), sa.select(audits.c.org))
    )
    op.bulk_insert(
        installation,
        [
            {
                "id": "this",
                "identity": uuid.uuid4().hex,
                "effects": effects or 0,
                "generation": 0,
                "begins": in_use,
                "paused": False,
            }
        ],
    )
