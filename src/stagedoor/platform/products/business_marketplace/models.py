"""Requests of the older creator marketplace: creators, orders, reports, rights to videos."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from ...bounds import MAX_FIELDS, MAX_LISTED, AtMost
from ...creators_vocabulary import SparkDays
from ...model import (
    AT_TIKTOK,
    FILLED,
    HINTED,
    OPEN,
    AnyId,
    Request,
    declared,
    fields_of,
    in_context,
    says,
)
from ..business.common import AppRequest, PageNumber, rows_up_to
from ..business_creators.discovery import Count, Handle, HandleName, PostCursor
from .choices import (
    CREATOR_FIELDS,
    MAX_DELIVERABLES,
    MAX_HANDLES,
    MAX_ORDER_HANDLES,
    MAX_ORDERS,
    MAX_REPORT_DAYS,
    ORDER_FIELDS,
    TcmAudienceAge,
    TcmAudienceGender,
    TcmEngagementRate,
    TcmMetric,
    TcmOrderQueryType,
    TcmOrderSource,
    TcmSortField,
    TcmSparkAction,
)

MAX_TCM_POSTS = 10
"""Posts of a page."""
MAX_TCM_FOUND = 200
"""Creators of a page of a search."""
MAX_TCM_ACCOUNTS = 100
MAX_TCM_ORDERS = 20
"""Orders of a page."""
MAX_TCM_INSIGHTS = 100
"""Videos of a page of a report. TikTok publishes no maximum."""

_Name = Annotated[str, Field(min_length=1, max_length=60)]
_FewHandles = Annotated[tuple[Handle, ...], AtMost(MAX_HANDLES), Field(min_length=1)]
_Words = Annotated[tuple[str, ...], AtMost(MAX_LISTED)]
_PostIds = Annotated[tuple[AnyId, ...], AtMost(MAX_LISTED)]
_PostLimit = Annotated[int | None, Field(ge=1, le=MAX_TCM_POSTS), says("1 to 10 posts; default 10")]
_Campaigns = Annotated[int, Field(ge=0, le=100)]
_Page = Annotated[PageNumber | None, says("from 1; default 1")]


class TcmRequest(Request):
    """Base of requests that name one account of the creator marketplace."""

    tcm_account_id: Annotated[AnyId, says("the marketplace account, from `accounts`")]


class TcmAccountsQuery(AppRequest):
    """A page of the marketplace accounts that the token reaches."""

    page: _Page = None
    page_size: Annotated[int | None, rows_up_to(MAX_TCM_ACCOUNTS)] = None


class TcmConnectedQuery(Request):
    """The creators whose accounts the token reaches."""


class TcmCreatorSearch(TcmRequest):
    """The fields that all found creators have; at most 250 are found."""

    country_code: Annotated[str | None, says("the creator's country, such as DE")] = None
    major_audience_country_code: Annotated[str | None, says("that of most followers")] = None
    min_followers: Annotated[Count | None, says("the creator's followers")] = None
    max_followers: Annotated[Count | None, says("the creator's followers")] = None
    min_avg_views: Annotated[Count | None, says("average views of recent posts")] = None
    max_avg_views: Annotated[Count | None, says("average views of recent posts")] = None
    major_audience_gender: Annotated[
        TcmAudienceGender | str | None,
        OPEN,
        declared(TcmAudienceGender),
        says("the gender of most followers"),
    ] = None
    major_audience_age: Annotated[
        TcmAudienceAge | str | None,
        OPEN,
        declared(TcmAudienceAge),
        says("the age of most followers"),
    ] = None
    engagement_rate: Annotated[
        TcmEngagementRate | str | None, OPEN, declared(TcmEngagementRate), says("in percent")
    ] = None
    languages: Annotated[_Words | None, says("the creator's language, such as en")] = None
    creator_categories: Annotated[_Words | None, says("names of categories, one of these")] = None
    min_campaign_count: Annotated[_Campaigns | None, says("campaigns of the creator")] = None
    max_campaign_count: Annotated[_Campaigns | None, says("campaigns of the creator")] = None
    query: Annotated[str | None, says("words in handle, name or bio")] = None
    sort_field: Annotated[
        TcmSortField | str | None,
        OPEN,
        declared(TcmSortField),
        says("default follower_count; the largest first"),
    ] = None
    page: _Page = None
    page_size: Annotated[int | None, rows_up_to(MAX_TCM_FOUND)] = None


class TcmCreatorQuery(TcmRequest):
    """The creator to read."""

    handle_name: HandleName


class TcmSimilarQuery(TcmRequest):
    """The creator to whom similar ones are looked for."""

    handle_name: HandleName


class TcmPostQuery(TcmRequest):
    """The public posts of a creator to list."""

    handle_name: HandleName
    video_ids: Annotated[_PostIds | None, says("only posts with these ids")] = None
    cursor: PostCursor = None
    limit: _PostLimit = None


class TcmStatusQuery(TcmRequest):
    """Handles whose owners may be creators of the marketplace."""

    handle_names: Annotated[_FewHandles, says("1 to 20 handles without @")]
    advertiser_id: Annotated[AnyId | None, says("an ad account")] = None


class TcmInvitation(TcmRequest):
    """Creators to invite into the marketplace."""

    handle_names: Annotated[_FewHandles, says("1 to 20 handles without @")]
    advertiser_id: Annotated[AnyId | None, says("an ad account")] = None


class TcmOwnQuery(Request):
    """The connected account to read as a creator."""

    creator_id: Annotated[
        str, FILLED, says("the account's open_id; the client takes it from the tokens")
    ] = ""
    fields: Annotated[
        Annotated[tuple[str, ...], AtMost(MAX_FIELDS), fields_of(CREATOR_FIELDS)] | None,
        says("default profile_image and display_name"),
    ] = None


class TcmOwnPostQuery(Request):
    """The connected account's posts to list."""

    creator_id: Annotated[
        str, FILLED, says("the account's open_id; the client takes it from the tokens")
    ] = ""
    video_ids: Annotated[_PostIds | None, says("only posts with these ids")] = None
    cursor: PostCursor = None
    limit: _PostLimit = None


