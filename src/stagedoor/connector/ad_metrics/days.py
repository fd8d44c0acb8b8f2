"""Days of an ad account: in its zone, in windows that a report takes, and until they are final."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stagedoor.platform.products.business_reports import MAX_DAYS

ATTRIBUTION_DAYS = 28
"""TikTok attributes conversions to a day for so long (`business-reporting.yaml`, notes)."""
RECENT_DAYS = 3
"""The newest days change the most: they are read more often than the others."""


@dataclass(frozen=True, slots=True)
class ReportDays:
    """Days of one report; both ends count."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


def today_in(timezone: str, now: float) -> date:
    """The day that it is in an IANA zone; an unknown zone counts as UTC."""
    zone: tzinfo
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    return datetime.fromtimestamp(now, zone).date()


def final_until(today: date) -> date:
    """The last day whose numbers TikTok no longer revises, for a report that is read `today`."""
    return today - timedelta(days=ATTRIBUTION_DAYS + 1)


def windows(first: date, last: date) -> list[ReportDays]:
    """The days from `first` to `last`, in as few reports as TikTok allows; the newest first."""
    found = []
    while first <= last:
        begin = max(first, last - timedelta(days=MAX_DAYS - 1))
        found.append(ReportDays(begin, last))
        last = begin - timedelta(days=1)
    return found


def joined(days: Iterable[date]) -> list[ReportDays]:
    """Windows that hold these days, in their order, and no others."""
    found: list[ReportDays] = []
    for day in days:
        after = found[-1].last + timedelta(days=1) if found else None
        if day == after and (day - found[-1].first).days < MAX_DAYS:
            found[-1] = ReportDays(found[-1].first, day)
        else:
            found.append(ReportDays(day, day))
    return found


def month_of(day: date) -> int:
    """The calendar month of a day, counted from year 0."""
    return day.year * 12 + day.month - 1


def day_in(month: int, day: int) -> date:
    """The day of a month as `month_of` counts them."""
    return date(month // 12, month % 12 + 1, day)
