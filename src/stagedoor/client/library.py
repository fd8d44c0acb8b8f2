"""Iteration through the ad library and through posts with a commercial label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.products import commercial
from stagedoor.platform.products.commercial import (
    AD_FIELDS,
    CONTENT_FIELDS,
    DEFAULT_COUNT,
    AdFilters,
    CommercialContent,
    ContentFilters,
    FoundAd,
    SearchType,
)

from .effects import Items
from .paging import walk
from .parameters import FieldNames, Limit, PageSize
from .place import Resume
from .session import Session


def all_ads(
    session: Session,
    *,
    filters: AdFilters | Mapping[str, Any],
    search_term: str | None = None,
    search_type: SearchType | str | None = None,
    fields: FieldNames = AD_FIELDS,
    page_size: PageSize = DEFAULT_COUNT,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[FoundAd]:
    """All matching ads; pages are fetched on demand.

    `page_size` is at most 50, and 10 where TikTok runs its newest revision. Each page is one
    request of the daily quota.
    """
    asked = {
        "filters": filters,
        "search_term": search_term,
        "search_type": search_type,
        "fields": tuple(fields),
    }
    operation = commercial.AD_QUERY
    return walk(session, operation, asked, limit=limit, page_size=page_size, resume=resume)


def all_contents(
    session: Session,
    *,
    filters: ContentFilters | Mapping[str, Any],
    fields: FieldNames = CONTENT_FIELDS,
    page_size: PageSize = DEFAULT_COUNT,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[CommercialContent]:
    """All matching posts with a commercial label; pages are fetched on demand.

    `page_size` is at most 50. One harvester saw TikTok stop near 20000 posts per search: split long
    periods into shorter ones.
    """
    asked = {"filters": filters, "fields": tuple(fields)}
    operation = commercial.CONTENT_QUERY
    return walk(session, operation, asked, limit=limit, page_size=page_size, resume=resume)
