"""Tables of the state of each account's synchronisation, and of pauses."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table, Text

from ..database.metadata import ORG, metadata

sync_states = Table(
    "sync_states",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("type", String, primary_key=True),
    Column("due", Double),
    Column("wanted", JSON),
    Column("progress", JSON),
    Column("attempts", Integer, nullable=False),
    Column("error", JSON),
    Column("unavailable", Text),
    Column("succeeded", Double),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_sync_states_type", ORG, "type"),
)
"""One row for each account and type. `due` is the time of the next run, null where there is none.
`wanted` holds the options of a trigger that no run has taken yet, or `TAKEN` while the run that
took them isn't finished. `progress` is where a type goes on in its next run. `attempts` counts
failures since the last success. `unavailable` says why the account doesn't have the type.
`held_until` is on the real clock."""

sync_pauses = Table(
    "sync_pauses",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("type", String, primary_key=True),
    Column("at", Double, nullable=False),
    Column("by", String, nullable=False),
)
"""The types that an organisation paused."""
