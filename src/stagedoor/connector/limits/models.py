"""The table of sliding windows: a row for each key with the times of its places."""

from __future__ import annotations

from sqlalchemy import Column, Double, LargeBinary, String, Table

from ..database.metadata import metadata

limit_windows = Table(
    "limit_windows",
    metadata,
    Column("key", String, primary_key=True),
    Column("places", LargeBinary, nullable=False),
    Column("idle_at", Double, nullable=False, index=True),
)
"""`key` is a digest, `places` are packed doubles on the service's clock. The row is deleted some
time after `idle_at`, when its places have no effect any more."""
