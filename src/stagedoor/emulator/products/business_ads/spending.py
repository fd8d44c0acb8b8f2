"""Spending of ads: it follows budgets, schedules, switches and reviews along the clock.

Nothing runs in the background. `settle` records what a campaign's ads have spent since it was last
settled, hour by hour in the ad account's zone. Everything that spending depends on is constant in
between, since every change of it settles the campaign first. Reports read the recorded hours
(`AD_DAYS`, `hours_of`), so their numbers add up across levels.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from itertools import groupby, takewhile
from operator import attrgetter

from stagedoor.platform.ads_vocabulary import BudgetMode
from stagedoor.platform.records import record

from ...world import World
from ..business.state import AD_ACCOUNTS, AdAccount
from ..business_accounts.state import SPARK_AUTHORIZATIONS, SparkAuthorization
from . import budgets, facts, rights
from .state import (
    AD_DAYS,
    AD_GROUPS,
    ADS_OF_CAMPAIGN,
    ADS_OF_GROUP,
    ADS_OF_POST,
    CAMPAIGNS,
    CAMPAIGNS_OF,
    CHARGING,
    DAYS_OF_AD,
    ENABLED_ADS,
    SPEND_SPEED,
    Ad,
    AdDay,
    AdGroup,
    Campaign,
)
from .status import delivers

Spending = AdAccount | Campaign | AdGroup | Ad

_HOUR = 3_600
_HALF_HOUR = 1_800
_GRAIN = 1.0
"""Seconds within which a campaign isn't settled again: calls follow each other more closely."""
_PRECISION = 1e-6
"""Of a hundredth: more than the error of the sums."""


def spend_of(world: World, spending: Spending, until: float | None = None) -> Decimal:
    """The amount that an object has spent, in the account's currency, up to `until` (default: now).

    An earlier moment counts to the end of the hour in which it is.
    """
    settle_all(world, spending)
    if until is None or until >= world.now():
        return Decimal(_total(world, spending)) / 100
    account = world[AD_ACCOUNTS][_advertiser_id(spending)]
    at = budgets.local(until, account.timezone)
    found = sum(_until(world, ad, at) for ad in _ads(world, spending))
    return Decimal(found) / 100


def hours_of(world: World, ad: Ad, first_day: str, last_day: str) -> dict[str, tuple[int, ...]]:
    """The hundredths that an ad spent in each hour, by day of the account's zone; days without
    spending are left out. The campaign must be settled (`settle_all`)."""
    group = world[AD_DAYS].by(DAYS_OF_AD, ad.id)
    days = group.walk(group.start((first_day,)))
    return {one.day: one.hours for one in takewhile(lambda one: one.day <= last_day, days)}


def settle_all(world: World, spending: Spending) -> None:
    """Record the spending up to now of all campaigns that `spending` is, has or belongs to."""
    if isinstance(spending, AdAccount):
        for campaign in world[CAMPAIGNS].by(CAMPAIGNS_OF, spending.id):
            settle(world, campaign)
    elif isinstance(spending, Campaign):
        settle(world, spending)
    else:
        settle(world, world[CAMPAIGNS][spending.campaign_id])


def set_speed(world: World, account: AdAccount, speed: float) -> None:
    """Spend the budgets of an ad account faster, or slower, than evenly from now on."""
    settle_all(world, account)
    world[SPEND_SPEED][account.id] = speed


@record
class _Line:
    """An ad group with those of its ads that are shown."""

    group: AdGroup
    ads: list[Ad]
    weights: list[int]
    rate: float
    by_day: bool = False
    """The budget is spread over each day of the zone, however long it is."""


def settle(world: World, campaign: Campaign) -> None:
    """Record what the campaign's ads have spent since it was last settled."""
    start, now = campaign.settled, world.now()
    if now < start + _GRAIN:
        return
    campaign.settled = now
    account = world[AD_ACCOUNTS][campaign.advertiser_id]
    if account.sandbox:
        return
    for end in (*_ends_of_codes(world, campaign, start, now), now):
        lines = _lines(world, account, campaign, start)
        if lines:
            _Settlement(world, account, campaign, lines).run(start, end)
        start = end


def _ends_of_codes(world: World, campaign: Campaign, start: float, now: float) -> list[float]:
    """The moments in between at which codes of the campaign's Spark ads end."""
    enabled = world[facts.ADS].by(ENABLED_ADS, campaign.id)
    ends = {rights.end_of_code(world, ad) for ad in enabled if ad.post}
    return sorted(end for end in ends if end is not None and start < end < now)


def _lines(world: World, account: AdAccount, campaign: Campaign, start: float) -> list[_Line]:
    speed = world[SPEND_SPEED].get(account.id, 1.0)
    enabled = world[facts.ADS].by(ENABLED_ADS, campaign.id)
    lines = []
    for group_id, found in groupby(enabled, key=attrgetter("adgroup_id")):
        group = world[AD_GROUPS][group_id]
        if group.end <= start or group.deleted or speed == 0:
            continue
        standing = facts.shown_group(world, account, campaign, group)
        ads = [ad for ad in found if delivers(facts.shown_ad(world, standing, ad, start))]
        if ads:
            lines.append(_Line(group, ads, [1 + int(ad.id) % 3 for ad in ads], 0.0))
    for line in lines:
        mode, budget, parts = line.group.budget_mode, line.group.budget, 1
        if campaign.divides_budget:
            mode, budget, parts = campaign.budget_mode, campaign.budget, len(lines)
        one = budgets.rate(mode, budget, line.group.fast, line.group.start, line.group.end)
        line.rate = one * speed / parts
        line.by_day = mode != BudgetMode.TOTAL
    return lines


