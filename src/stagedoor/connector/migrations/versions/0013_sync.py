"""Videos with their metrics over time, and the synchronisation that reads them.

Accounts that are connected already are read at once.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _optional(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    _make_activity()
    states = op.create_table(
        "sync_states",
        _required("org", sa.String()),
        _required("integration", sa.String()),
        _required("type", sa.String()),
        _optional("due", sa.Double()),
        _optional("wanted", sa.JSON()),
        _optional("progress", sa.JSON()),
        _required("attempts", sa.Integer()),
        _optional("error", sa.JSON()),
        _optional("unavailable", sa.Text()),
        _optional("succeeded", sa.Double()),
        _optional("held_by", sa.String()),
        _optional("held_until", sa.Double()),
        sa.PrimaryKeyConstraint("org", "integration", "type", name=op.f("pk_sync_states")),
    )
    op.create_index("ix_sync_states_type", "sync_states", ["org", "type"])
    op.create_table(
        "sync_pauses",
        _required("org", sa.String()),
        _required("type", sa.String()),
        _required("at", sa.Double()),
        _required("by", sa.String()),
        sa.PrimaryKeyConstraint("org", "type", name=op.f("pk_sync_pauses")),
    )
    bind = op.get_bind()
    due = sa.table("due_rows", *map(sa.column, ("id", "kind", "ref", "due", "attempt")))
    for org, integration in bind.execute(sa.text("SELECT org, id FROM integrations")).all():
        for kind in ("profile", "videos", "metrics"):
            new = {"org": org, "integration": integration, "type": kind}
            bind.execute(states.insert().values(**new, due=0.0, attempts=0))
            ref = f"{org}/{integration}/{kind}"
            row = {"id": uuid.uuid4().hex, "kind": "sync", "ref": ref, "due": 0.0, "attempt": 0}
            bind.execute(due.insert().values(**row))


def _make_activity() -> None:
    op.create_table(
        "activity_videos",
        _required("org", sa.String()),
        _required("id", sa.String()),
        _required("integration", sa.String()),
        _required("posted", sa.Double()),
        _required("text", sa.Text()),
        _required("folded", sa.Text()),
        _optional("share_url", sa.Text()),
        _optional("cover_url", sa.Text()),
        _optional("duration", sa.Integer()),
        _optional("width", sa.Integer()),
        _optional("height", sa.Integer()),
        _required("visibility", sa.String()),
        _required("visibility_at", sa.Double()),
        _optional("post", sa.String()),
        *(_optional(name, sa.BigInteger()) for name in ("views", "likes", "comments", "shares")),
        _optional("measured", sa.Double()),
        _optional("due", sa.Double()),
        _optional("missing", sa.Double()),
        _required("created", sa.Double()),
        sa.PrimaryKeyConstraint("org", "id", "integration", name=op.f("pk_activity_videos")),
    )
    for name, columns in (
        ("posted", ["org", "posted", "id", "integration"]),
        ("account", ["org", "integration", "posted", "id"]),
        ("visibility", ["org", "visibility", "posted", "id", "integration"]),
        ("due", ["org", "integration", "due"]),
    ):
        op.create_index(f"ix_activity_videos_{name}", "activity_videos", columns)
    op.create_table(
        "activity_series",
        _required("org", sa.String()),
        _required("subject", sa.String()),
        _required("integration", sa.String()),
        _required("period", sa.Integer()),
        _required("points", sa.LargeBinary()),
        _required("thinned", sa.Boolean()),
        sa.PrimaryKeyConstraint(
            "org", "subject", "integration", "period", name=op.f("pk_activity_series")
        ),
    )
    op.create_table(
        "activity_accounts",
        _required("org", sa.String()),
        _required("integration", sa.String()),
        *(
            _optional(name, sa.BigInteger())
            for name in ("followers", "following", "likes", "videos")
        ),
        _optional("bio", sa.Text()),
        _optional("profile_url", sa.Text()),
        _optional("verified", sa.Boolean()),
        _required("measured", sa.Double()),
        sa.PrimaryKeyConstraint("org", "integration", name=op.f("pk_activity_accounts")),
    )
