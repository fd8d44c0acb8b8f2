"""A day's numbers of an ads object: their sums, what follows from them, and their packed form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_TWO_PLACES = Decimal("0.01")
_METRICS = {
    "spend": "spend",
    "impressions": "impressions",
    "clicks": "clicks",
    "conversions": "conversion",
    "video_plays": "video_play_actions",
    "video_watched_2s": "video_watched_2s",
    "video_watched_6s": "video_watched_6s",
    "video_completed": "video_views_p100",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "follows": "follows",
    "reach": "reach",
}
METRICS = tuple(_METRICS.values())
"""The metrics that are read, by TikTok's names."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one day or several; `spend` in the ad account's currency. `reach` counts
    people, so it is None for several days: it can't be added up."""

    spend: Decimal = Decimal("0.00")
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    video_plays: int = 0
    video_watched_2s: int = 0
    video_watched_6s: int = 0
    video_completed: int = 0
    likes: int = 0
    comments: int = 0
    shares: int = 0
    follows: int = 0
    reach: int | None = 0

    @property
    def ctr(self) -> Decimal | None:
        """Clicks for a hundred impressions."""
        return _quotient(Decimal(self.clicks) * 100, self.impressions)

    @property
    def cpc(self) -> Decimal | None:
        return _quotient(self.spend, self.clicks)

    @property
    def cpm(self) -> Decimal | None:
        return _quotient(self.spend * 1000, self.impressions)

    @property
    def conversion_rate(self) -> Decimal | None:
        """Conversions for a hundred clicks."""
        return _quotient(Decimal(self.conversions) * 100, self.clicks)

    @property
    def cost_per_conversion(self) -> Decimal | None:
        return _quotient(self.spend, self.conversions)

    @property
    def frequency(self) -> Decimal | None:
        """Impressions for each person that was reached."""
        return None if self.reach is None else _quotient(Decimal(self.impressions), self.reach)


NOTHING = Numbers()
"""The numbers of a day on which nothing was delivered."""
_NAMES = tuple(one.name for one in fields(Numbers))
_COUNTS = tuple(name for name in _NAMES if name not in ("spend", "reach"))


def of_row(metrics: Mapping[str, Any]) -> Numbers:
    """The numbers of a row of TikTok's report; a metric that isn't available counts as zero."""
    given = {name: metrics.get(metric) for name, metric in _METRICS.items()}
    counts = {name: int(value or 0) for name, value in given.items() if name != "spend"}
    return Numbers(spend=Decimal(given["spend"] or "0.00"), **counts)


def total(days: Iterable[Numbers]) -> Numbers:
    """The sum of several days, without metrics that can't be added (reach)."""
    listed = list(days)
    sums = {name: sum(getattr(one, name) for one in listed) for name in _COUNTS}
    spend = sum((one.spend for one in listed), NOTHING.spend)
    return replace(NOTHING, spend=spend, reach=None, **sums)


def packed(days: Mapping[int, Numbers | None]) -> str:
    """The text of a month, by day of the month; None: the day was read, and had nothing."""
    listed = {
        str(day): None if one is None else [str(one.spend), *(getattr(one, n) for n in _NAMES[1:])]
        for day, one in sorted(days.items())
    }
    return json.dumps(listed, separators=(",", ":"))


def unpacked(text: str) -> dict[int, Numbers | None]:
    """The days of a month that were packed; numbers that a later version added are zero."""
    return {
        int(day): None
        if values is None
        else Numbers(Decimal(values[0]), **dict(zip(_NAMES[1:], values[1:], strict=False)))
        for day, values in json.loads(text).items()
    }


def _quotient(top: Decimal, bottom: int) -> Decimal | None:
    """Rounded as TikTok does; None where there is nothing to divide by."""
    if not bottom:
        return None
    return (top / bottom).quantize(_TWO_PLACES, ROUND_HALF_UP)
