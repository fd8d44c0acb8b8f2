"""Metrics of ads objects by day: out of the store, and what it lacks from TikTok."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stagedoor.client.errors import StagedoorError

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import in_query, unfit
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from . import reports, store
from .days import ReportDays, final_until, joined, today_in
from .finder import AdObjectFinder
from .metrics import NOTHING, Numbers, total
from .objects import AdLevel

DEFAULT_DAYS = 30
MAX_DAYS = 366
"""The most days of one answer."""
FIRST_DAY = date(2017, 1, 1)
"""TikTok had no ads before: a day of then would be answered with zeros that nobody counted."""
FRESH_SECONDS = 60.0
"""How long days that aren't stored are served without asking TikTok again."""
_CACHED = 256


@dataclass(frozen=True, slots=True)
class MetricsAccount:
    """An ad account, and the day that it is there; the metrics of all its objects are stored from
    `read_from` to `read_until`, and TikTok revises none of them up to `final_until`."""

    id: str
    currency: str
    timezone: str
    today: date
    read_from: date | None = None
    read_until: date | None = None
    final_until: date | None = None

    @classmethod
    def of(cls, row: Any, now: float) -> MetricsAccount:
        return cls(
            row.account_id,
            row.currency,
            row.timezone,
            today_in(row.timezone, now),
            row.read_from,
            row.read_until,
            row.final_until,
        )

    def has(self, day: date) -> bool:
        """Whether the metrics of all objects are stored for the day."""
        if self.read_from is None or self.read_until is None:
            return False
        return self.read_from <= day <= self.read_until


@dataclass(frozen=True, slots=True)
class ObjectMetrics:
    """The days of a campaign, ad group or ad in the ad account's zone, without gaps."""

    object_id: str
    account: MetricsAccount
    first: date
    last: date
    days: Sequence[tuple[date, Numbers]]
    total: Numbers
    final_until: date
    """TikTok doesn't revise days up to this one any more."""


_Live = dict[date, Numbers]
_Place = tuple[str, AdLevel, str, ReportDays]


class AdMetrics:
    """The metrics of organisations' campaigns, ad groups and ads. Thread-safe."""

    def __init__(
        self, database: Database, clock: Clock, business: BusinessClients, finder: AdObjectFinder
    ) -> None:
        self._database = database
        self._clock = clock
        self._business = business
        self._finder = finder
        self._lock = threading.Lock()
        self._live: OrderedDict[_Place, tuple[float, _Live]] = OrderedDict()

    def of(
        self,
        org: str,
        level: AdLevel,
        object_id: str,
        first: date | None = None,
        last: date | None = None,
    ) -> ObjectMetrics:
        """The metrics of an object from `first` to `last` (default: the last 30 days), at most up
        to today in the ad account's zone.

        Days that the store lacks are read from TikTok, 30 days by each call; those that are final
        are kept. Raises `UnknownAdObject`, `InvalidInput`, and TikTok's refusal.
        """
        if first is not None and last is not None:
            _check(first, last)
        account_id = self._finder.account_of(org, level, object_id)
        account = self._account(org, account_id)
        last = account.today if last is None else last
        first = _before(last, DEFAULT_DAYS) if first is None else first
        _check(first, last)
        if first > account.today:
            raise unfit(in_query("from"), f"is after {account.today}, today in the ad account")
        wanted = list(ReportDays(first, min(last, account.today)).days())
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            stored = store.span(tenant, account_id, level, object_id, first, last)
        missing = [day for day in wanted if day not in stored and not account.has(day)]
        final = final_until(account.today)
        live: _Live = {}
        for window in joined(day for day in missing if day <= final):
            live |= self._read(org, account, level, object_id, window, keep=True)
        for window in joined(day for day in missing if day > final):
            live |= self._fresh(org, account, level, object_id, window)
        days = [(day, stored.get(day) or live.get(day) or NOTHING) for day in wanted]
        return ObjectMetrics(
            object_id=object_id,
            account=account,
            first=first,
            last=last,
            days=days,
            total=total(numbers for _, numbers in days),
            final_until=account.final_until or final,
        )

    def _account(self, org: str, account_id: str) -> MetricsAccount:
        with self._database.read() as connection:
            row = store.accounts(TenantConnection(connection, org), [account_id]).get(account_id)
        now = self._clock.now()
        if row is not None:
            return MetricsAccount.of(row, now)
        try:
            client = self._business.for_advertiser(org, account_id)
            [described] = client.advertisers.info(advertiser_ids=(account_id,)).list
        except StagedoorError as error:
            raise api_error_of(error) from error
        zone = described.display_timezone or described.timezone or "UTC"
        currency = described.currency or ""
        with self._database.begin() as connection:
            store.describe(TenantConnection(connection, org), account_id, currency, zone)
        return MetricsAccount(account_id, currency, zone, today_in(zone, now))

    def _fresh(
        self, org: str, account: MetricsAccount, level: AdLevel, object_id: str, window: ReportDays
    ) -> _Live:
        """Days that aren't final: from memory, if they were read just now."""
        key = (org, level, object_id, window)
        with self._lock:
            at, kept = self._live.get(key, (0.0, None))
        if kept is not None and 0 <= self._clock.now() - at < FRESH_SECONDS:
            return kept
        found = self._read(org, account, level, object_id, window, keep=False)
        with self._lock:
            self._live[key] = self._clock.now(), found
            self._live.move_to_end(key)
            while len(self._live) > _CACHED:
                self._live.popitem(last=False)
        return found

    def _read(
        self,
        org: str,
        account: MetricsAccount,
        level: AdLevel,
        object_id: str,
        window: ReportDays,
        *,
        keep: bool,
    ) -> _Live:
        """Read days of one object from TikTok; `keep`: store them."""
        try:
            client = self._business.for_advertiser(org, account.id)
            part = reports.read(client, level, window, object_id=object_id)
        except StagedoorError as error:
            raise api_error_of(error) from error
        found = {row.day: row.numbers for row in part.rows if row.object_id == object_id}
        if keep:
            days = {(object_id, day): found.get(day) for day in window.days()}
            with self._database.begin() as connection:
                store.write(TenantConnection(connection, org), account.id, level, days)
        return found


def _before(last: date, days: int) -> date:
    return max(FIRST_DAY, last - timedelta(days=min(days - 1, (last - date.min).days)))


def _check(first: date, last: date) -> None:
    if first > last:
        raise unfit(in_query("from"), f"is after {last}, the last day")
    if first < FIRST_DAY:
        raise unfit(in_query("from"), f"is before {FIRST_DAY}: TikTok had no ads then")
    if (last - first).days >= MAX_DAYS:
        raise unfit(in_query("from"), f"is more than {MAX_DAYS} days before the last day, {last}")
