"""Ads that were shown in Europe, and posts with a commercial label."""

from __future__ import annotations

from stagedoor.platform.products import commercial

from ..factory import whole
from ..tool import Tool

_COUNT = f"How many a page, at most {commercial.MAX_COUNT}."
_DAYS = "From `min` to `max`, both included, as YYYYMMDD, after 2022-10-01."


def tools() -> tuple[Tool, ...]:
    return (
        whole(
            commercial.AD_QUERY,
            name="search_ads",
            title="Search the ad library",
            description="Ads that were shown in Europe, by words, advertiser, country and days.",
            lift=("filters",),
            hide=("ad_status", "ad_type"),
            known=commercial.AD_FIELDS,
            fields=commercial.AD_FIELDS,
            words={
                "ad_published_date_range": _DAYS,
                "country_code": "Where it was shown: two letters of a European country, or ALL.",
                "max_count": _COUNT,
                "search_id": "`next` of the page before has it.",
            },
        ),
        whole(
            commercial.CONTENT_QUERY,
            name="search_commercial_content",
            title="Search labelled posts",
            description="Posts that creators in the European Economic Area labelled as "
            "advertising, by creator, country and days.",
            lift=("filters",),
            known=commercial.CONTENT_FIELDS,
            fields=commercial.CONTENT_FIELDS,
            words={
                "content_published_date_range": _DAYS,
                "max_count": _COUNT,
                "search_id": "`next` of the page before has it.",
            },
        ),
    )
