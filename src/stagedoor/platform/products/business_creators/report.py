"""The answer of a report of a campaign with creators."""

from __future__ import annotations

from typing import Annotated

from ...creators_vocabulary import CreatorCampaignType
from ...model import OPEN, Answer, Id, says
from ..business.common import PageInfo
from ..business_accounts import AgeShare, CountryShare, GenderShare

_Rate = Annotated[float | None, says("0 to 1")]
_Organic = Annotated[int | None, says("without Spark ads")]
_Paid = Annotated[int | None, says("from Spark ads")]


class _Numbers(Answer):
    """Counts, in total and by their source."""

    likes: int | None = None
    likes_organic: _Organic = None
    likes_paid: _Paid = None
    comments: int | None = None
    comments_organic: _Organic = None
    comments_paid: _Paid = None
    shares: int | None = None
    shares_organic: _Organic = None
    shares_paid: _Paid = None
    favorites: int | None = None
    favorites_organic: _Organic = None
    favorites_paid: _Paid = None
    video_views_organic: _Organic = None
    video_views_paid: _Paid = None
    engagement_rate: _Rate = None
    engagement_rate_organic: _Rate = None
    engagement_rate_paid: _Rate = None
    video_completion_rate: _Rate = None


class DailyVideoNumbers(_Numbers):
    """The numbers of a linked video on a day."""

    date: Annotated[str | None, says("YYYY-MM-DD in UTC")] = None
    views: int | None = None


class ReportedVideo(_Numbers):
    """A linked video with its numbers over the days of the report."""

    video_id: Id
    creator_id: Annotated[Id | None, says("the creator's open_id for this app")] = None
    handle_name: str | None = None
    display_name: str | None = None
    caption: str | None = None
    thumbnail_url: Annotated[str | None, says("a URL that expires")] = None
    embed_url: str | None = None
    create_time: Annotated[Id | None, says("Unix seconds, as text")] = None
    video_duration: Annotated[float | None, says("in seconds")] = None
    video_views: int | None = None
    reach: Annotated[int | None, says("people; it doesn't add up over days")] = None
    total_play_time: Annotated[float | None, says("in seconds")] = None
    average_view_time: Annotated[float | None, says("in seconds")] = None
    audience_countries: tuple[CountryShare, ...] | None = None
    audience_genders: tuple[GenderShare, ...] | None = None
    audience_ages: tuple[AgeShare, ...] | None = None
    daily_stats: Annotated[
        tuple[DailyVideoNumbers, ...] | None, says("the days add up to the video's counts")
    ] = None


class CreatorReport(Answer):
    """A page of the linked videos of a campaign with their numbers."""

    tto_tcm_account_id: Id | None = None
    campaign_id: Id | None = None
    campaign_type: Annotated[CreatorCampaignType | str | None, OPEN] = None
    country_code: str | None = None
    videos: tuple[ReportedVideo, ...] = ()
    page_info: PageInfo = PageInfo()
