"""Commercial Content API: ads shown in Europe, posts with a commercial label (`commercial.yaml`).

The app asks with its own token; no creator is involved. The docs' samples spell some names
differently from their tables, and both are read: `paid_by`, `buisness_id`, `unique_user_seen`,
`target`, `ad_videos`, an account nested under `tiktok_account`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from .bounds import MAX_LISTED, AtMost, short_part
from .display import known_fields
from .errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from .model import (
    ARRIVED,
    OPEN,
    REQUIRED_IN_QUERY,
    Answer,
    Id,
    Names,
    Request,
    compact_day,
    in_context,
    says,
)
from .operation import GIVEN, AnyOf, Auth, Operation, Resource, Retry
from .scopes import Scope
from .vocabulary import CommercialLabel as CommercialLabel

EARLIEST = "20221001"
"""Dates must lie after this one."""
NEWEST_SPAN_DAYS = 365
"""The newest revision of the ad query wants dates within so many past days (`revisions`)."""
RETENTION_DAYS = 365
"""An ad can be found until so long after it was last shown (`access_notes`)."""
MAX_TERM = 50
DEFAULT_COUNT = 10
MAX_COUNT = 50
NEWEST_MAX_COUNT = 10
"""Of the newest revision of the ad query."""
EVERYWHERE = "ALL"
_MAX_INT64 = 2**63 - 1

EU = (
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
    *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
)
EEA = (*EU, "NO", "IS", "LI")
AD_COUNTRIES = (*EEA, "GB", "CH")
"""Where ads can be searched for."""
CONTENT_COUNTRIES = EEA
"""Whose creators' labelled posts can be searched for."""

AD_FIELDS = (
    "ad.id",
    "ad.first_shown_date",
    "ad.last_shown_date",
    "ad.status",
    "ad.status_statement",
    "ad.videos",
    "ad.image_urls",
    "ad.reach",
    "advertiser.business_id",
    "advertiser.business_name",
    "advertiser.paid_for_by",
)
AD_DETAIL_FIELDS = (
    *AD_FIELDS,
    "ad.title",
    "ad.external_url",
    "ad.download_url",
    "ad.call_to_action",
    "ad.advertising_objective",
    "advertiser.follower_count",
    "advertiser.avatar_url",
    "advertiser.profile_url",
    "ad_group.targeting_info",
)
AD_DETAIL_FIELDS_UNLISTED = ("ad.rejection_info", "advertiser.country_code")
"""In the answer's tables and asked for by clients, but not in the list of fields."""
REPORT_FIELDS = ("count_time_series_by_country",)
ADVERTISER_FIELDS = ("business_id", "business_name", "country_code")
CONTENT_FIELDS = (
    "id",
    "create_timestamp",
    "create_date",
    "label",
    "brand_names",
    "creator",
    "videos",
)


AGE_BANDS = ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")
GENDERS = ("female", "male", "unknown")


