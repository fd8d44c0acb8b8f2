"""Requests for marketplace accounts, creators, their posts, rankings and labels."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field

from ...bounds import MAX_LISTED, AtMost
from ...creators_vocabulary import (
    CreatorSortField,
    CreatorSortOrder,
    FollowerAge,
    LabelType,
    Lookback,
    RankingPeriod,
    RankingType,
)
from ...model import OPEN, AnyId, Request, declared, says
from ..business.common import AppRequest, Money, PageNumber, rows_up_to

T = TypeVar("T")

MAX_ROWS = 50
"""The most rows of a page by number. TikTok publishes none."""
MAX_CREATOR_POSTS = 20
"""The most posts of a page, and the most ids in a filter. TikTok publishes none."""
DEFAULT_CREATOR_POSTS = 10

PageSize = Annotated[int, rows_up_to(MAX_ROWS)]
Handle = Annotated[str, Field(min_length=1, max_length=64)]
HandleName = Annotated[Handle, says("a handle without @")]
Handles = Annotated[tuple[Handle, ...], AtMost(MAX_LISTED), Field(min_length=1)]
Several = Annotated[tuple[str, ...], AtMost(MAX_LISTED)]
LabelIds = Annotated[tuple[AnyId, ...], AtMost(MAX_LISTED)]
PostIds = Annotated[tuple[AnyId, ...], AtMost(MAX_CREATOR_POSTS)]
Count = Annotated[int, Field(ge=0)]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Country = Annotated[str, says("the country's code, such as DE")]
PostCursor = Annotated[
    int | None,
    Field(ge=0),
    says("only posts made before this moment, in Unix milliseconds; default now"),
]
PostLimit = Annotated[
    int | None, Field(ge=1, le=MAX_CREATOR_POSTS), says("1 to 20 posts; default 10")
]


class MarketplaceRequest(Request):
    """Base of requests that name one account of the creator marketplace."""

    tto_tcm_account_id: Annotated[AnyId, says("the marketplace account, from `accounts`")]


class MarketplaceAccountsQuery(AppRequest):
    """The marketplace accounts that the token reaches."""


class MarketplaceAccountQuery(MarketplaceRequest):
    """The marketplace account to read."""


class CreatorStatusQuery(MarketplaceRequest):
    """Handles whose owners may be creators of the marketplace."""

    handle_names: Annotated[Handles, says("1 to 100 handles without @")]


class CreatorQuery(MarketplaceRequest):
    """The creator to read."""

    handle_name: HandleName


class CreatorPostQuery(MarketplaceRequest):
    """The public posts of a creator to list."""

    handle_name: HandleName
    video_ids: Annotated[PostIds | None, says("only posts with these ids, at most 20")] = None
    cursor: PostCursor = None
    limit: PostLimit = None


class CreatorSearch(MarketplaceRequest):
    """The fields that all found creators have."""

    country_codes: Annotated[Several | None, says("the creator's country, one of these")] = None
    state_provinces: Annotated[Several | None, says("the creator's state or province")] = None
    content_label_ids: Annotated[LabelIds | None, says("one of these labels")] = None
    industry_label_ids: Annotated[LabelIds | None, says("one of these labels")] = None
    languages: Annotated[Several | None, says("the creator's language, such as en")] = None
    follower_country_codes: Annotated[
        Several | None, says("the country of most followers, one of these")
    ] = None
    min_followers: Annotated[Count | None, says("the creator's followers")] = None
    max_followers: Annotated[Count | None, says("the creator's followers")] = None
    min_avg_views: Annotated[Count | None, says("average views of recent posts")] = None
    max_avg_views: Annotated[Count | None, says("average views of recent posts")] = None
    min_median_views: Annotated[Count | None, says("median of the views of recent posts")] = None
    max_median_views: Annotated[Count | None, says("median of the views of recent posts")] = None
    min_creator_price: Annotated[Money | None, says("in creator_price_currency")] = None
    max_creator_price: Annotated[Money | None, says("in creator_price_currency")] = None
    creator_price_currency: Annotated[str | None, says("default USD")] = None
    min_engagement_rate: Annotated[Rate | None, says("0 to 1")] = None
    max_engagement_rate: Annotated[Rate | None, says("0 to 1")] = None
    follower_gender_ratio: Annotated[
        str | None, says("the gender of most followers, FEMALE or MALE")
    ] = None
    follower_age: Annotated[
        FollowerAge | str | None, OPEN, declared(FollowerAge), says("the age of most followers")
    ] = None
    keyword_search: Annotated[str | None, says("words in handle, name or bio")] = None
    sort_field: Annotated[
        CreatorSortField | str | None, OPEN, declared(CreatorSortField), says("default RELEVANCE")
    ] = None
    sort_order: Annotated[
        CreatorSortOrder | str | None, OPEN, declared(CreatorSortOrder), says("default DESC")
    ] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 50; default 10")] = None


class RankingQuery(MarketplaceRequest):
    """The ranking of a country's creators over a past period."""

    ranking_type: Annotated[
        RankingType | str, OPEN, declared(RankingType), says("BRANDED_CONTENT or ORGANIC_CONTENT")
    ]
    time_period: Annotated[
        RankingPeriod | str, OPEN, declared(RankingPeriod), says("WEEK or MONTH")
    ]
    time_period_lookback: Annotated[
        Lookback | str, OPEN, declared(Lookback), says("ONE, TWO or THREE periods ago")
    ]
    country_code: Country
    label_id: Annotated[AnyId | None, says("only creators with this label")] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 50; default 10")] = None


class LabelQuery(MarketplaceRequest):
    """The labels to list."""

    label_type: Annotated[LabelType | str, OPEN, declared(LabelType), says("RANKING or SEARCH")]
