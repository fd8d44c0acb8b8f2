"""Posts name their originator, so that an agent's call learns how its post ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("asked_by", sa.String(), nullable=True))
