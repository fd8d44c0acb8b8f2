"""The facts of a file that passed a probe: it isn't probed again when its post is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("media", sa.Column("facts", sa.JSON(), nullable=True))
