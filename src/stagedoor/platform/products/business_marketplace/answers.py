"""Answers of the older creator marketplace."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field

from ...creators_vocabulary import CreatorStatus
from ...model import OPEN, Answer, Id, says
from ..business.common import Amount, PageInfo
from ..business_accounts import AgeShare, CountryShare, GenderShare
from ..business_creators import DeviceShare
from .choices import TcmBinding, TcmReviewStatus, TcmSparkStatus


class TcmAccounts(Answer):
    """A page of the marketplace accounts that the token reaches."""

    tcm_account_ids: tuple[Id, ...] = ()
    page_info: PageInfo = PageInfo()


class TcmRate(Answer):
    """The price of a video."""

    rate: Amount | None = None
    currency: str | None = None
    is_negotiable_type: bool | None = None


class TcmCreator(Answer):
    """A creator with the numbers that brands choose by."""

    creator_id: Annotated[Id | None, says("the creator's open_id for this app")] = None
    handle_name: str | None = None
    display_name: str | None = None
    profile_image: Annotated[str | None, says("a URL that expires")] = None
    bio: str | None = None
    followers_count: int | None = None
    followings_count: int | None = None
    videos_count: int | None = None
    likes_count: int | None = None
    is_on_vacation: Annotated[bool | None, says("takes no orders at present")] = None
    creator_rate: TcmRate | None = None
    location: Annotated[str | None, says("the country's code")] = None
    topics: Annotated[tuple[str, ...] | None, says("of recent posts")] = None
    creator_badges: tuple[str, ...] | None = None
    audience_countries: tuple[CountryShare, ...] | None = None
    audience_genders: tuple[GenderShare, ...] | None = None
    audience_ages: tuple[AgeShare, ...] | None = None
    audience_device: tuple[DeviceShare, ...] | None = None
    average_views: Annotated[float | None, says("of recent posts, as all averages")] = None
    average_likes: float | None = None
    average_shares: float | None = None
    average_comments: float | None = None
    engagement_rate: Annotated[float | None, says("0 to 1")] = None


class TcmConnected(Answer):
    """The creators whose accounts the token reaches."""

    list: tuple[TcmCreator, ...] = ()


class TcmSimilar(Answer):
    """Creators who resemble another one."""

    creators: tuple[TcmCreator, ...] = ()


class TcmCreatorPage(Answer):
    """A page of creators."""

    creators: tuple[TcmCreator, ...] = ()
    page_info: PageInfo = PageInfo()


class TcmPost(Answer):
    """A public post of a creator. All numbers are totals since it was made."""

    video_id: Id
    display_name: str | None = None
    caption: str | None = None
    thumbnail_url: Annotated[str | None, says("a URL that expires")] = None
    embed_url: str | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    video_views: int | None = None
    engagement_count: Annotated[int | None, says("likes, comments and shares")] = None
    engagement_rate: Annotated[float | None, says("0 to 1")] = None
    create_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS in UTC")] = None


class TcmPostPlace(Answer):
    """Where the posts go on."""

    has_more: bool = False
    cursor: int = 0


class TcmPostPage(Answer):
    """A page of posts, newest first."""

    posts: tuple[TcmPost, ...] = ()
    page_info: TcmPostPlace = TcmPostPlace()


class TcmHandleStatus(Answer):
    """Whether the owner of a handle is a creator of the marketplace."""

    # a published client reads `handler_name`
    handle_name: Annotated[
        str | None, Field(validation_alias=AliasChoices("handle_name", "handler_name"))
    ] = None
    status: Annotated[CreatorStatus | str | None, OPEN] = None


class TcmHandleStatuses(Answer):
    """The state of each handle that was asked for."""

    onboarding_status: tuple[TcmHandleStatus, ...] = ()


class TcmInvited(Answer):
    """The outcome of an invitation for each handle."""

    in_tcm: Annotated[tuple[str, ...], says("they are in the marketplace already")] = ()
    invited: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    reject_reasons: Annotated[dict[str, str] | None, says("by handle")] = None


class TcmQuota(Answer):
    """How many videos an order takes."""

    current_video_count: int | None = None
    per_creator_video_limit: int | None = None
    total_video_limit: Annotated[int | None, says("of the whole campaign")] = None


class TcmOrder(Answer):
    """An order of videos from one creator."""

    order_id: Id | None = None
    handle_name: str | None = None
    campaign_code: str | None = None
    invite_link: Annotated[str | None, says("by which the creator accepts")] = None
    video_ids: tuple[Id, ...] | None = None
    quota: TcmQuota | None = None


class TcmOrders(Answer):
    """The orders that were made, and how the creators accept them."""

    campaign_code: str
    invite_link: str
    remaining_orders: Annotated[int | None, says("creators who may still accept")] = None
    orders: tuple[TcmOrder, ...] = ()


class TcmOrderPage(Answer):
    """A page of orders."""

    orders: tuple[TcmOrder, ...] = ()
    page_info: PageInfo = PageInfo()


class TcmDimensions(Answer):
    """The video of an order that a row is about."""

    tcm_account_id: Id | None = None
    order_id: Id | None = None
    order_type: str | None = None
    video_id: Id | None = None
    handle_name: str | None = None
    video_first_release_time: Annotated[str | None, says("YYYY-MM-DD in UTC")] = None


class TcmNumbers(Answer):
    """The numbers that were asked for, others are None."""

    engagement_count: int | None = None
    engagement_rate: Annotated[float | None, says("0 to 1, as all rates")] = None
    engagement_rate_organic: float | None = None
    engagement_rate_paid: float | None = None
    video_views: int | None = None
    video_views_organic: int | None = None
    video_views_paid: int | None = None
    likes: int | None = None
    likes_organic: int | None = None
    likes_paid: int | None = None
    shares: int | None = None
    shares_organic: int | None = None
    shares_paid: int | None = None
    comments: int | None = None
    comments_organic: int | None = None
    comments_paid: int | None = None
    video_completion_rate: float | None = None


class TcmDailyStat(TcmNumbers):
    """The numbers of a day."""

    date: str
    views: int | None = None


class TcmMetrics(TcmNumbers):
    """The numbers of a video."""

    reach: int | None = None
    total_play_time: Annotated[float | None, says("seconds")] = None
    average_view_time: Annotated[float | None, says("seconds")] = None
    two_seconds_views: Annotated[float | None, says("part of all views, 0 to 1")] = None
    six_seconds_views: Annotated[float | None, says("part of all views, 0 to 1")] = None
    daily_stats: tuple[TcmDailyStat, ...] | None = None


class TcmInsight(Answer):
    """A video of an order with its numbers."""

    dimensions: TcmDimensions
    metrics: TcmMetrics = TcmMetrics()


class TcmReport(Answer):
    """A page of a report."""

    insights: tuple[TcmInsight, ...] = ()
    page_info: PageInfo = PageInfo()


class TcmSparkState(Answer):
    """A request for the right to a video, and the code that came of it."""

    video_id: Id
    auth_status: Annotated[TcmSparkStatus | str | None, OPEN] = None
    # one of the published clients has the other name
    auth_status_updated_time: Annotated[
        str | None,
        Field(validation_alias=AliasChoices("auth_status_updated_time", "auth_status_update_time")),
        says("YYYY-MM-DD HH:MM:SS in UTC"),
    ] = None
    num_remaining_request: Annotated[int | None, says("requests that may still be made")] = None
    requested_authorization_days: int | None = None
    auth_code: Annotated[str | None, says("redeem it with `spark_posts.authorize`")] = None
    auth_code_start_time: str | None = None
    auth_code_end_time: str | None = None
    auth_code_status: str | None = None


class TcmReviewedVideo(Answer):
    """A video of an order, and its review."""

    video_id: Id
    video_status: Annotated[str | None, says("INIT, UPLOAD, RELEASE or DELETE")] = None
    bind_status: Annotated[TcmBinding | str | None, OPEN] = None
    review_status: Annotated[TcmReviewStatus | str | None, OPEN] = None
    upload_time: str | None = None
    publish_time: str | None = None
    reject_reason: str | None = None
    embed_url: Annotated[str | None, says("once the review succeeded")] = None


class TcmReviews(Answer):
    """The videos of an order with their reviews."""

    audit_status_list: tuple[TcmReviewedVideo, ...] = ()