class TcmDeliverable(Request):
    """A video that an order asks for."""

    deliverable_name: _Name
    spark_ads_requested_authorization_days: Annotated[
        int | None, Field(ge=0, le=365), says("0, 7, 30, 60 or 365; 0 asks for no right")
    ] = None


class NewTcmOrder(TcmRequest):
    """Orders of videos, one for each creator."""

    brand_name: Annotated[_Name, says("at most 60 characters")]
    description: Annotated[_Name | None, says("at most 60 characters")] = None
    handle_names: Annotated[
        Annotated[tuple[Handle, ...], AtMost(MAX_ORDER_HANDLES), Field(min_length=1)],
        says("1 to 100 handles without @"),
    ]
    campaign_code: Annotated[
        str | None, says("adds the orders to the campaign of this code, of the same brand")
    ] = None
    order_source: Annotated[
        TcmOrderSource | str | None, OPEN, declared(TcmOrderSource), says("MSP or OTHER")
    ] = None
    deliverables: Annotated[
        Annotated[tuple[TcmDeliverable, ...], AtMost(MAX_DELIVERABLES)] | None,
        says("the videos of each creator, at most 10"),
    ] = None
    video_number: Annotated[
        int | None,
        Field(ge=1, le=MAX_DELIVERABLES),
        says("their number instead; default 10"),
    ] = None
    default_spark_ads_requested_authorization_days: Annotated[
        SparkDays | None, says("7, 30, 60 or 365: how long ads may show a video")
    ] = None


