"""Iteration through the pages of the creator marketplace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.products import business_creators as declared
from stagedoor.platform.products.business_creators import (
    CreatorCampaign,
    CreatorCampaignType,
    CreatorPost,
    CreatorSortField,
    CreatorSortOrder,
    FollowerAge,
    LinkedVideo,
    Lookback,
    MarketplaceCreator,
    RankedCreator,
    RankingPeriod,
    RankingType,
    ReportedVideo,
)

from .account_posts import Before
from .effects import Items
from .paging import walk
from .parameters import Handle, Limit, PageSize
from .session import Session

_PAGE = declared.MAX_ROWS
_POSTS = declared.MAX_CREATOR_POSTS

AccountId = Annotated[str | int, Says("the marketplace account, from `accounts`")]
CampaignIds = Annotated[
    Sequence[str | int] | None, Says("only of these campaigns; None: of all of them")
]
CampaignType = Annotated[
    CreatorCampaignType | str | None, Says("only campaigns of this kind; None: of both kinds")
]
Several = Annotated[Sequence[str] | None, Says("one of these; None: any")]
Labels = Annotated[Sequence[str | int] | None, Says("ids of labels, from `labels`; None: any")]
Count = Annotated[int | None, AtLeast(0)]
Price = Annotated[Decimal | int | float | None, AtLeast(0)]
Rate = Annotated[float | None, AtLeast(0), Says("0 to 1")]


def all_creators(
    session: Session,
    *,
    tto_tcm_account_id: AccountId,
    country_codes: Several = None,
    state_provinces: Several = None,
    content_label_ids: Labels = None,
    industry_label_ids: Labels = None,
    languages: Several = None,
    follower_country_codes: Several = None,
    min_followers: Count = None,
    max_followers: Count = None,
    min_avg_views: Count = None,
    max_avg_views: Count = None,
    min_median_views: Count = None,
    max_median_views: Count = None,
    min_creator_price: Price = None,
    max_creator_price: Price = None,
    creator_price_currency: str | None = None,
    min_engagement_rate: Rate = None,
    max_engagement_rate: Rate = None,
    follower_gender_ratio: str | None = None,
    follower_age: FollowerAge | str | None = None,
    keyword_search: str | None = None,
    sort_field: CreatorSortField | str | None = None,
    sort_order: CreatorSortOrder | str | None = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[MarketplaceCreator]:
    """All matching creators; pages are fetched on demand."""
    asked = {
        "tto_tcm_account_id": tto_tcm_account_id,
        "country_codes": country_codes,
        "state_provinces": state_provinces,
        "content_label_ids": content_label_ids,
        "industry_label_ids": industry_label_ids,
        "languages": languages,
        "follower_country_codes": follower_country_codes,
        "min_followers": min_followers,
        "max_followers": max_followers,
        "min_avg_views": min_avg_views,
        "max_avg_views": max_avg_views,
        "min_median_views": min_median_views,
        "max_median_views": max_median_views,
        "min_creator_price": min_creator_price,
        "max_creator_price": max_creator_price,
        "creator_price_currency": creator_price_currency,
        "min_engagement_rate": min_engagement_rate,
        "max_engagement_rate": max_engagement_rate,
        "follower_gender_ratio": follower_gender_ratio,
        "follower_age": follower_age,
        "keyword_search": keyword_search,
        "sort_field": sort_field,
        "sort_order": sort_order,
    }
    return _walk(session, declared.TTO_CREATOR_DISCOVER, asked, limit, page_size)


def all_posts(
    session: Session,
    *,
    tto_tcm_account_id: AccountId,
    handle_name: Handle,
    before: Before = None,
    page_size: PageSize = _POSTS,
    limit: Limit = None,
) -> Items[CreatorPost]:
    """A creator's public posts, newest first; pages are fetched on demand."""
    asked = {
        "tto_tcm_account_id": tto_tcm_account_id,
        "handle_name": handle_name,
        "cursor": before,
    }
    return _walk(session, declared.TTO_CREATOR_PUBLIC_VIDEOS, asked, limit, page_size)


def all_own_posts(
    session: Session,
    *,
    before: Before = None,
    creator_id: Annotated[str, Says("the open_id; the client takes it from the tokens")] = "",
    page_size: PageSize = _POSTS,
    limit: Limit = None,
) -> Items[CreatorPost]:
    """The account's public posts, newest first; pages are fetched on demand."""
    asked = {"creator_id": creator_id, "cursor": before}
    return _walk(session, declared.TTO_CREATOR_AUTHORIZED_VIDEOS, asked, limit, page_size)


def all_ranked(
    session: Session,
    *,
    tto_tcm_account_id: AccountId,
    ranking_type: RankingType | str,
    time_period: RankingPeriod | str,
    time_period_lookback: Lookback | str,
    country_code: Annotated[str, Says("the country's code, such as DE")],
    label_id: Annotated[str | int | None, Says("only creators with this label")] = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[RankedCreator]:
    """A whole ranking, the first creator first; pages are fetched on demand."""
    asked = {
        "tto_tcm_account_id": tto_tcm_account_id,
        "ranking_type": ranking_type,
        "time_period": time_period,
        "time_period_lookback": time_period_lookback,
        "country_code": country_code,
        "label_id": label_id,
    }
    return _walk(session, declared.TTO_RANK, asked, limit, page_size)


def all_campaigns(
    session: Session,
    *,
    tto_tcm_account_id: AccountId,
    campaign_ids: CampaignIds = None,
    campaign_type: CampaignType = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[CreatorCampaign]:
    """Campaigns with creators, newest first; pages are fetched on demand."""
    asked = {
        "tto_tcm_account_id": tto_tcm_account_id,
        "campaign_ids": campaign_ids,
        "campaign_type": campaign_type,
    }
    return _walk(session, declared.TTO_CAMPAIGN_GET, asked, limit, page_size)


def all_links(
    session: Session,
    *,
    tto_tcm_account_id: AccountId,
    campaign_ids: CampaignIds = None,
    handle_names: Several = None,
    campaign_type: CampaignType = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[LinkedVideo]:
    """Links between videos and campaigns, newest first; pages are fetched on demand."""
    asked = {
        "tto_tcm_account_id": tto_tcm_account_id,
        "campaign_ids": campaign_ids,
        "handle_names": handle_names,
        "campaign_type": campaign_type,
    }
    return _walk(session, declared.TTO_CAMPAIGN_LINK_STATUS, asked, limit, page_size)


def all_reported(
    session: Session,
    *,
    tto_tcm_account_id: AccountId,
    campaign_id: Annotated[str | int, Says("the campaign")],
    start_date: Annotated[date | None, Says("the first day in UTC; None: since each video")] = None,
    end_date: Annotated[date | None, Says("the last day in UTC; None: today")] = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[ReportedVideo]:
    """The linked videos of a campaign with their numbers; pages are fetched on demand."""
    asked = {
        "tto_tcm_account_id": tto_tcm_account_id,
        "campaign_id": campaign_id,
        "start_date": start_date,
        "end_date": end_date,
    }
    return _walk(session, declared.TTO_REPORT, asked, limit, page_size)


def _walk(
    session: Session, operation: Any, asked: dict[str, Any], limit: int | None, page_size: int
) -> Items[Any]:
    """Lists become tuples, as requests have them; what is left out isn't asked for."""
    values = {
        name: tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
        for name, value in asked.items()
        if value is not None and value != ""
    }
    return walk(session, operation, values, limit=limit, page_size=page_size)
