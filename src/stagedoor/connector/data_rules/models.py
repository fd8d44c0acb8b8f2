"""The table of erasures of persons' data."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, String, Table, Text

from ..database.metadata import metadata, org_column

data_erasures = Table(
    "data_erasures",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("asked_by", String, nullable=False),
    Column("created", Double, nullable=False),
    Column("person", Text),
    Column("state", String, nullable=False),
    Column("place", JSON, nullable=False),
    Column("erased", JSON, nullable=False),
    Column("ended", Double),
)
"""`person` is encrypted, and null once the erasure has ended. `place` is [kind, after]: the batch
that is next. `erased` counts by kind."""
