"""Tables of ad accounts that are read, and of metrics and states of their ads objects."""

from __future__ import annotations

from sqlalchemy import Column, Date, Double, Index, Integer, String, Table, Text

from ..database.metadata import ORG, metadata

ad_metric_accounts = Table(
    "ad_metric_accounts",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("account_id", String, primary_key=True),
    Column("currency", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("read_from", Date),
    Column("read_until", Date),
    Column("final_until", Date),
    Column("recent_at", Double),
    Column("full_at", Double),
    Column("states_at", Double),
    Column("states_from", Double),
)
"""One row for each ad account. The metrics of all its objects are stored for the days from
`read_from` to `read_until`, in the ad account's zone; TikTok revises none of them up to
`final_until`. `recent_at` and `full_at` are the times of the last readings of the newest days and
of all days that weren't final, `states_at` that of delivery states, which were known completely for
the first time at `states_from`."""

ad_metric_months = Table(
    "ad_metric_months",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("account_id", String, primary_key=True),
    Column("level", String, primary_key=True),
    Column("object_id", String, primary_key=True),
    Column("month", Integer, primary_key=True),
    Column("days", Text, nullable=False),
)
"""The packed days (`metrics.py`) of the calendar month of a campaign, ad group or ad; a month is
counted from year 0."""

ad_objects = Table(
    "ad_objects",
    metadata,
    Column(ORG, String, primary_key=True),
    Column("account_id", String, primary_key=True),
    Column("level", String, primary_key=True),
    Column("object_id", String, primary_key=True),
    Column("campaign_id", String, nullable=False),
    Column("ad_group_id", String),
    Column("name", Text),
    Column("switch", String),
    Column("status", String),
    Column("review", String),
    Column("reviewed_at", Double),
    Column("review_by", String),
    Column("ended", String, nullable=False),
    Column("seen_at", Double),
    Index("ix_ad_objects_object", ORG, "object_id", "level", "account_id"),
)
"""Campaigns, ad groups and ads as they were last seen: TikTok's operation status (`switch`) and
secondary status. `review` is the last known outcome of a review in TikTok's words, empty while one
is pending, null where none is known; `review_by` says whether a list or a webhook had it first.
`ended` is the event of the end of delivery, if it ended. `seen_at` is null for an object that no
list had yet."""