class _Settlement:
    """The settlement of one campaign. Hours are collected first, and recorded at the end."""

    def __init__(
        self, world: World, account: AdAccount, campaign: Campaign, lines: list[_Line]
    ) -> None:
        self.world, self.account, self.campaign, self.lines = world, account, campaign, lines
        self.balance = max(0, budgets.hundredths(account.balance))
        self.charged = 0
        self.spent = campaign.spent
        self.of_group = {line.group.id: line.group.spent for line in lines}
        self.owed = {line.group.id: line.group.owed for line in lines}
        self.of_ad = {ad.id: ad.spent for line in lines for ad in line.ads}
        self.hours: dict[tuple[str, str], list[int]] = {}

    def run(self, start: float, now: float) -> None:
        step = _HALF_HOUR if any(line.group.dayparting for line in self.lines) else _HOUR
        zone = self.account.timezone
        while start < now:
            at = budgets.local(start, zone)
            into = (at.minute * 60 + at.second + at.microsecond / 1e6) % step
            end = min(now, start + step - into)
            if end <= start:  # the rest of the step is below the precision of a float
                end = min(now, start + step)
            for line in self.lines:
                self._spend(line, at, start, end)
            start = end
        self._record()

    def _spend(self, line: _Line, at: datetime, start: float, end: float) -> None:
        group, campaign = line.group, self.campaign
        seconds = min(end, group.end) - max(start, group.start)
        if seconds <= 0 or not budgets.in_daypart(group.dayparting, at):
            return
        pace = line.rate
        if line.by_day:
            pace *= budgets.DAY / budgets.day_seconds(at.date(), self.account.timezone)
        wanted = pace * seconds + self.owed[group.id]
        free = start < campaign.charged_from
        room = min(
            budgets.left(campaign.budget_mode, campaign.budget, self.spent, at),
            budgets.left(group.budget_mode, group.budget, self.of_group[group.id], at),
            budgets.UNLIMITED if free else self.balance - self.charged,
        )
        amount = min(int(wanted + _PRECISION), room)
        self.owed[group.id] = wanted - amount if amount < room else 0.0
        if amount <= 0:
            return
        if not free:
            self.charged += amount
        self.spent = budgets.added(self.spent, amount, at)
        self.of_group[group.id] = budgets.added(self.of_group[group.id], amount, at)
        shares = budgets.divided(amount, line.weights, [self.of_ad[ad.id] for ad in line.ads])
        day = budgets.day_of(at)
        for ad, share in zip(line.ads, shares, strict=True):
            if share:
                self.of_ad[ad.id] += share
                self.hours.setdefault((ad.id, day), [0] * 24)[at.hour] += share

    def _record(self) -> None:
        self.campaign.spent = self.spent
        for line in self.lines:
            line.group.spent = self.of_group[line.group.id]
            line.group.owed = self.owed[line.group.id]
            for ad in line.ads:
                if ad.spent != self.of_ad[ad.id]:
                    ad.spent = self.of_ad[ad.id]
        table = self.world[AD_DAYS]
        for (ad_id, day), hours in self.hours.items():
            known = table.get(f"{ad_id}:{day}")
            if known is None:
                table.add(AdDay(ad_id, day, tuple(hours)))
            else:
                known.hours = tuple(map(sum, zip(known.hours, hours, strict=True)))
        if self.charged:
            charge(self.world, self.account, Decimal(self.charged) / 100)


def charge(world: World, account: AdAccount, amount: Decimal) -> None:
    """Take what its ads spent from an ad account's balance."""
    world[CHARGING].append(account.id)
    try:
        account.balance -= amount
    finally:
        world[CHARGING].remove(account.id)


def _before_change(world: World, key: str, account: AdAccount | None) -> None:
    """Settle an ad account before its status or balance changes."""
    if account is not None and key not in world[CHARGING]:
        settle_all(world, account)


def _before_code_change(world: World, key: str, code: SparkAuthorization | None) -> None:
    """Settle the campaigns whose ads show a post before its code changes."""
    if code is not None:
        for campaign_id in {
            ad.campaign_id for ad in world[facts.ADS].by(ADS_OF_POST, code.item_id)
        }:
            settle(world, world[CAMPAIGNS][campaign_id])


AD_ACCOUNTS.listeners.append(_before_change)
SPARK_AUTHORIZATIONS.listeners.append(_before_code_change)


def _total(world: World, spending: Spending) -> int:
    if isinstance(spending, AdAccount):
        return sum(one.spent.total for one in world[CAMPAIGNS].by(CAMPAIGNS_OF, spending.id))
    return spending.spent if isinstance(spending, Ad) else spending.spent.total


def _advertiser_id(spending: Spending) -> str:
    return spending.id if isinstance(spending, AdAccount) else spending.advertiser_id


def _ads(world: World, spending: Spending) -> list[Ad]:
    if isinstance(spending, Ad):
        return [spending]
    if isinstance(spending, AdGroup):
        return list(world[facts.ADS].by(ADS_OF_GROUP, spending.id))
    if isinstance(spending, Campaign):
        return list(world[facts.ADS].by(ADS_OF_CAMPAIGN, spending.id))
    campaigns = world[CAMPAIGNS].by(CAMPAIGNS_OF, spending.id)
    return [ad for one in campaigns for ad in world[facts.ADS].by(ADS_OF_CAMPAIGN, one.id)]


def _until(world: World, ad: Ad, at: datetime) -> int:
    last = budgets.day_of(at)
    found = hours_of(world, ad, "", last)
    today = found.pop(last, ())
    return sum(map(sum, found.values())) + sum(today[: at.hour + 1])
