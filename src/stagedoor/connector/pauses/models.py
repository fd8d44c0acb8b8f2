"""The table of organisations' pauses."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, String, Table

from ..database.metadata import ORG, metadata

pauses = Table(
    "pauses",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("paused", Boolean, nullable=False),
    Column("resumed_generation", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("by", String, nullable=False),
    Column("why", String),
)
"""`paused`: the organisation paused itself. `resumed_generation`: the pauses of the whole service
up to this one don't apply to the organisation any more."""
