"""Tables of research jobs, of their rows, and of the quota that an app used."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from ..database.metadata import ORG, metadata

research_jobs = Table(
    "research_jobs",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String),
    Column("app_id", String, nullable=False),
    Column("pool", String, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("max_rows", Integer, nullable=False),
    Column("max_requests", Integer, nullable=False),
    Column("keep_days", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("problems", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", JSON),
    Column("complete", Boolean, nullable=False),
    Column("resumes", Double),
    Column("created", Double, nullable=False),
    Column("created_by", String, nullable=False),
    Column("begun", Double),
    Column("ended", Double),
    Column("expires", Double, nullable=False),
    Column("held_by", String),
    Column("held_until", Double),
    Index("ix_research_jobs_created", ORG, "created", "id"),
    Index("ix_research_jobs_state", ORG, "state", "created", "id"),
    Index("ix_research_jobs_ended", ORG, "ended"),
    Index("ix_research_jobs_pool", "app_id", "pool", "state"),
)
"""`asked` holds TikTok's requests, in TikTok's own form. `progress` is the place of the next
request: it changes in the transaction that stores a page. `requests` counts those that were sent,
also those without an answer. `complete`: nothing
that was asked for is missing. `resumes`
is the time until which the job waits. `held_until` is on the real clock."""

research_pages = Table(
    "research_pages",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("job", String, primary_key=True),
    Column("first", BigInteger, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("unit", Integer, nullable=False),
    Column("request", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("ids", LargeBinary),
    Index("ix_research_pages_unit", ORG, "job", "unit"),
)
"""The rows of a job by page of TikTok's answers. `first` is the position of the page's first row in
the job. `data` is a compressed JSON list; `ids` holds eight bytes for the id of each row, where a
lost search is repeated without them."""

research_quotas = Table(
    "research_quotas",
    metadata,
    Column("app_id", String, primary_key=True),
    Column("pool", String, primary_key=True),
    Column("day", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("shares", JSON, nullable=False),
    Column("closed_until", Double),
)
"""The use of an app's daily quota by all of its organisations, on one UTC day (days since 1970).
`shares` holds the requests of each organisation. `closed_until`: TikTok said that the quota is used
up until then."""
