"""Requests for campaigns with creators, links of videos, and reports."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from ...bounds import MAX_LISTED, AtMost
from ...creators_vocabulary import CreatorCampaignType, LinkAction, SparkDays
from ...model import OPEN, AnyId, declared, says
from ..business.common import PageNumber
from .discovery import Handle, MarketplaceRequest, PageSize

_Handles = Annotated[tuple[Handle, ...], AtMost(MAX_LISTED)]
_Ids = Annotated[tuple[AnyId, ...], AtMost(MAX_LISTED)]
_Name = Annotated[str, Field(min_length=1, max_length=512)]
_Type = CreatorCampaignType | str


class NewCreatorCampaign(MarketplaceRequest):
    """A campaign with creators."""

    campaign_name: Annotated[_Name, says("the campaign's name")]
    campaign_type: Annotated[
        _Type | None, OPEN, declared(CreatorCampaignType), says("CAMPAIGN or BRAND_LINK")
    ] = None
    brand_profile_id: Annotated[AnyId | None, says("this or brand_name")] = None
    brand_name: Annotated[_Name | None, says("this or brand_profile_id")] = None
    campaign_description: Annotated[str | None, says("the brief for creators")] = None
    handle_names: Annotated[_Handles | None, says("creators to invite, without @")] = None
    anchor_id: Annotated[AnyId | None, says("a link that videos show")] = None
    advertiser_ids: Annotated[
        _Ids | None, says("ad accounts that may use linked videos in Spark ads")
    ] = None
    default_spark_ads_requested_authorization_days: Annotated[
        SparkDays | None, says("7, 30, 60 or 365: how long they may use a video")
    ] = None
    send_notification: Annotated[bool | None, says("whether TikTok tells the creators")] = None
    business_account_handle: Annotated[Handle | None, says("the brand's own account")] = None

    @model_validator(mode="after")
    def _names_a_brand(self) -> Self:
        if not self.brand_profile_id and not self.brand_name:
            raise ValueError("brand_name is missing: pass brand_name or brand_profile_id")
        return self


class CreatorCampaignChange(MarketplaceRequest):
    """A change of a campaign with creators; parameters that are left out change nothing."""

    campaign_id: Annotated[AnyId, says("the campaign to change")]
    campaign_type: Annotated[
        _Type | None, OPEN, declared(CreatorCampaignType), says("the campaign's own type")
    ] = None
    handle_names: Annotated[_Handles | None, says("more creators to invite")] = None
    advertiser_ids: Annotated[_Ids | None, says("the ad accounts, in place of the former")] = None
    send_notification: Annotated[bool | None, says("whether TikTok tells the creators")] = None


class CreatorCampaignQuery(MarketplaceRequest):
    """The campaigns with creators to list."""

    campaign_ids: Annotated[_Ids | None, says("only these campaigns, at most 100")] = None
    campaign_type: Annotated[
        _Type | None, OPEN, declared(CreatorCampaignType), says("only this kind")
    ] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 50; default 10")] = None


class VideoLinking(MarketplaceRequest):
    """Request the link between a creator's video and a campaign, or revoke it."""

    campaign_id: Annotated[AnyId, says("the campaign")]
    video_id: Annotated[AnyId, says("a public video of a creator of the campaign")]
    action: Annotated[LinkAction | str, OPEN, declared(LinkAction), says("LINK or REVOKE")]


class VideoLinkQuery(MarketplaceRequest):
    """The links between videos and campaigns to list."""

    campaign_ids: Annotated[_Ids | None, says("only of these campaigns, at most 100")] = None
    handle_names: Annotated[_Handles | None, says("only of these creators, at most 100")] = None
    campaign_type: Annotated[
        _Type | None, OPEN, declared(CreatorCampaignType), says("only of campaigns of this kind")
    ] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 50; default 10")] = None


class CreatorReportQuery(MarketplaceRequest):
    """The report of a campaign's linked videos."""

    campaign_id: Annotated[AnyId, says("the campaign")]
    start_date: Annotated[date | None, says("the first day in UTC; default that of the video")] = (
        None
    )
    end_date: Annotated[date | None, says("the last day in UTC; default today")] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[PageSize | None, says("1 to 50; default 10")] = None
