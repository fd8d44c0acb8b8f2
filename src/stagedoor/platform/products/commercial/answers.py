"""Answers of the Commercial Content API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, Field, model_validator

from ...model import OPEN, Answer, Id, says
from ...vocabulary import CommercialLabel as CommercialLabel
from .models import AdStatus

DayText = Annotated[str, Field(coerce_numbers_to_str=True)]
"""`YYYYMMDD`; TikTok's tables say text, its examples show numbers."""


class AdVideo(Answer):
    """A video of an ad."""

    url: Annotated[str | None, says("the address expires after a short time")] = None
    cover_image_url: str | None = None
    """The cover picture; the link expires after a short time."""


class Reach(Answer):
    """Rounded numbers of people, as text: `11K`, also `10K-100K` and `100K+`."""

    unique_users_seen: Annotated[
        str | None, Field(validation_alias=AliasChoices("unique_users_seen", "unique_user_seen"))
    ] = None
    """People who saw the ad, rounded, as text."""
    unique_users_seen_by_country: dict[str, str] | None = None
    """People who saw the ad, by the two letters of their country."""


class Rejection(Answer):
    """The reason why an ad was taken down, and where; without countries, everywhere."""

    reasons: tuple[str, ...] = ()
    """The reasons."""
    affected_countries: tuple[str, ...] = ()
    """Two letters of each country; none: everywhere."""
    reporting_source: str | None = None
    """The origin of the report."""
    automated_notice: str | None = None
    """None after a review by a person."""


class Ad(Answer):
    """Only requested fields are set."""

    id: Id | None = None
    """The ad's id."""
    first_shown_date: Annotated[DayText | None, says("YYYYMMDD")] = None
    last_shown_date: Annotated[DayText | None, says("YYYYMMDD")] = None
    status: Annotated[AdStatus | str | None, OPEN] = None
    """Whether the ad is still shown."""
    status_statement: str | None = None
    """The status in words."""
    videos: Annotated[
        tuple[AdVideo, ...], Field(validation_alias=AliasChoices("videos", "ad_videos"))
    ] = ()
    """The ad's videos."""
    image_urls: tuple[str, ...] = ()
    """The ad's pictures; the links expire after a short time."""
    reach: Reach | None = None
    """How many people saw the ad."""
    title: str | None = None
    """The ad's text."""
    external_url: str | None = None
    """The page that the ad leads to."""
    download_url: str | None = None
    """The app that the ad leads to."""
    call_to_action: str | None = None
    """The words on the ad's button."""
    advertising_objective: str | None = None
    """The aim of the ad's campaign."""
    rejection_info: Rejection | None = None
    """Why the ad was taken down; None if it wasn't."""


class Advertiser(Answer):
    """Only requested fields are set."""

    business_id: Annotated[
        Id | None, Field(validation_alias=AliasChoices("business_id", "buisness_id"))
    ] = None
    """The advertiser's id."""
    business_name: str | None = None
    """The advertiser's name."""
    paid_for_by: Annotated[
        str | None, Field(validation_alias=AliasChoices("paid_for_by", "paid_by"))
    ] = None
    """The name of the payer."""
    country_code: str | None = None
    """Two letters."""
    follower_count: int | None = None
    """Followers of the advertiser's TikTok account."""
    avatar_url: str | None = None
    """The account's picture; the link expires after a short time."""
    profile_url: str | None = None
    """The account's page at TikTok."""

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and isinstance(sent.get("tiktok_account"), dict):
            return sent["tiktok_account"] | sent
        return sent


class TargetingInfo(Answer):
    """The target audience of an ad; `age` and `gender` say yes or no for each group."""

    number_of_users_targeted: str | None = None
    """People in the target audience, rounded, as text."""
    country: tuple[str, ...] = ()
    """Two letters of each country."""
    age: dict[str, bool] = Field(default_factory=dict)
    """By age group, such as 18-24: whether it is targeted."""
    gender: dict[str, bool] = Field(default_factory=dict)
    """By gender: whether it is targeted."""
    audience_targeting: str | None = None
    """Whether the advertiser's own audiences are used."""
    video_interactions: str | None = None
    """Kinds of videos that the audience watched."""
    creator_interactions: str | None = None
    """Kinds of creators that the audience followed."""
    interest: str | None = None
    """The audience's interests."""


class AdGroup(Answer):
    """The properties that an ad group gives its ads."""

    targeting_info: Annotated[
        TargetingInfo | None, Field(validation_alias=AliasChoices("targeting_info", "target"))
    ] = None
    """The target audience."""


class FoundAd(Answer):
    """An ad with its advertiser."""

    ad: Ad = Field(default_factory=Ad)
    """The ad."""
    advertiser: Advertiser = Field(default_factory=Advertiser)
    """The ad's advertiser."""


class AdPage(Answer):
    """A page of ads; pass `search_id` to the next call while `has_more`."""

    ads: tuple[FoundAd, ...] = ()
    """The ads."""
    has_more: bool = False
    """Whether there is a next page."""
    search_id: str | None = None
    """Pass it to the next call."""


class AdDetail(FoundAd):
    """An ad with its advertiser and its targeting."""

    ad_group: AdGroup = Field(default_factory=AdGroup)
    """The properties of the ad's group."""


class DayCount(Answer):
    """The number of ads on a day."""

    date: DayText
    """YYYYMMDD."""
    count: int
    """The number of ads."""


class AdReport(Answer):
    """Ads published, by country and day."""

    count_time_series_by_country: dict[str, tuple[DayCount, ...]] = Field(default_factory=dict)
    """The numbers of ads by day, by the two letters of a country."""


class Advertisers(Answer):
    """The matching advertisers; the answer has no pages."""

    advertisers: tuple[Advertiser, ...] = ()
    """The advertisers."""


class ContentCreator(Answer):
    """The creator of a labelled post."""

    username: str | None = None
    """The creator's handle, without @."""


class ContentVideo(Answer):
    """A video of a labelled post."""

    id: Id | None = None
    """The video's id."""
    status: str | None = None
    """Whether the video is still shown."""
    url: str | None = None
    """The video's page at TikTok."""
    cover_image_url: str | None = None
    """The cover picture; the link expires after a short time."""


class CommercialContent(Answer):
    """A creator's post with a commercial label."""

    id: Id | None = None
    """The post's id in the library."""
    create_timestamp: Annotated[int | None, says("in Unix seconds")] = None
    create_date: Annotated[DayText | None, says("YYYYMMDD")] = None
    label: Annotated[CommercialLabel | str | None, OPEN] = None
    """The label that the post has."""
    brand_names: tuple[str, ...] = ()
    """The brands that the post names."""
    creator: ContentCreator | None = None
    """The post's creator."""
    videos: Annotated[
        tuple[ContentVideo, ...], Field(validation_alias=AliasChoices("videos", "video"))
    ] = ()
    """The post's videos."""


class ContentPage(Answer):
    """A page of labelled posts; pass `search_id` to the next call while `has_more`."""

    commercial_contents: tuple[CommercialContent, ...] = ()
    """The posts."""
    has_more: bool = False
    """Whether there is a next page."""
    search_id: str | None = None
    """Pass it to the next call."""