class AdStatus(StrEnum):
    """Whether an ad is still shown."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class SearchType(StrEnum):
    """How a search term is meant."""

    EXACT_PHRASE = "exact_phrase"
    FUZZY_PHRASE = "fuzzy_phrase"


# Requests

_DAY = re.compile(r"[0-9]{8}")
_SIZE = re.compile(r"(0|[1-9][0-9]{0,2})([KMB])")
_UNITS = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def _day(value: Any, info: ValidationInfo) -> str:
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    if isinstance(value, str) and info.context != ARRIVED:
        value = compact_day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # numbers are in the docs' examples
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("is no date written as YYYYMMDD")
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise ValueError("is no date of the calendar") from None
    return value


def _size(value: Any) -> str:
    if not isinstance(value, str) or not _SIZE.fullmatch(value):
        raise ValueError("is no whole number below 1000 with K, M or B, such as 120K")
    return value


def size(text: str) -> int:
    """How many people a size string means: `120K` is 120000."""
    return int(text[:-1]) * _UNITS[text[-1]]


def _number(value: Any, info: ValidationInfo) -> str:
    digits = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if in_context(ARRIVED, info) and not isinstance(value, int):
        raise ValueError("is no number")
    if not isinstance(digits, str) or not (digits.isascii() and digits.isdigit()):
        raise ValueError("is no numeric id")
    if int(digits[:20]) > _MAX_INT64:
        raise ValueError("is larger than any id")
    return digits


Day = Annotated[str | date, BeforeValidator(_day)]
"""A day: a `datetime.date`, or text such as 20261101 or 2026-11-01. It is kept as 20261101."""

Size = Annotated[str, BeforeValidator(_size)]
"""A rounded number of people: `0K`, `120K`, `2M`, `1B`."""

NumberId = Annotated[str, BeforeValidator(_number), PlainSerializer(int, return_type=int)]
"""An id that travels as a JSON number, here in digits."""

Term = Annotated[str, Field(max_length=MAX_TERM)]


def _lowered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _of(value: str | None, countries: tuple[str, ...]) -> str | None:
    if value is not None and value != EVERYWHERE and value not in countries:
        raise ValueError(
            f"is neither {EVERYWHERE} nor a country of this library: {short_part(value)!r}"
        )
    return value


class DateRange(Request):
    """Both days included; after 2022-10-01."""

    min: Annotated[Day, says("the first day: a date, 20261101 or 2026-11-01; after 2022-10-01")]
    max: Annotated[Day, says("the last day, which is included")]

    @model_validator(mode="after")
    def _in_order(self) -> DateRange:
        if str(self.min) <= EARLIEST:
            raise ValueError(f"min must be after {EARLIEST}")
        if str(self.max) < str(self.min):
            raise ValueError("max is before min")
        return self


class SizeRange(Request):
    """How many people saw an ad, between two rounded numbers."""

    min: Annotated[Size | None, says("at least, such as 0K or 120K")] = None
    max: Annotated[Size | None, says("at most, such as 120K or 2M")] = None

    @model_validator(mode="after")
    def _in_order(self) -> SizeRange:
        if self.max is not None:
            if size(self.max) == 0:
                raise ValueError(f"max may not be {self.max}")
            if self.min is not None and size(self.max) < size(self.min):
                raise ValueError("max is less than min")
        return self


class AdFilters(Request):
    """Which ads."""

    ad_published_date_range: Annotated[DateRange, says("the days on which the ads were published")]
    country_code: Annotated[str | None, says("where the ad was shown: ALL or two letters")] = None
    country_code_list: Annotated[
        Annotated[tuple[str, ...], AtMost(MAX_LISTED)] | None,
        says("several countries, in TikTok's newest revision only"),
    ] = None
    advertiser_business_ids: Annotated[
        Annotated[tuple[NumberId, ...], AtMost(MAX_LISTED)] | None,
        says(
            "whose ads; reported gone from TikTok's newest revision, and "
            "ignored beside a search term"
        ),
    ] = None
    unique_users_seen_size_range: Annotated[
        SizeRange | None, says("how many people saw the ad")
    ] = None
    ad_status: Annotated[str | None, says("seen in one client, not in the docs")] = None
    ad_type: Annotated[str | None, says("seen in one client, not in the docs")] = None

    @field_validator("country_code")
    @classmethod
    def _is_covered(cls, code: str | None) -> str | None:
        return _of(code, AD_COUNTRIES)

    @field_validator("country_code_list")
    @classmethod
    def _are_covered(cls, codes: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for code in codes or ():
            _of(code, AD_COUNTRIES)
        return codes


class AdQuery(Request):
    """Which page of ads."""

    filters: Annotated[AdFilters, says("which ads")]
    fields: Annotated[
        Names,
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = AD_FIELDS
    search_term: Annotated[
        Term | None, says("words in the ad or its advertiser, at most 50 characters")
    ] = None
    search_type: Annotated[
        Annotated[SearchType, BeforeValidator(_lowered)] | None,
        says("the exact phrase, or its words"),
    ] = None
    max_count: Annotated[
        int | None,
        Field(ge=1, le=MAX_COUNT),
        says("how many to give at most, 1 to 50; 10 in TikTok's newest revision"),
    ] = None
    search_id: Annotated[
        str | None, says("the `search_id` of the page before; drop it when anything else changes")
    ] = None

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, AD_FIELDS)


class AdDetailQuery(Request):
    """Which ad."""

    ad_id: Annotated[NumberId, says("the ad's id")]
    fields: Annotated[
        Names,
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = AD_DETAIL_FIELDS

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, AD_DETAIL_FIELDS + AD_DETAIL_FIELDS_UNLISTED)


class ReportFilters(Request):
    """Which ads to count."""

    ad_published_date_range: Annotated[DateRange, says("the days on which the ads were published")]
    country_code: Annotated[str | None, says("where the ad was made: ALL or two letters")] = None
    advertiser_business_ids: Annotated[
        Annotated[tuple[NumberId, ...], AtMost(MAX_LISTED)] | None, says("whose ads")
    ] = None

    @field_validator("country_code")
    @classmethod
    def _is_covered(cls, code: str | None) -> str | None:
        return _of(code, AD_COUNTRIES)


class AdReportQuery(Request):
    """Which ads to count."""

    filters: Annotated[ReportFilters, says("which ads to count")]
    fields: Annotated[
        Names,
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = REPORT_FIELDS

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, REPORT_FIELDS)


class AdvertiserQuery(Request):
    """Which advertisers."""

    search_term: Annotated[Term, says("words in the name, at most 50 characters")]
    fields: Annotated[
        Names,
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = ADVERTISER_FIELDS
    max_count: Annotated[
        int | None,
        Field(ge=1, le=MAX_COUNT),
        says("how many to give at most, 1 to 50; there are no pages"),
    ] = None

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, ADVERTISER_FIELDS)


class ContentFilters(Request):
    """Which posts."""

    content_published_date_range: Annotated[
        DateRange, says("the days on which the posts were published")
    ]
    creator_country_code: Annotated[
        str | None,
        says("ALL or two letters of the EEA; Great Britain and Switzerland are not covered"),
    ] = None
    creator_usernames: Annotated[
        Annotated[tuple[str, ...], AtMost(MAX_LISTED)] | None,
        says("whose posts: handles without @"),
    ] = None

    @field_validator("creator_country_code")
    @classmethod
    def _is_covered(cls, code: str | None) -> str | None:
        return _of(code, CONTENT_COUNTRIES)


class ContentQuery(Request):
    """Which page of posts."""

    filters: Annotated[ContentFilters, says("which posts")]
    fields: Annotated[
        Names,
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = CONTENT_FIELDS
    max_count: Annotated[
        int | None, Field(ge=1, le=MAX_COUNT), says("how many to give at most, 1 to 50")
    ] = None
    search_id: Annotated[
        str | None, says("the `search_id` of the page before; drop it when anything else changes")
    ] = None

    @field_validator("fields")
    @classmethod
    def _are_known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return known_fields(names, CONTENT_FIELDS)


# Answers

DayText = Annotated[str, Field(coerce_numbers_to_str=True)]
"""`YYYYMMDD`; TikTok's tables say text, its examples show numbers."""


