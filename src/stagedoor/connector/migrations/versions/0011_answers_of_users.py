"""Responses kept for repeated requests belong to a user, and are deleted after a day.

Older responses may contain whole agent keys, so their bodies are emptied; the rows stay for a day,
so that none of their keys has a second effect.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DAY = 86_400.0


def upgrade() -> None:
    op.add_column("idempotent_answers", sa.Column("user_id", sa.String(), nullable=True))
    op.create_index("ix_idempotent_answers_org_at", "idempotent_answers", ["org", "at"])
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE idempotent_answers SET body = NULL"))
    oldest = bind.execute(
        sa.text("SELECT org, MIN(at) AS at FROM idempotent_answers GROUP BY org")
    ).all()
    for row in oldest:
        bind.execute(
            sa.text(
                "INSERT INTO due_rows (id, kind, ref, due, attempt) "
                "VALUES (:id, 'expire-answers', :org, :due, 0)"
            ),
            {"id": uuid.uuid4().hex, "org": row.org, "due": row.at + _DAY},
        )
