"""Answers about an account's profile, insights and posts.

Fields that weren't asked for are None.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ...model import OPEN, Answer, Id, says
from ...vocabulary import PrivacyLevel

Share = Annotated[float | None, says("a part of the whole, 0 to 1")]
_CLICKS = says("only of registered business accounts")
Clicks = Annotated[int | None, _CLICKS]


class HourActivity(Answer):
    """Followers who were active in an hour."""

    hour: Annotated[str | None, says("0 to 23, as text")] = None
    count: int | None = None


class AgeShare(Answer):
    """The part of an audience in an age group."""

    age: Annotated[str | None, says("18-24, 25-34, 35-44, 45-54 or 55+")] = None
    percentage: Share = None


class GenderShare(Answer):
    """The part of an audience of a gender."""

    gender: Annotated[str | None, says("Female, Male or Other")] = None
    percentage: Share = None


class CountryShare(Answer):
    """The part of an audience in a country."""

    country: str | None = None
    percentage: Share = None


class CityShare(Answer):
    """The part of an audience in a city."""

    city_name: str | None = None
    percentage: Share = None


class DailyInsights(Answer):
    """An account's numbers of one day."""

    date: Annotated[str | None, says("YYYY-MM-DD in UTC")] = None
    video_views: int | None = None
    unique_video_views: int | None = None
    profile_views: int | None = None
    likes: Annotated[int | None, says("of the day; unlikes aren't subtracted")] = None
    comments: int | None = None
    shares: int | None = None
    engaged_audience: int | None = None
    followers_count: Annotated[int | None, says("the total at the end of the day")] = None
    daily_total_followers: int | None = None
    daily_new_followers: int | None = None
    daily_lost_followers: int | None = None
    phone_number_clicks: Clicks = None
    lead_submissions: Clicks = None
    app_download_clicks: Clicks = None
    bio_link_clicks: Clicks = None
    email_clicks: Clicks = None
    address_clicks: Clicks = None
    audience_activity: Annotated[
        tuple[HourActivity, ...] | None, says("empty below 100 followers")
    ] = None


class AccountProfile(Answer):
    """An account's profile and daily insights."""

    is_business_account: bool | None = None
    profile_image: Annotated[str | None, says("a URL that expires")] = None
    display_name: str | None = None
    username: str | None = None
    profile_deep_link: str | None = None
    bio_description: Annotated[str | None, says("empty if none was ever set")] = None
    is_verified: bool | None = None
    following_count: int | None = None
    followers_count: Annotated[int | None, says("the total; `metrics` has it by day")] = None
    total_likes: int | None = None
    videos_count: Annotated[int | None, says("public posts")] = None
    metrics: Annotated[
        tuple[DailyInsights, ...] | None, says("one entry a day; insights come a day later")
    ] = None
    audience_ages: tuple[AgeShare, ...] | None = None
    audience_genders: tuple[GenderShare, ...] | None = None
    audience_countries: tuple[CountryShare, ...] | None = None
    audience_cities: tuple[CityShare, ...] | None = None


class PostMediaType(StrEnum):
    """Whether a post is a video or photos."""

    VIDEO = "VIDEO"
    PHOTO = "PHOTO"


class SecondShare(Answer):
    """A part of the whole at a second of a video."""

    second: Annotated[str | None, says("as text")] = None
    percentage: Share = None


class SourceShare(Answer):
    """The part of a post's views from a source."""

    impression_source: str | None = None
    percentage: Share = None


class ViewerShare(Answer):
    """The part of a post's viewers of a type."""

    type: str | None = None
    percentage: Share = None


class AccountPost(Answer):
    """A post of the account. All numbers are totals since it was made."""

    item_id: Id
    media_type: Annotated[PostMediaType | str | None, OPEN] = None
    is_ad: bool | None = None
    create_time: Annotated[Id | None, says("Unix seconds, as text")] = None
    caption: str | None = None
    thumbnail_url: Annotated[str | None, says("a URL that expires")] = None
    share_url: str | None = None
    embed_url: str | None = None
    video_duration: Annotated[float | None, says("in seconds")] = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    favorites: int | None = None
    video_views: int | None = None
    reach: int | None = None
    total_time_watched: Annotated[float | None, says("in seconds")] = None
    average_time_watched: Annotated[float | None, says("in seconds")] = None
    full_video_watched_rate: Share = None
    new_followers: int | None = None
    profile_views: Clicks = None
    website_clicks: Clicks = None
    phone_number_clicks: Clicks = None
    lead_submissions: Clicks = None
    app_download_clicks: Clicks = None
    email_clicks: Clicks = None
    address_clicks: Clicks = None
    video_view_retention: tuple[SecondShare, ...] | None = None
    impression_sources: tuple[SourceShare, ...] | None = None
    audience_genders: tuple[GenderShare, ...] | None = None
    audience_countries: tuple[CountryShare, ...] | None = None
    audience_cities: tuple[CityShare, ...] | None = None
    audience_types: tuple[ViewerShare, ...] | None = None
    engagement_likes: tuple[SecondShare, ...] | None = None


class AccountPostPage(Answer):
    """A page of posts, newest first. It can be shorter than asked for while `has_more` is true."""

    videos: tuple[AccountPost, ...] = ()
    cursor: Annotated[int | None, says("Unix milliseconds, for the next page")] = None
    has_more: bool = False


class PostSettings(Answer):
    """The kinds of posts that the account may make, and their settings."""

    privacy_level_options: tuple[Annotated[PrivacyLevel | str, OPEN], ...] = ()
    comment_disabled: Annotated[bool, says("posts must have disable_comment")] = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int = 0
