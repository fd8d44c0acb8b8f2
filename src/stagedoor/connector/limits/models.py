"""The table of sliding windows: a row for each key with the times of its calls."""

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
"""`key` is a digest of the window's key and of the format of `places`. These are packed doubles:
the times of the calls on the service's clock; for windows of too many calls, pairs of the number
of a hundredth of the window and the number of calls in it. The row is deleted some time after
`idle_at`, when these times have no effect any more."""
