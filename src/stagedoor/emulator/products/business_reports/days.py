"""The events of ads by day and hour, from their recorded spending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ...world import World
from ..business.state import AdAccount
from ..business_ads import budgets, spending
from ..business_ads.state import AD_DAYS, CAMPAIGNS, CAMPAIGNS_OF, DAYS_OF_AD, Ad
from . import stream
from .state import AD_PURCHASES, PURCHASES_OF_DAY
from .stream import EventCounts

FIRST = "0001-01-01"
LAST = "9999-12-31"
_LATENESS = 60.0
"""Seconds by which a report may lag behind the clock; TikTok's lag by hours."""
_SANDBOX_DAYS = tuple(f"2020-12-{day:02d}" for day in range(8, 20))
_SANDBOX_HOURS = (0,) * 8 + (125,) * 8 + (0,) * 8
"""The amount that an ad of the sandbox spends on each of its days (`business.yaml`, sandbox)."""


def settle(world: World, account: AdAccount, last: str) -> None:
    """Record the spending of an ad account up to the end of a day, or to now."""
    until = world.now()
    if last < LAST:
        after = date.fromisoformat(last) + timedelta(days=1)
        zone = ZoneInfo(account.timezone)
        until = min(until, datetime(after.year, after.month, after.day, tzinfo=zone).timestamp())
    for campaign in world[CAMPAIGNS].by(CAMPAIGNS_OF, account.id):
        if until - campaign.settled >= _LATENESS:
            spending.settle(world, campaign)


