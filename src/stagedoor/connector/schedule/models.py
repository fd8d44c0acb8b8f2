"""Tables of due rows, and of the workers that take them."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, String, Table, UniqueConstraint

from ..database.metadata import metadata

due_rows = Table(
    "due_rows",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("ref", String, nullable=False),
    Column("due", Double, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("leased_until", Double),
    Column("leased_by", String),
    UniqueConstraint("kind", "ref"),
    Index("ix_due_rows_due", "due"),
)
"""At most one row per kind and ref. `due` is on the service's clock, leases are on the real
clock."""

workers = Table(
    "workers",
    metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("process_started", Double, nullable=False),
    Column("alive_until", Double, nullable=False),
)
"""Heartbeats, on the real clock: a jump of the service's clock makes no worker look dead."""
