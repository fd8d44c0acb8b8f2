"""Iteration through campaigns, ad groups, ads, identities and posts of an ad account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from stagedoor.platform.arguments import Says
from stagedoor.platform.products import business_ads, business_spark
from stagedoor.platform.products.business_ads import (
    Ad,
    AdFilters,
    AdGroup,
    AdGroupFilters,
    Campaign,
    CampaignFilters,
    Identity,
    IdentityFilters,
    IdentityType,
)
from stagedoor.platform.products.business_spark import MAX_POSTS, AuthorizedPost, PostItemType

from .effects import Items
from .paging import walk
from .parameters import FieldNames, Limit, PageSize
from .session import Session

_PAGE = 1_000
_IDENTITIES = 100


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


def all_ad_groups(
    session: Session,
    *,
    advertiser_id: str | int = "",
    filtering: AdGroupFilters | Mapping[str, Any] | None = None,
    fields: FieldNames | None = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[AdGroup]:
    """All matching ad groups, newest first; pages are fetched on demand."""
    asked = _asked(advertiser_id, filtering, fields)
    return walk(session, business_ads.ADGROUP_GET, asked, limit=limit, page_size=page_size)


def all_ads(
    session: Session,
    *,
    advertiser_id: str | int = "",
    filtering: AdFilters | Mapping[str, Any] | None = None,
    fields: FieldNames | None = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[Ad]:
    """All matching ads, newest first; pages are fetched on demand."""
    asked = _asked(advertiser_id, filtering, fields)
    return walk(session, business_ads.AD_GET, asked, limit=limit, page_size=page_size)


def all_identities(
    session: Session,
    *,
    advertiser_id: str | int = "",
    identity_type: IdentityType | str | None = None,
    identity_authorized_bc_id: str | None = None,
    filtering: IdentityFilters | Mapping[str, Any] | None = None,
    page_size: PageSize = _IDENTITIES,
    limit: Limit = None,
) -> Items[Identity]:
    """All matching identities; pages are fetched on demand."""
    asked = _asked(advertiser_id, filtering, None) | {
        "identity_type": identity_type,
        "identity_authorized_bc_id": identity_authorized_bc_id,
    }
    return walk(session, business_ads.IDENTITY_GET, asked, limit=limit, page_size=page_size)


def all_spark_posts(
    session: Session,
    *,
    advertiser_id: str | int = "",
    item_types: Sequence[PostItemType | str] | None = None,
    keyword: Annotated[str | None, Says("a part of the post's text")] = None,
    page_size: PageSize = MAX_POSTS,
    limit: Limit = None,
) -> Items[AuthorizedPost]:
    """The posts that creators authorised to the ad account; pages are fetched on demand."""
    asked = _asked(advertiser_id, None, None)
    del asked["filtering"]
    asked |= {"item_types": None if item_types is None else tuple(item_types), "keyword": keyword}
    return walk(session, business_spark.TT_VIDEO_LIST, asked, limit=limit, page_size=page_size)


def _asked(advertiser_id: str | int, filtering: Any, fields: FieldNames | None) -> dict[str, Any]:
    asked: dict[str, Any] = {"filtering": filtering}
    if advertiser_id:
        asked["advertiser_id"] = str(advertiser_id)
    if fields is not None:
        asked["fields"] = tuple(fields)
    return asked