def after(day: str) -> str:
    """The next day; the last day of the calendar has none."""
    return day if day >= LAST else (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def before(day: str) -> str:
    """The day before; the first day of the calendar has none."""
    return day if day <= FIRST else (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@dataclass(frozen=True, slots=True)
class DaySource:
    """An ad as a source of events."""

    ad: Ad
    goal: str
    scale: int
    """The worth of a US dollar in the account's currency."""


class Days:
    """Reads the days of one ad account's ads, as they are known on its present day."""

    def __init__(self, world: World, account: AdAccount, now: float, by_time: bool) -> None:
        self._world = world
        self._sandbox = account.sandbox
        self._by_time = by_time
        self._purchases = world[AD_PURCHASES]
        self.today = budgets.local(now, account.timezone).date().toordinal()
        self._ordinals: dict[str, int] = {}

    def of(self, ad: Ad, first: str, last: str) -> list[str]:
        """The days on which the ad was shown, oldest first."""
        return self._shown(ad, first, last)

    def hours(self, ad: Ad, day: str) -> tuple[int, ...]:
        """The amount that the ad spent in each hour of the day; empty: nothing."""
        return self._spent(ad, day)

    def _shown(self, ad: Ad, first: str, last: str) -> list[str]:
        if self._sandbox:
            return [day for day in _SANDBOX_DAYS if first <= day <= last]
        found = self._world[AD_DAYS].by(DAYS_OF_AD, ad.id)
        start, end = found.start((first,)), found.start((f"{last}.",))
        return [one.day for one in found.walk(start, end)]

    def _spent(self, ad: Ad, day: str) -> tuple[int, ...]:
        if self._sandbox:
            return _SANDBOX_HOURS if day in _SANDBOX_DAYS else ()
        found = self._world[AD_DAYS].get(f"{ad.id}:{day}")
        return () if found is None else found.hours

    def day(self, source: DaySource, day: str) -> EventCounts:
        """The events of an ad's day."""
        return self._day(source, day)

    def _day(self, source: DaySource, day: str) -> EventCounts:
        found = self._until(source, day, sum(self._spent(source.ad, day)))
        return self._with_purchases(found, source, day)

    def hour(self, source: DaySource, day: str, hour: int) -> EventCounts:
        """The events of an hour of an ad's day."""
        hours = self._spent(source.ad, day)
        before, after = sum(hours[:hour]), sum(hours[: hour + 1])
        found = stream.between(
            self._until(source, day, before, alone=True),
            self._until(source, day, after, alone=True),
        )
        found = self._with_purchases(found, source, day, hour)
        if not self._by_time:
            return found
        whole = stream.part(self._day(source, day), before, after, sum(hours) or 1)
        return found._replace(
            conversions_by_time=whole.conversions_by_time, results_by_time=whole.results_by_time
        )

    def _with_purchases(
        self, found: EventCounts, source: DaySource, day: str, hour: int | None = None
    ) -> EventCounts:
        """Events and the purchases that were asked for on that day, or in that hour of it."""
        if not self._purchases:
            return found
        for one in self._purchases.by(PURCHASES_OF_DAY, (source.ad.id, day)):
            if hour in (None, one.hour):
                found = stream.added((found, stream.purchases(source.goal, one.count, one.value)))
        return found

    def _until(self, source: DaySource, day: str, spent: int, alone: bool = False) -> EventCounts:
        if not spent:
            return stream.NOTHING
        attributed = stream.attributed_at(self.today - self._ordinal(day))
        ad_id = source.ad.id
        found = stream.events(ad_id, day, source.goal, source.scale, spent, attributed)
        if not self._by_time or alone:
            return found
        arrived = self._arrived(source, day)
        late = stream.counts_by_time(source.goal)
        return found._replace(
            conversions_by_time=arrived, results_by_time=arrived if late else found.results
        )

    def _arrived(self, source: DaySource, day: str) -> int:
        """The conversions that happened on a day, of impressions of that day and earlier ones."""
        at = self._ordinal(day)
        earliest = date.fromordinal(at - len(stream.ATTRIBUTED) + 1).isoformat()
        total = 0
        for one in self._shown(source.ad, earliest, day):
            spent = sum(self._spent(source.ad, one))
            all_ = stream.events(source.ad.id, one, source.goal, source.scale, spent)
            age = at - self._ordinal(one)
            total += stream.arrived_at(source.ad.id, one, all_.conversions, age)
        return total

    def _ordinal(self, day: str) -> int:
        found = self._ordinals.get(day)
        if found is None:
            found = self._ordinals[day] = date.fromisoformat(day).toordinal()
        return found


class UtcDays(Days):
    """As `Days`, by the days and hours of UTC.

    An hour of the zone is shown as the hour of UTC in which it begins.
    """

    def __init__(self, world: World, account: AdAccount, now: float, by_time: bool) -> None:
        super().__init__(world, account, now, by_time)
        self._zone = ZoneInfo(account.timezone)
        self._local: dict[str, tuple[tuple[str, int] | None, ...]] = {}

    def of(self, ad: Ad, first: str, last: str) -> list[str]:
        shown = self._shown(ad, before(first), after(last))
        near = {one for day in shown for one in (before(day), day, after(day))}
        return sorted(day for day in near if first <= day <= last and any(self.hours(ad, day)))

    def hours(self, ad: Ad, day: str) -> tuple[int, ...]:
        known = {one[0]: self._spent(ad, one[0]) for one in self._moments(day) if one}
        return tuple(
            known[one[0]][one[1]] if one and known[one[0]] else 0 for one in self._moments(day)
        )

    def day(self, source: DaySource, day: str) -> EventCounts:
        spent = self.hours(source.ad, day)
        return stream.added(self.hour(source, day, one) for one in range(24) if spent[one])

    def hour(self, source: DaySource, day: str, hour: int) -> EventCounts:
        moment = self._moments(day)[hour]
        return stream.NOTHING if moment is None else super().hour(source, *moment)

    def _moments(self, day: str) -> tuple[tuple[str, int] | None, ...]:
        """The day and hour in the zone at each hour of a day of UTC.

        None: the zone's clock shows an hour again that it has shown, which counts once.
        """
        found = self._local.get(day)
        if found is None:
            start = datetime.fromisoformat(day).replace(tzinfo=UTC)
            local = [(start + timedelta(hours=n)).astimezone(self._zone) for n in range(24)]
            found = tuple(None if one.fold else (one.date().isoformat(), one.hour) for one in local)
            self._local[day] = found
        return found
