"""The table of data keys, wrapped by a key that is kept outside the database."""

from __future__ import annotations

from sqlalchemy import Column, Double, String, Table

from ..database.metadata import metadata

data_keys = Table(
    "vault_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("scope", String, nullable=False, unique=True),
    Column("wrapping_key", String, nullable=False),
    Column("wrapped", String, nullable=False),
    Column("created", Double, nullable=False),
)
"""One row per scope; the data key never changes, so ciphertexts outlive every wrapping key."""
