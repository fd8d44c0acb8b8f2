"""The audit: a chain of entries for each organisation, its head, and the texts beside it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from stagedoor.connector.database.metadata import ORG, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column(ORG, String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("kind", String, nullable=False),
    Column("about", BigInteger),
    Column("agent", String),
    Column("account", String),
    Column("operation", String),
    Column("resource", String),
    Column("decision", String),
    Column("rule", String),
    Column("policy_version", Integer),
    Column("outcome", String),
    Column("log_id", String),
    Column("commitment", String),
    Column("hash", String, nullable=False),
    PrimaryKeyConstraint(ORG, "seq"),
    sqlite_with_rowid=False,
)
"""Append-only: triggers refuse every change. `seq` counts from 1 without gaps; `hash` is over the
entry and the hash before it. `about` is the seq of the decision that an outcome, or a person's
word, belongs to."""

Index(
    "uq_audit_entries_about",
    audit_entries.c.org,
    audit_entries.c.about,
    unique=True,
    sqlite_where=audit_entries.c.about.is_not(None),
    postgresql_where=audit_entries.c.about.is_not(None),
)

audit_texts = Table(
    "audit_texts",
    metadata,
    Column(ORG, String, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("salt", String),
    Column("text", Text),
    Column("erased_by", BigInteger),
    PrimaryKeyConstraint(ORG, "seq"),
    sqlite_with_rowid=False,
)
"""What may name people: an entry commits to it by a salted hash. An erasure empties it, salt and
all, and says by which entry."""

audit_heads = Table(
    "audit_heads",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String, nullable=False),
    Column("mac", String, nullable=False),
    Column("key", String, nullable=False),
)
"""Where each chain ends. `mac` is by `key`, which the vault sealed: who can write the database
alone can't move the end of a chain."""

audit_ends = Table(
    "audit_ends",
    MetaData(),
    *(Column(one.name, one.type) for one in audit_entries.c),
    Column("before", BigInteger),
    Column("new_seq", BigInteger),
    Column("new_hash", String),
    Column("new_mac", String),
    Column("salt", String),
    Column("text", Text),
    Column("window", String),
    Column("new_places", LargeBinary),
    Column("new_idle_at", Double),
)
"""SQLite's alone, and no table: a row that is put into it is an entry with its text, moves the end
from `before`, and changes `window`, if that isn't NULL. It aborts, with `MOVED` as its
words, where the end isn't there."""

MOVED = "the end of the audit has moved"
