"""Walking through the library of ads and of posts with a commercial label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import commercial
from stagedoor.platform.products.commercial import (
    AD_FIELDS,
    CONTENT_FIELDS,
    DEFAULT_COUNT,
    AdFilters,
    AdPage,
    CommercialContent,
    ContentFilters,
    ContentPage,
    FoundAd,
    SearchType,
)

from .effects import Emit, Flow, Items
from .parameters import FieldNames, Limit, PageSize
from .session import Session, call


def all_ads(
    session: Session,
    *,
    filters: AdFilters | Mapping[str, Any],
    search_term: str | None = None,
    search_type: SearchType | str | None = None,
    fields: FieldNames = AD_FIELDS,
    page_size: PageSize = DEFAULT_COUNT,
    limit: Limit = None,
) -> Items[FoundAd]:
    """All ads that fit, page by page as they are asked for.

    `page_size` is at most 50, and 10 where TikTok runs its newest revision. Each page is one
    request of the day's quota.
    """
    asked = {
        "filters": filters,
        "search_term": search_term,
        "search_type": search_type,
        "fields": tuple(fields),
        "max_count": page_size,
    }
    pages = _Search(session, commercial.AD_QUERY, asked)
    given = 0
    while limit is None or given < limit:
        page: AdPage | None = yield from pages.next()
        if page is None:
            return None
        for found in page.ads[: None if limit is None else limit - given]:
            given += 1
            yield Emit(found)
    return None


def all_contents(
    session: Session,
    *,
    filters: ContentFilters | Mapping[str, Any],
    fields: FieldNames = CONTENT_FIELDS,
    page_size: PageSize = DEFAULT_COUNT,
    limit: Limit = None,
) -> Items[CommercialContent]:
    """All posts with a commercial label that fit, page by page as they are asked for.

    `page_size` is at most 50. One harvester saw TikTok stop near 20000 posts a search: cut long
    spans into shorter ones.
    """
    asked = {"filters": filters, "fields": tuple(fields), "max_count": page_size}
    pages = _Search(session, commercial.CONTENT_QUERY, asked)
    given = 0
    while limit is None or given < limit:
        page: ContentPage | None = yield from pages.next()
        if page is None:
            return None
        for found in page.commercial_contents[: None if limit is None else limit - given]:
            given += 1
            yield Emit(found)
    return None


class _Search:
    """Pages by `search_id`, which changes from page to page."""

    def __init__(
        self, session: Session, operation: Operation[..., Any], asked: dict[str, Any]
    ) -> None:
        self._session, self._operation, self._asked = session, operation, asked
        self._search_id: str | None = None
        self._over = False

    def next(self) -> Flow[Any]:
        """The next page, None after the last."""
        if self._over:
            return None
        asked = self._asked | {"search_id": self._search_id}
        page = yield from call(self._session, self._operation, asked)
        self._over = not page.has_more or not page.search_id or page.search_id == self._search_id
        self._search_id = page.search_id
        return page
