"""Tables of media, and of the capabilities that give access to one medium without a token."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, String, Table

from ..database.metadata import metadata, org_column

media = Table(
    "media",
    metadata,
    Column("id", String, primary_key=True),
    org_column(index=False),
    Column("post", String),
    Column("position", Integer, nullable=False, default=0),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("size", BigInteger),
    Column("received", BigInteger, nullable=False, default=0),
    Column("parts", JSON, nullable=False),
    Column("created", Double, nullable=False),
    Column("keep_until", Double),
    Column("sha256", String),
    Column("facts", JSON),
    Column("library", Boolean, nullable=False, default=False),
    Column("name", String),
    Column("source", String),
    Index("ix_media_org_library", "org", "library", "created", "id"),
    Index("ix_media_org_source", "org", "source"),
    Index("ix_media_org_post", "org", "post", "position"),
)
"""`parts` are [object key, bytes] in order: together they are the file. `keep_until` null: as long
as the post needs it. `sha256` is the digest of a complete file, once it was computed, `facts` what
probing it for a post found, once it passed.
`library`: a file of the organisation's media library, called `name`. `source` is the file of the
library whose objects a post's medium refers to."""

media_conversions = Table(
    "media_conversions",
    metadata,
    Column("id", String, primary_key=True),
    org_column(),
    Column("source", String, nullable=False),
    Column("target", String, nullable=False),
    Column("state", String, nullable=False),
    Column("problem", String),
    Column("attempts", Integer, nullable=False),
    Column("created", Double, nullable=False),
    Column("ended", Double),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_media_conversions_state", "org", "state"),
)
"""Conversions of a medium, `source`, into a file of the library, `target`."""

capabilities = Table(
    "capabilities",
    metadata,
    Column("digest", String, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("media", String, nullable=False, index=True),
    Column("expires", Double, nullable=False),
)
"""Found by digest, not by organisation: the capability itself identifies the medium and its
organisation."""
