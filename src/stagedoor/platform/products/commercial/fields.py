"""Fields, bounds and texts of the Commercial Content API."""

from __future__ import annotations

EARLIEST = "20221001"
"""Dates must be after this day."""
NEWEST_SPAN_DAYS = 365
"""The newest revision of the ad query wants dates within this many past days (`revisions`)."""
RETENTION_DAYS = 365
"""An ad can be found for this many days after it was last shown (`access_notes`)."""
MAX_TERM = 50
DEFAULT_COUNT = 10
MAX_COUNT = 50
NEWEST_MAX_COUNT = 10
"""The largest page of the newest revision of the ad query."""
EVERYWHERE = "ALL"

EU = (
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
    *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
)
EEA = (*EU, "NO", "IS", "LI")
AD_COUNTRIES = (*EEA, "GB", "CH")
"""Countries whose ads can be searched for."""
CONTENT_COUNTRIES = EEA
"""Countries of the creators whose labelled posts can be searched for."""

AD_FIELDS = (
    "ad.id",
    "ad.first_shown_date",
    "ad.last_shown_date",
    "ad.status",
    "ad.status_statement",
    "ad.videos",
    "ad.image_urls",
    "ad.reach",
    "advertiser.business_id",
    "advertiser.business_name",
    "advertiser.paid_for_by",
)
AD_DETAIL_FIELDS = (
    *AD_FIELDS,
    "ad.title",
    "ad.external_url",
    "ad.download_url",
    "ad.call_to_action",
    "ad.advertising_objective",
    "advertiser.follower_count",
    "advertiser.avatar_url",
    "advertiser.profile_url",
    "ad_group.targeting_info",
)
AD_DETAIL_FIELDS_UNLISTED = ("ad.rejection_info", "advertiser.country_code")
"""In the answer's tables and requested by clients, but not in the docs' list of fields."""
REPORT_FIELDS = ("count_time_series_by_country",)
ADVERTISER_FIELDS = ("business_id", "business_name", "country_code")
CONTENT_FIELDS = (
    "id",
    "create_timestamp",
    "create_date",
    "label",
    "brand_names",
    "creator",
    "videos",
)


AGE_BANDS = ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")
GENDERS = ("female", "male", "unknown")
