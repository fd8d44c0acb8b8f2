"""Iteration through campaigns, ad groups, ads and identities of an ad account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import Campaign, CampaignFilters

from .effects import Items
from .paging import walk
from .parameters import FieldNames, Limit, PageSize
from .session import Session

_PAGE = 1_000


def all_campaigns(
    session: Session,
    *,
    advertiser_id: str | int = "",
    filtering: CampaignFilters | Mapping[str, Any] | None = None,
    fields: FieldNames | None = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[Campaign]:
    """All matching campaigns, newest first; pages are fetched on demand."""
    asked = _asked(advertiser_id, filtering, fields)
    return walk(session, business_ads.CAMPAIGN_GET, asked, limit=limit, page_size=page_size)


def _asked(advertiser_id: str | int, filtering: Any, fields: FieldNames | None) -> dict[str, Any]:
    asked: dict[str, Any] = {"filtering": filtering}
    if advertiser_id:
        asked["advertiser_id"] = str(advertiser_id)
    if fields is not None:
        asked["fields"] = tuple(fields)
    return asked
