"""Facts about the installation: one row for each name."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from ..database.metadata import metadata

facts = Table(
    "installation_facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