class AdVideo(Answer):
    """A video of an ad."""

    url: Annotated[str | None, says("the address is over after a short time")] = None
    cover_image_url: str | None = None


class Reach(Answer):
    """Rounded, as text: `11K`, also `10K-100K` and `100K+`."""

    unique_users_seen: Annotated[
        str | None, Field(validation_alias=AliasChoices("unique_users_seen", "unique_user_seen"))
    ] = None
    unique_users_seen_by_country: dict[str, str] | None = None


class Rejection(Answer):
    """Why an ad was taken down; no countries named: everywhere."""

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
    """Whom the ad was meant for; `age` and `gender` say yes or no for each group."""

    number_of_users_targeted: str | None = None
    country: tuple[str, ...] = ()
    age: dict[str, bool] = Field(default_factory=dict)
    gender: dict[str, bool] = Field(default_factory=dict)
    audience_targeting: str | None = None
    video_interactions: str | None = None
    creator_interactions: str | None = None
    interest: str | None = None


class AdGroup(Answer):
    """What an ad group says of its ads."""

    targeting_info: Annotated[
        TargetingInfo | None, Field(validation_alias=AliasChoices("targeting_info", "target"))
    ] = None


class FoundAd(Answer):
    """An ad with its advertiser."""

    ad: Ad = Field(default_factory=Ad)
    advertiser: Advertiser = Field(default_factory=Advertiser)


