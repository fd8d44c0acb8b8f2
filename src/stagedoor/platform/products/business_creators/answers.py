"""Answers about marketplace accounts, creators, campaigns with creators, and links of videos."""

from __future__ import annotations

from typing import Annotated

from ...creators_vocabulary import CreatorCampaignType, CreatorStatus, VideoLinkStatus
from ...model import OPEN, Answer, Id, says
from ..business.common import Amount, PageInfo
from ..business_accounts import AgeShare, CountryShare, GenderShare

_Share = Annotated[float | None, says("0 to 1")]


class MarketplaceAccounts(Answer):
    """The marketplace accounts that the token reaches."""

    tto_tcm_account_ids: tuple[Id, ...] = ()


class MarketplaceAccount(Answer):
    """An advertiser's account of the creator marketplace."""

    tto_tcm_account_id: Id
    account_name: str | None = None
    timezone: str | None = None
    country: Annotated[str | None, says("the country's code")] = None
    business_verification_status: str | None = None


class HandleStatus(Answer):
    """Whether the owner of a handle is a creator of the marketplace."""

    handle_name: str
    status: Annotated[CreatorStatus | str | None, OPEN] = None


class HandleStatuses(Answer):
    """The state of each handle that was asked for."""

    onboarding_status: tuple[HandleStatus, ...] = ()


class CreatorLabel(Answer):
    """A label of creators: an industry, or a kind of content."""

    label_id: Id
    label_name: str | None = None


class CreatorLabels(Answer):
    """The labels of creators."""

    industry_labels: tuple[CreatorLabel, ...] = ()
    content_labels: tuple[CreatorLabel, ...] = ()


class DeviceShare(Answer):
    """The part of the audience on a kind of device."""

    device: str | None = None
    percentage: _Share = None


class MarketplaceCreator(Answer):
    """A creator with the numbers that brands choose by."""

    creator_id: Annotated[Id | None, says("the creator's open_id for this app")] = None
    handle_name: str | None = None
    display_name: str | None = None
    profile_image: Annotated[str | None, says("a URL that expires")] = None
    bio: str | None = None
    country_code: str | None = None
    followers_count: int | None = None
    following_count: int | None = None
    likes_count: int | None = None
    videos_count: int | None = None
    median_views: Annotated[int | None, says("of recent posts")] = None
    engagement_rate: Annotated[
        float | None, says("likes, comments and shares of recent posts by their views, 0 to 1")
    ] = None
    creator_price: Annotated[Amount | None, says("for a video, in `currency`")] = None
    currency: str | None = None
    industry_labels: tuple[CreatorLabel, ...] | None = None
    content_labels: tuple[CreatorLabel, ...] | None = None
    audience_countries: tuple[CountryShare, ...] | None = None
    audience_genders: tuple[GenderShare, ...] | None = None
    audience_ages: tuple[AgeShare, ...] | None = None
    audience_devices: tuple[DeviceShare, ...] | None = None


class MarketplaceCreatorPage(Answer):
    """A page of creators."""

    creators: tuple[MarketplaceCreator, ...] = ()
    page_info: PageInfo = PageInfo()


class RankedCreator(MarketplaceCreator):
    """A creator in a ranking."""

    ranking_change: Annotated[
        int | None, says("places gained since the period before; negative: lost")
    ] = None
    score: Annotated[float | None, says("0 to 100")] = None
    number_of_followers: int | None = None
    starting_price: Annotated[Amount | None, says("in `currency`")] = None
    follower_growth: Annotated[int | None, says("new followers in the period")] = None


class CreatorRanking(Answer):
    """A page of a ranking, the first creator first."""

    creators: tuple[RankedCreator, ...] = ()
    last_updated_at: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS in UTC")] = None
    page_info: PageInfo = PageInfo()


class CreatorPost(Answer):
    """A public post of a creator. All numbers are totals since it was made."""

    video_id: Id
    display_name: str | None = None
    caption: str | None = None
    thumbnail_url: Annotated[str | None, says("a URL that expires")] = None
    embed_url: str | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    favorites: int | None = None
    video_views: int | None = None
    create_time: Annotated[Id | None, says("Unix seconds, as text")] = None
    caption_hashtags: tuple[str, ...] | None = None
    mentioned_accounts: tuple[str, ...] | None = None
    collaboration_status: Annotated[
        str | None, says("the state of its link to a campaign; None: it isn't linked")
    ] = None


class CursorInfo(Answer):
    """The place of a page of posts."""

    has_more: bool = False
    cursor: Annotated[int | None, says("Unix milliseconds, for the next page")] = None


class CreatorPostPage(Answer):
    """A page of a creator's public posts, newest first."""

    posts: tuple[CreatorPost, ...] = ()
    page_info: CursorInfo = CursorInfo()


class OwnPostPage(Answer):
    """A page of the account's own public posts, newest first."""

    posts: tuple[CreatorPost, ...] = ()
    has_more: bool = False
    cursor: Annotated[int | None, says("Unix milliseconds, for the next page")] = None


class CreatorCampaign(Answer):
    """A campaign with creators."""

    campaign_id: Id
    campaign_type: Annotated[CreatorCampaignType | str | None, OPEN] = None
    campaign_name: str | None = None
    brand_profile_id: Id | None = None
    brand_name: str | None = None
    campaign_description: str | None = None
    handle_names: Annotated[tuple[str, ...] | None, says("invited or joined creators")] = None
    failed_handle_names: Annotated[
        tuple[str, ...] | None, says("handles that could not be invited")
    ] = None
    anchor_id: Id | None = None
    video_ids: Annotated[tuple[Id, ...] | None, says("videos whose link is approved")] = None
    advertiser_ids: Annotated[
        tuple[Id, ...] | None, says("ad accounts that may use linked videos in Spark ads")
    ] = None
    spark_ads_requested_authorization_days: Annotated[int | None, says("7, 30, 60 or 365")] = None
    invite_link: Annotated[str | None, says("for creators, who pass it as tto_invite_link")] = None
    country_codes: tuple[str, ...] | None = None
    create_time: str | None = None
    update_time: str | None = None


class CreatorCampaignPage(Answer):
    """A page of campaigns with creators, newest first."""

    campaigns: tuple[CreatorCampaign, ...] = ()
    page_info: PageInfo = PageInfo()


class LinkedVideo(Answer):
    """The link between a video and a campaign."""

    video_id: Id
    campaign_id: Id | None = None
    status: Annotated[VideoLinkStatus | str | None, OPEN] = None
    link_request_id: Id | None = None
    number_of_requests: Annotated[int | None, says("how often the creator was asked")] = None
    last_reminded_timestamp: Annotated[Id | None, says("Unix seconds")] = None


class LinkedVideoPage(Answer):
    """A page of links between videos and campaigns, newest first."""

    video_infos: tuple[LinkedVideo, ...] = ()
    page_info: PageInfo = PageInfo()


class LinkRequest(Answer):
    """A request of an advertiser to link a video of the account."""

    video_id: Id
    link_request_id: Id


class LinkRequests(Answer):
    """The requests of a campaign that wait for the creator's answer."""

    campaign_id: Id
    spark_authorization_days: Annotated[
        int | None, says("how long ad accounts may use the videos in ads")
    ] = None
    link_requests: tuple[LinkRequest, ...] = ()
