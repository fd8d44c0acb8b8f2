"""Metrics of campaigns by day, and the delivery states of ads objects.

Ad accounts that are connected already are read at once.
"""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _optional(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    op.create_table(
        "ad_metric_accounts",
        _required("org", sa.String()),
        _required("account_id", sa.String()),
        _required("currency", sa.String()),
        _required("timezone", sa.String()),
        _optional("read_from", sa.Date()),
        _optional("read_until", sa.Date()),
        _optional("final_until", sa.Date()),
        _optional("recent_at", sa.Double()),
        _optional("full_at", sa.Double()),
        _optional("states_at", sa.Double()),
        _optional("states_from", sa.Double()),
        sa.PrimaryKeyConstraint("org", "account_id", name=op.f("pk_ad_metric_accounts")),
    )
    months = ("org", "account_id", "campaign_id", "month")
    op.create_table(
        "ad_metric_months",
        _required("org", sa.String()),
        _required("account_id", sa.String()),
        _required("campaign_id", sa.String()),
        _required("month", sa.Integer()),
        _required("days", sa.Text()),
        sa.PrimaryKeyConstraint(*months, name=op.f("pk_ad_metric_months")),
    )
    op.create_table(
        "ad_objects",
        _required("org", sa.String()),
        _required("account_id", sa.String()),
        _required("level", sa.String()),
        _required("object_id", sa.String()),
        _required("campaign_id", sa.String()),
        _optional("ad_group_id", sa.String()),
        _optional("name", sa.Text()),
        _optional("switch", sa.String()),
        _optional("status", sa.String()),
        _optional("review", sa.String()),
        _optional("reviewed_at", sa.Double()),
        _optional("review_by", sa.String()),
        _required("ended", sa.String()),
        _optional("seen_at", sa.Double()),
        sa.PrimaryKeyConstraint(
            "org", "account_id", "level", "object_id", name=op.f("pk_ad_objects")
        ),
    )
    op.create_index("ix_ad_objects_object", "ad_objects", ["org", "object_id"])
    _read_connected()


def _read_connected() -> None:
    bind = op.get_bind()
    names = ("org", "integration", "type", "due", "attempts")
    states = sa.table("sync_states", *map(sa.column, names))
    due = sa.table("due_rows", *map(sa.column, ("id", "kind", "ref", "due", "attempt")))
    ads = sa.text("SELECT org, integration_id FROM credentials WHERE kind = 'ads'")
    for org, integration in bind.execute(ads).all():
        for kind in ("ads-metrics", "ads-status"):
            new = {"org": org, "integration": integration, "type": kind}
            bind.execute(states.insert().values(**new, due=0.0, attempts=0))
            ref = f"{org}/{integration}/{kind}"
            row = {"id": uuid.uuid4().hex, "kind": "sync", "ref": ref, "due": 0.0, "attempt": 0}
            bind.execute(due.insert().values(**row))