class AdPage(Answer):
    """A page of ads; go on with `search_id` while `has_more`."""

    ads: tuple[FoundAd, ...] = ()
    has_more: bool = False
    search_id: str | None = None


class AdDetail(FoundAd):
    """An ad with its advertiser and its targeting."""

    ad_group: AdGroup = Field(default_factory=AdGroup)


class DayCount(Answer):
    """How many on a day."""

    date: DayText
    count: int


class AdReport(Answer):
    """Ads published, by country and day."""

    count_time_series_by_country: dict[str, tuple[DayCount, ...]] = Field(default_factory=dict)


class Advertisers(Answer):
    """The advertisers that were found; there are no pages."""

    advertisers: tuple[Advertiser, ...] = ()


class ContentCreator(Answer):
    """Who posted it."""

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
    """A page of labelled posts; go on with `search_id` while `has_more`."""

    commercial_contents: tuple[CommercialContent, ...] = ()
    has_more: bool = False
    search_id: str | None = None


_SCOPE = AnyOf((Scope.RESEARCH_ADLIB,))
_ERRORS = (
    case("invalid_params", "bad filters, dates, search term, size or field"),
    TOKEN_INVALID,
    case("scope_not_authorized", "the app isn't approved for this product"),
    OVER_LIMIT,
    case("daily_quota_limit_exceeded", "the day's quota is used up, until 00:00 UTC"),
    SERVER_FAULT,
)

AD_QUERY = Operation(
    id="commercial.ad_query",
    method="POST",
    path="/v2/research/adlib/ad/query/",
    request=AdQuery,
    response=AdPage,
    summary="Search ads that were shown in Europe",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_query",
    surfaces=GIVEN,
)

AD_DETAIL = Operation(
    id="commercial.ad_detail",
    method="POST",
    path="/v2/research/adlib/ad/detail/",
    request=AdDetailQuery,
    response=AdDetail,
    summary="Read one ad with its advertiser and targeting",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_detail",
    surfaces=GIVEN,
)

AD_REPORT = Operation(
    id="commercial.ad_report",
    method="POST",
    path="/v2/research/adlib/ad/report/",
    request=AdReportQuery,
    response=AdReport,
    summary="Count the ads published by day and country",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_report",
    surfaces=GIVEN,
)

ADVERTISER_QUERY = Operation(
    id="commercial.advertiser_query",
    method="POST",
    path="/v2/research/adlib/advertiser/query/",
    request=AdvertiserQuery,
    response=Advertisers,
    summary="Find advertisers by name",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml advertiser_query",
    surfaces=GIVEN,
)

CONTENT_QUERY = Operation(
    id="commercial.content_query",
    method="POST",
    path="/v2/research/adlib/commercial_content/query/",
    request=ContentQuery,
    response=ContentPage,
    summary="Search creators' posts with a commercial label",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml commercial_content_query",
    surfaces=GIVEN,
)
