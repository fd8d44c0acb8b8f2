"""Indexes by which research jobs and the journal of ads are deleted by their age."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_research_jobs_ended", "research_jobs", ["org", "ended"])
    op.create_index("ix_ad_writes_at", "ad_writes", ["org", "at"])
