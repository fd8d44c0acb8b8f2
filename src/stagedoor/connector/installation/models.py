"""Tables of the installation: the database's single row, and facts by name."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, String, Table

from ..database.metadata import metadata

facts = Table(
    "installation_facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("id", String, primary_key=True),
    Column("identity", String, nullable=False),
    Column("effects", BigInteger, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("begins", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("paused_at", Double),
    Column("paused_reason", String),
    Column("paused_why", String),
)
"""`identity` names the database for its witness. `effects` counts the inits that were begun, in the
transaction that begins them. `generation` grows with each pause of the whole service, so that an
organisation's `resume` applies only to the pauses before it. `begins`: there are posts older than
the witness, which the next start creates."""
