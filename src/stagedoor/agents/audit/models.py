"""The tables of the audit: a chain of entries for each organisation, its head, and the texts."""

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
"""Append-only: triggers reject every change. `seq` counts from 1 without gaps; `hash` covers the
entry and the hash before it. `about` is the seq of the decision to which an outcome, or a
person's verdict, belongs."""

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
"""Text that may name people: an entry has a salted commitment to it. An erasure empties text and
salt, and stores the entry that records the erasure."""

Index(
    "ix_audit_texts_kept",
    audit_texts.c.org,
    audit_texts.c.seq,
    sqlite_where=audit_texts.c.erased_by.is_(None),
    postgresql_where=audit_texts.c.erased_by.is_(None),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String, nullable=False),
    Column("mac", String, nullable=False),
    Column("key", String, nullable=False),
)
"""The end of each chain. `mac` is computed with `key`, which the vault sealed: write access to
the database alone isn't enough to move the end of a chain."""

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
"""For SQLite only, and no table but a view with a trigger: an inserted row is an entry with its
text; it moves the chain's head from `before`, and changes `window` unless that is NULL. The
insert aborts with the message `MOVED` if the head isn't at `before`."""

MOVED = "the end of the audit has moved"
