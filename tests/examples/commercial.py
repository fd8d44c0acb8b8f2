"""Examples of the Commercial Content API."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from stagedoor.platform.products import commercial
from stagedoor.platform.products.commercial import (
    AD_COUNTRIES,
    AD_DETAIL_FIELDS,
    AD_FIELDS,
    ADVERTISER_FIELDS,
    CONTENT_COUNTRIES,
    CONTENT_FIELDS,
    REPORT_FIELDS,
    AdFilters,
    ContentFilters,
    DateRange,
    ReportFilters,
    SearchType,
    SizeRange,
)

from .example import Example, Seeded
from .strategies import CHARACTERS, TEXT, fields, maybe, some

_DAYS = st.dates(date(2022, 10, 2), date(2026, 12, 31))
_SPAN = st.tuples(_DAYS, _DAYS).map(lambda two: DateRange(min=min(two), max=max(two)))
_NUMBER_ID = st.integers(1, 2**63 - 1).map(str)
_SIZES = st.builds(
    SizeRange, min=maybe(st.sampled_from(["0K", "1K", "999K"])), max=maybe(st.just("2M"))
)
_TERM = st.text(CHARACTERS, max_size=50)
_COUNT = maybe(st.integers(1, 50))
_ADVERTISERS = maybe(st.lists(_NUMBER_ID, max_size=3).map(tuple))
_AD_COUNTRY = maybe(st.sampled_from([*AD_COUNTRIES, "ALL"]))
_AD_FILTERS = st.builds(
    AdFilters,
    ad_published_date_range=_SPAN,
    country_code=_AD_COUNTRY,
    country_code_list=maybe(st.lists(st.sampled_from(AD_COUNTRIES), max_size=3).map(tuple)),
    advertiser_business_ids=_ADVERTISERS,
    unique_users_seen_size_range=maybe(_SIZES),
)
_REPORT_FILTERS = st.builds(
    ReportFilters,
    ad_published_date_range=_SPAN,
    country_code=_AD_COUNTRY,
    advertiser_business_ids=_ADVERTISERS,
)
_CONTENT_FILTERS = st.builds(
    ContentFilters,
    content_published_date_range=_SPAN,
    creator_country_code=maybe(st.sampled_from(CONTENT_COUNTRIES)),
    creator_usernames=maybe(st.lists(TEXT, max_size=3).map(tuple)),
)


def _month(seeded: Seeded) -> DateRange:
    return DateRange(min=seeded.today - timedelta(days=30), max=seeded.today)


EXAMPLES = (
    Example(
        commercial.AD_QUERY,
        request=lambda seeded: {
            "filters": AdFilters(ad_published_date_range=_month(seeded)),
            "fields": ("ad.id", "advertiser.business_name"),
            "max_count": 2,
        },
        drawn=fields(
            filters=_AD_FILTERS,
            fields=some(AD_FIELDS),
            search_term=maybe(_TERM),
            search_type=maybe(st.sampled_from(SearchType)),
            max_count=_COUNT,
            search_id=maybe(TEXT),
        ),
    ),
    Example(
        commercial.AD_DETAIL,
        request=lambda seeded: {"ad_id": next(iter(seeded.world.all.ads)), "fields": ("ad.id",)},
        drawn=fields(ad_id=_NUMBER_ID, fields=some(AD_DETAIL_FIELDS)),
    ),
    Example(
        commercial.AD_REPORT,
        request=lambda seeded: {"filters": {"ad_published_date_range": _month(seeded)}},
        drawn=fields(filters=_REPORT_FILTERS, fields=some(REPORT_FIELDS)),
    ),
    Example(
        commercial.ADVERTISER_QUERY,
        request=lambda _: {"search_term": "a", "max_count": 2},
        drawn=fields(search_term=_TERM, fields=some(ADVERTISER_FIELDS), max_count=_COUNT),
    ),
    Example(
        commercial.CONTENT_QUERY,
        request=lambda seeded: {
            "filters": ContentFilters(content_published_date_range=_month(seeded)),
            "max_count": 2,
        },
        drawn=fields(
            filters=_CONTENT_FILTERS,
            fields=some(CONTENT_FIELDS),
            max_count=_COUNT,
            search_id=maybe(TEXT),
        ),
    ),
)