class TcmOrderQuery(TcmRequest):
    """A page of orders, by their ids, their campaign's code or its invite link."""

    query_type: Annotated[
        TcmOrderQueryType | str,
        OPEN,
        declared(TcmOrderQueryType),
        says("which of the next three is given"),
    ]
    order_ids: Annotated[
        Annotated[tuple[AnyId, ...], AtMost(MAX_ORDERS)] | None, says("at most 200")
    ] = None
    campaign_code: Annotated[str | None, says("from `create_orders`")] = None
    invite_link: Annotated[str | None, says("from `create_orders`")] = None
    fields: Annotated[
        Annotated[tuple[str, ...], AtMost(MAX_FIELDS), fields_of(ORDER_FIELDS)] | None,
        says("default all"),
    ] = None
    page: _Page = None
    page_size: Annotated[int | None, rows_up_to(MAX_TCM_ORDERS)] = None

    @model_validator(mode="after")
    def _says_which(self, info: ValidationInfo) -> Self:
        name = order_key(self.query_type)
        if name is not None and not getattr(self, name) and not in_context(AT_TIKTOK, info):
            raise ValueError(f"{name} is missing: {self.query_type} needs it")
        return self


def order_key(query_type: str) -> str | None:
    """The field that a kind of query needs."""
    kinds = {
        TcmOrderQueryType.ORDER_ID: "order_ids",
        TcmOrderQueryType.CAMPAIGN_CODE: "campaign_code",
        TcmOrderQueryType.INVITE_LINK: "invite_link",
    }
    return {str(kind): name for kind, name in kinds.items()}.get(query_type)


class TcmReportQuery(TcmRequest):
    """A page of the report of orders' videos."""

    order_ids: Annotated[
        Annotated[tuple[AnyId, ...], AtMost(MAX_ORDERS), Field(min_length=1)],
        says("1 to 200; ids of other accounts are left out"),
    ]
    start_date: Annotated[date | None, says("needed with need_daily_stats")] = None
    end_date: Annotated[date | None, says("at most 60 days after start_date")] = None
    need_daily_stats: Annotated[bool | None, says("also the numbers of each day")] = None
    metrics: Annotated[
        Annotated[tuple[Annotated[TcmMetric | str, OPEN], ...], AtMost(MAX_LISTED)] | None,
        HINTED,
        says("the numbers to read; default twelve"),
    ] = None
    page: _Page = None
    page_size: Annotated[int | None, rows_up_to(MAX_TCM_INSIGHTS)] = None

    @model_validator(mode="after")
    def _has_days(self, info: ValidationInfo) -> Self:
        if not in_context(AT_TIKTOK, info) and (wrong := wrong_days(self)) is not None:
            raise ValueError(" ".join(wrong))
        return self


def wrong_days(request: TcmReportQuery) -> tuple[str, str] | None:
    """The field at fault in a report's days, and why; None: they are well."""
    first, last = request.start_date, request.end_date
    if request.need_daily_stats and (first is None or last is None):
        return ("start_date" if first is None else "end_date", "is needed with need_daily_stats")
    if first is not None and last is not None:
        if last < first:
            return "end_date", "is before start_date"
        if (last - first).days > MAX_REPORT_DAYS:
            return "end_date", f"is more than {MAX_REPORT_DAYS} days after start_date"
    return None


class TcmVideoRequest(TcmRequest):
    """Base of requests for the right to a video."""

    video_id: Annotated[AnyId, says("a video of one of the account's orders")]


class TcmSparkRequest(TcmVideoRequest):
    """A request to a creator for the right to show a video in ads."""

    authorization_days: Annotated[
        int | None, Field(ge=1, le=365), says("7, 30, 60 or 365; default 30")
    ] = None
    action: Annotated[
        TcmSparkAction | str | None,
        OPEN,
        declared(TcmSparkAction),
        says("EXTEND asks for more days"),
    ] = None


class TcmSparkQuery(TcmVideoRequest):
    """The video whose request is read."""


class TcmReviewQuery(TcmRequest):
    """The order whose videos' reviews are read."""

    v2_order_id: Annotated[AnyId, says("the order")]
    lang: Annotated[str | None, says("the language of the reasons")] = None
