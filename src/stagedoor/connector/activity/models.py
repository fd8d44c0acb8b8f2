"""Tables of videos, accounts, and time series of their counters."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from ..database.metadata import ORG, metadata

activity_videos = Table(
    "activity_videos",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("posted", Double, nullable=False),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("share_url", Text),
    Column("cover_url", Text),
    Column("duration", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("visibility", String, nullable=False),
    Column("visibility_at", Double, nullable=False),
    Column("post", String),
    Column("views", BigInteger),
    Column("likes", BigInteger),
    Column("comments", BigInteger),
    Column("shares", BigInteger),
    Column("measured", Double),
    Column("due", Double),
    Column("missing", Double),
    Column("created", Double, nullable=False),
    Index("ix_activity_videos_posted", ORG, "posted", "id", "integration"),
    Index("ix_activity_videos_account", ORG, "integration", "posted", "id"),
    Index("ix_activity_videos_visibility", ORG, "visibility", "posted", "id", "integration"),
    Index("ix_activity_videos_due", ORG, "integration", "due"),
    Index("ix_activity_videos_account_id", ORG, "integration", "id"),
)
"""`id` is TikTok's. `folded` is the text for searches without regard to case. `post` is the id of
the post of the service that became this video. The counters are those of the time `measured`, null
before the first reading. `due` is the time of the next reading, null for a video that isn't read
any more. `missing` is the time of the first answer without the video since it was last seen."""

activity_series = Table(
    "activity_series",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("points", LargeBinary, nullable=False),
    Column("thinned", Boolean, nullable=False),
    Index("ix_activity_series_period", ORG, "period"),
)
"""The packed points (`series.py`) of one subject and calendar month. The subject is a video's id,
or empty for the account itself. `thinned`: at most one point for each day is left."""

activity_accounts = Table(
    "activity_accounts",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("integration", String, primary_key=True),
    Column("followers", BigInteger),
    Column("following", BigInteger),
    Column("likes", BigInteger),
    Column("videos", BigInteger),
    Column("bio", Text),
    Column("profile_url", Text),
    Column("verified", Boolean),
    Column("measured", Double, nullable=False),
)
"""The latest profile of each account; null where its scope wasn't granted."""
