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


class Reach(Answer):
    """Rounded numbers of people, as text: `11K`, also `10K-100K` and `100K+`."""

    unique_users_seen: Annotated[
        str | None, Field(validation_alias=AliasChoices("unique_users_seen", "unique_user_seen"))
    ] = None
    unique_users_seen_by_country: dict[str, str] | None = None


class Rejection(Answer):
    """The reason why an ad was taken down, and where; without countries, everywhere."""

    reasons: tuple[str, ...] = ()
    affected_countries: tuple[str, ...] = ()
    reporting_source: str | None = None
    automated_notice: str | None = None
    """None after a review by a person."""


class Ad(Answer):
    """Only requested fields are set."""

    id: Id | None = None
    first_shown_date: Annotated[DayText | None, says("YYYYMMDD")] = None
    last_shown_date: Annotated[DayText | None, says("YYYYMMDD")] = None
    status: Annotated[AdStatus | str | None, OPEN] = None
    status_statement: str | None = None
    videos: Annotated[
        tuple[AdVideo, ...], Field(validation_alias=AliasChoices("videos", "ad_videos"))
    ] = ()
    image_urls: tuple[str, ...] = ()
    reach: Reach | None = None
    title: str | None = None
    external_url: str | None = None
    download_url: str | None = None
    call_to_action: str | None = None
    advertising_objective: str | None = None
    rejection_info: Rejection | None = None


class Advertiser(Answer):
    """Only requested fields are set."""

    business_id: Annotated[
        Id | None, Field(validation_alias=AliasChoices("business_id", "buisness_id"))
    ] = None
    business_name: str | None = None
    paid_for_by: Annotated[
        str | None, Field(validation_alias=AliasChoices("paid_for_by", "paid_by"))
    ] = None
    country_code: str | None = None
    follower_count: int | None = None
    avatar_url: str | None = None
    profile_url: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and isinstance(sent.get("tiktok_account"), dict):
            return sent["tiktok_account"] | sent
        return sent


class TargetingInfo(Answer):
    """The target audience of an ad; `age` and `gender` say yes or no for each group."""

    number_of_users_targeted: str | None = None
    country: tuple[str, ...] = ()
    age: dict[str, bool] = Field(default_factory=dict)
    gender: dict[str, bool] = Field(default_factory=dict)
    audience_targeting: str | None = None
    video_interactions: str | None = None
    creator_interactions: str | None = None
    interest: str | None = None


class AdGroup(Answer):
    """The properties that an ad group gives its ads."""

    targeting_info: Annotated[
        TargetingInfo | None, Field(validation_alias=AliasChoices("targeting_info", "target"))
    ] = None


class FoundAd(Answer):
    """An ad with its advertiser."""

    ad: Ad = Field(default_factory=Ad)
    advertiser: Advertiser = Field(default_factory=Advertiser)


class AdPage(Answer):
    """A page of ads; pass `search_id` to the next call while `has_more`."""

    ads: tuple[FoundAd, ...] = ()
    has_more: bool = False
    search_id: str | None = None


class AdDetail(FoundAd):
    """An ad with its advertiser and its targeting."""

    ad_group: AdGroup = Field(default_factory=AdGroup)


class DayCount(Answer):
    """The number of ads on a day."""

    date: DayText
    count: int


class AdReport(Answer):
    """Ads published, by country and day."""

    count_time_series_by_country: dict[str, tuple[DayCount, ...]] = Field(default_factory=dict)


class Advertisers(Answer):
    """The matching advertisers; the answer has no pages."""

    advertisers: tuple[Advertiser, ...] = ()


class ContentCreator(Answer):
    """The creator of a labelled post."""

    username: str | None = None


class ContentVideo(Answer):
    """A video of a labelled post."""

    id: Id | None = None
    status: str | None = None
    url: str | None = None
    cover_image_url: str | None = None


class CommercialContent(Answer):
    """A creator's post with a commercial label."""

    id: Id | None = None
    create_timestamp: Annotated[int | None, says("in Unix seconds")] = None
    create_date: Annotated[DayText | None, says("YYYYMMDD")] = None
    label: Annotated[CommercialLabel | str | None, OPEN] = None
    brand_names: tuple[str, ...] = ()
    creator: ContentCreator | None = None
    videos: Annotated[
        tuple[ContentVideo, ...], Field(validation_alias=AliasChoices("videos", "video"))
    ] = ()


class ContentPage(Answer):
    """A page of labelled posts; pass `search_id` to the next call while `has_more`."""

    commercial_contents: tuple[CommercialContent, ...] = ()
    has_more: bool = False
    search_id: str | None = None
