"""Data is kept for as long as each organisation says, and a person's data is erased by jobs that go
on after a kill."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_erasures",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("org", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("erased", sa.JSON(), nullable=False),
        sa.Column("ended", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_data_erasures"),
    )
    op.create_index("ix_data_erasures_org", "data_erasures", ["org"])
    op.add_column("posts", sa.Column("texts_erased", sa.Double(), nullable=True))
    op.create_index("ix_posts_org_texts_erased_ended", "posts", ["org", "texts_erased", "ended"])
    op.create_index("ix_activity_series_period", "activity_series", ["org", "period"])
    op.create_index("ix_webhook_events_org_received", "webhook_events", ["org", "received"])
    op.create_index("ix_notices_org_at", "notices", ["org", "at"])
    failed = sa.text("state = 'failed'")
    op.create_index(
        "ix_webhook_inbox_dead",
        "webhook_inbox",
        ["client_key", "open_id", "id"],
        sqlite_where=failed,
        postgresql_where=failed,
    )
    kept = sa.text("erased_by IS NULL")
    op.create_index(
        "ix_audit_texts_kept",
        "audit_texts",
        ["org", "seq"],
        sqlite_where=kept,
        postgresql_where=kept,
    )
    # an erasure of engagement data that waits belongs to the credential of the creator
    op.execute(
        "UPDATE due_rows SET kind = 'data-removal', ref = ref || '/creator' "
        "WHERE kind = 'sync-erase'"
    )
    op.execute(
        "INSERT INTO due_rows (id, kind, ref, due, attempt) "
        "SELECT 'data-retention-' || id, 'data-retention', id, 0, 0 FROM organisations"
    )
