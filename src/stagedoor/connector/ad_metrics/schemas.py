"""JSON schemas of ads metrics."""

from __future__ import annotations

from datetime import date as Day
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from ..shapes import ResponseModel
from .metrics import Numbers
from .service import ObjectMetrics


class NumbersShown(ResponseModel):
    """Numbers that add up, and what follows from them."""

    spend: str
    """The money spent, as a decimal number in the currency."""
    impressions: int
    """How often ads were shown."""
    clicks: int
    """Clicks on ads."""
    conversions: int
    """Conversions that TikTok attributes to the ads shown on the day."""
    video_plays: int
    """How often a video began to play."""
    video_watched_2s: int = Field(alias="videoWatched2s")
    """Plays of at least two seconds."""
    video_watched_6s: int = Field(alias="videoWatched6s")
    """Plays of at least six seconds."""
    video_completed: int
    """Plays to the end."""
    likes: int
    """Likes by people who saw an ad."""
    comments: int
    """Comments by people who saw an ad."""
    shares: int
    """Shares by people who saw an ad."""
    follows: int
    """New followers who saw an ad."""
    ctr: float | None
    """Clicks for a hundred impressions; null without impressions."""
    cpc: str | None
    """The money for a click, as a decimal number; null without clicks."""
    cpm: str | None
    """The money for a thousand impressions, as a decimal number; null without impressions."""
    conversion_rate: float | None
    """Conversions for a hundred clicks; null without clicks."""
    cost_per_conversion: str | None
    """The money for a conversion, as a decimal number; null without conversions."""


class DatedShown(ResponseModel):
    """A day."""

    date: Day
    """The day in the ad account's zone."""


class DayShown(NumbersShown, DatedShown):
    """The numbers of a day."""

    reach: int
    """People who saw an ad. They can't be added up over days."""
    frequency: float | None
    """Impressions for each of them; null without any."""

    @classmethod
    def of(cls, day: Day, numbers: Numbers) -> DayShown:
        return cls.model_construct(
            date=day,
            reach=numbers.reach or 0,
            frequency=_ratio(numbers.frequency),
            **_shown(numbers),
        )


class _MetricsShown(ResponseModel):
    """Metrics by day."""

    account_id: str
    """The ad account."""
    granularity: Literal["day"] = "day"
    """The span of a row."""
    currency: str
    """ISO 4217, such as USD: all money is in it."""
    timezone: str
    """IANA name of the ad account's zone, at whose midnight days begin."""
    rows: list[DayShown]
    """A row for each day, the oldest first, up to today; a day without delivery has zeros."""
    totals: NumbersShown
    """The sums of the rows. Reach and frequency don't add up, so they aren't among them."""
    final_until: Day
    """TikTok may still revise the days after this one."""

    @staticmethod
    def _of(one: ObjectMetrics) -> dict[str, Any]:
        return {
            "account_id": one.account.id,
            "currency": one.account.currency,
            "timezone": one.account.timezone,
            "rows": [DayShown.of(day, numbers) for day, numbers in one.days],
            "totals": NumbersShown.model_construct(**_shown(one.total)),
            "final_until": one.final_until,
        }


class MetricsShown(_MetricsShown):
    """A campaign's metrics by day."""

    campaign_id: str
    """The campaign."""

    @classmethod
    def of(cls, one: ObjectMetrics) -> MetricsShown:
        return cls.model_construct(campaign_id=one.object_id, **cls._of(one))


class AdGroupMetricsShown(_MetricsShown):
    """An ad group's metrics by day."""

    ad_group_id: str
    """The ad group."""

    @classmethod
    def of(cls, one: ObjectMetrics) -> AdGroupMetricsShown:
        return cls.model_construct(ad_group_id=one.object_id, **cls._of(one))


class AdMetricsShown(_MetricsShown):
    """An ad's metrics by day."""

    ad_id: str
    """The ad."""

    @classmethod
    def of(cls, one: ObjectMetrics) -> AdMetricsShown:
        return cls.model_construct(ad_id=one.object_id, **cls._of(one))


def _shown(numbers: Numbers) -> dict[str, Any]:
    return {
        "spend": str(numbers.spend),
        "impressions": numbers.impressions,
        "clicks": numbers.clicks,
        "conversions": numbers.conversions,
        "video_plays": numbers.video_plays,
        "video_watched_2s": numbers.video_watched_2s,
        "video_watched_6s": numbers.video_watched_6s,
        "video_completed": numbers.video_completed,
        "likes": numbers.likes,
        "comments": numbers.comments,
        "shares": numbers.shares,
        "follows": numbers.follows,
        "ctr": _ratio(numbers.ctr),
        "cpc": _money(numbers.cpc),
        "cpm": _money(numbers.cpm),
        "conversion_rate": _ratio(numbers.conversion_rate),
        "cost_per_conversion": _money(numbers.cost_per_conversion),
    }


def _ratio(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _money(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
