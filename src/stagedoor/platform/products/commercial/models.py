"""Requests of the Commercial Content API."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ...bounds import MAX_LISTED, AtMost, short_part
from ...model import (
    ARRIVED,
    REQUIRED_IN_QUERY,
    Names,
    Request,
    compact_day,
    fields_of,
    in_context,
    says,
)
from ...reasons import DAY_WORDS
from ...vocabulary import CommercialLabel as CommercialLabel
from .fields import (
    AD_COUNTRIES,
    AD_DETAIL_FIELDS,
    AD_DETAIL_FIELDS_UNLISTED,
    AD_FIELDS,
    ADVERTISER_FIELDS,
    CONTENT_COUNTRIES,
    CONTENT_FIELDS,
    EARLIEST,
    EVERYWHERE,
    MAX_COUNT,
    MAX_TERM,
    REPORT_FIELDS,
)

_MAX_INT64 = 2**63 - 1


class AdStatus(StrEnum):
    """Whether an ad is still shown."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class SearchType(StrEnum):
    """The way in which a search term is matched."""

    EXACT_PHRASE = "exact_phrase"
    FUZZY_PHRASE = "fuzzy_phrase"


# Requests

_DAY = re.compile(r"[0-9]{8}")
_SIZE = re.compile(r"(0|[1-9][0-9]{0,2})([KMB])")
_UNITS = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def _day(value: Any, info: ValidationInfo) -> str:
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    if isinstance(value, str) and not in_context(ARRIVED, info):
        value = compact_day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # numbers are in the docs' examples
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        form = "is no date written as YYYYMMDD"
        raise ValueError(form if in_context(ARRIVED, info) else f"should be {DAY_WORDS}")
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
    """The number of people that a size string stands for: `120K` is 120000."""
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
"""A day: a `datetime.date`, or text such as 20261101 or 2026-11-01. Stored as 20261101."""

Size = Annotated[str, BeforeValidator(_size)]
"""A rounded number of people: `0K`, `120K`, `2M`, `1B`."""

NumberId = Annotated[str, BeforeValidator(_number), PlainSerializer(int, return_type=int)]
"""An id that is sent as a JSON number; here a string of digits."""

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
        fields_of(AD_FIELDS),
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


class AdDetailQuery(Request):
    """Which ad."""

    ad_id: Annotated[NumberId, says("the ad's id")]
    fields: Annotated[
        Names,
        fields_of(AD_DETAIL_FIELDS + AD_DETAIL_FIELDS_UNLISTED),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = AD_DETAIL_FIELDS


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
        fields_of(REPORT_FIELDS),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = REPORT_FIELDS


class AdvertiserQuery(Request):
    """Which advertisers."""

    search_term: Annotated[Term, says("words in the name, at most 50 characters")]
    fields: Annotated[
        Names,
        fields_of(ADVERTISER_FIELDS),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = ADVERTISER_FIELDS
    max_count: Annotated[
        int | None,
        Field(ge=1, le=MAX_COUNT),
        says("how many to give at most, 1 to 50; there are no pages"),
    ] = None


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
        fields_of(CONTENT_FIELDS),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = CONTENT_FIELDS
    max_count: Annotated[
        int | None, Field(ge=1, le=MAX_COUNT), says("how many to give at most, 1 to 50")
    ] = None
    search_id: Annotated[
        str | None, says("the `search_id` of the page before; drop it when anything else changes")
    ] = None


# Answers
