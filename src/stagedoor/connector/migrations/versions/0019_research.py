"""Research jobs with their rows and the quota that apps use, and requests for copies of creators'
data."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _optional(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def upgrade() -> None:
    _make_jobs()
    _make_rows()
    op.create_table(
        "portability_requests",
        _required("org", sa.String()),
        _required("id", sa.String()),
        _required("integration", sa.String()),
        _required("app_id", sa.String()),
        _required("account", sa.String()),
        _required("categories", sa.JSON()),
        _required("data_format", sa.String()),
        _required("state", sa.String()),
        _optional("tiktok_id", sa.String()),
        _optional("error", sa.JSON()),
        _required("polls", sa.Integer()),
        _required("created", sa.Double()),
        _required("created_by", sa.String()),
        _optional("ready", sa.Double()),
        _optional("ended", sa.Double()),
        _optional("held_by", sa.String()),
        _optional("held_until", sa.Double()),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_portability_requests")),
    )
    for name, columns in (
        ("created", ["org", "created", "id"]),
        ("tiktok", ["app_id", "tiktok_id"]),
    ):
        op.create_index(f"ix_portability_requests_{name}", "portability_requests", columns)


def _make_jobs() -> None:
    op.create_table(
        "research_jobs",
        _required("org", sa.String()),
        _required("id", sa.String()),
        _required("kind", sa.String()),
        _optional("name", sa.String()),
        _required("app_id", sa.String()),
        _required("pool", sa.String()),
        _required("asked", sa.JSON()),
        _required("max_rows", sa.Integer()),
        _required("max_requests", sa.Integer()),
        _required("keep_days", sa.Integer()),
        _required("state", sa.String()),
        _required("progress", sa.JSON()),
        _required("requests", sa.Integer()),
        _required("rows", sa.BigInteger()),
        _required("problems", sa.JSON()),
        _required("attempts", sa.Integer()),
        _optional("error", sa.JSON()),
        _required("complete", sa.Boolean()),
        _optional("resumes", sa.Double()),
        _required("created", sa.Double()),
        _required("created_by", sa.String()),
        _optional("begun", sa.Double()),
        _optional("ended", sa.Double()),
        _required("expires", sa.Double()),
        _optional("held_by", sa.String()),
        _optional("held_until", sa.Double()),
        sa.PrimaryKeyConstraint("org", "id", name=op.f("pk_research_jobs")),
    )
    for name, columns in (
        ("created", ["org", "created", "id"]),
        ("state", ["org", "state", "created", "id"]),
        ("pool", ["app_id", "pool", "state"]),
    ):
        op.create_index(f"ix_research_jobs_{name}", "research_jobs", columns)


def _make_rows() -> None:
    op.create_table(
        "research_pages",
        _required("org", sa.String()),
        _required("job", sa.String()),
        _required("first", sa.BigInteger()),
        _required("count", sa.Integer()),
        _required("unit", sa.Integer()),
        _required("request", sa.Integer()),
        _required("data", sa.LargeBinary()),
        _optional("ids", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("org", "job", "first", name=op.f("pk_research_pages")),
    )
    op.create_index("ix_research_pages_unit", "research_pages", ["org", "job", "unit"])
    op.create_table(
        "research_quotas",
        _required("app_id", sa.String()),
        _required("pool", sa.String()),
        _required("day", sa.Integer()),
        _required("requests", sa.Integer()),
        _required("records", sa.BigInteger()),
        _required("shares", sa.JSON()),
        _optional("closed_until", sa.Double()),
        sa.PrimaryKeyConstraint("app_id", "pool", name=op.f("pk_research_quotas")),
    )
