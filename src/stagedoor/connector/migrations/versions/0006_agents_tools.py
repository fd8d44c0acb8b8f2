"""Agents have a set of visible tools, which their admin chooses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("tools", sa.String(), nullable=False, server_default="jobs"))
