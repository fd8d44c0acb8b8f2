"""A year of a campaign's metrics by day out of the store, among 1,000 campaigns against 10, and the
time to write a page of TikTok's report."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stagedoor.connector.ad_metrics import objects, store
from stagedoor.connector.ad_metrics.metrics import Numbers
from stagedoor.connector.ad_metrics.objects import AdLevel
from stagedoor.connector.ad_metrics.reports import ObjectDay
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations import store as integrations
from stagedoor.connector.integrations.accounts import CredentialKind, CredentialStatus
from stagedoor.connector.integrations.models import ad_accounts

from .contest import contest, ratio, typical
from .databases import database
from .in_process import ORG, InProcessService
from .row import Benchmark, Length, Row

RATIO = 1.5
FEW, MANY = 10, 1_000
DAYS = 366
PAGE_MS = 250
"""The most milliseconds that writing a page of a report may take."""
_ACCOUNT = "7100000000000000001"


class Store(InProcessService):
    """The service over so many campaigns, each with a year of days."""

    def __init__(self, environment: dict[str, str], campaigns: int) -> None:
        self._campaigns = campaigns
        self.today = date.today()
        super().__init__(environment)

    def fill(self) -> None:
        first = self.today - timedelta(days=DAYS - 1)
        app_id = self.services.apps.of_org(ORG).id
        with self.services.database.begin() as connection:
            tenant = TenantConnection(connection, ORG)
            self._connect(tenant, app_id)
            store.describe(tenant, _ACCOUNT, "USD", "UTC")
            known = {"read_from": first, "read_until": self.today, "final_until": first}
            store.change_account(tenant, _ACCOUNT, **known)
        for number in range(self._campaigns):
            with self.services.database.begin() as connection:
                tenant = TenantConnection(connection, ORG)
                of = (AdLevel.CAMPAIGN, campaign(number), campaign(number))
                objects.record_unlisted(tenant, _ACCOUNT, *of)
                days = [first + timedelta(days=day) for day in range(DAYS)]
                rows = [ObjectDay(campaign(number), day, _numbers(number, day)) for day in days]
                store.record(tenant, _ACCOUNT, AdLevel.CAMPAIGN, rows)

    def _connect(self, tenant: TenantConnection, app_id: str) -> None:
        """As a consent leaves an ad account, without tokens: nothing is asked of TikTok."""
        now = time.time()
        of_grant = {
            "app_id": app_id,
            "open_id": "o1",
            "kind": CredentialKind.ADS.value,
            "scopes": [],
        }
        times = {"created": now, "connected_at": now}
        integrations.add_grant(
            tenant.connection, id="g1", status=CredentialStatus.ACTIVE.value, **of_grant, **times
        )
        integrations.add_integration(tenant, id="i1", grant_id="g1", **times)
        integrations.add_credential(
            tenant,
            integration_id="i1",
            kind=CredentialKind.ADS.value,
            grant_id="g1",
            requested=[],
            granted=[],
            connected_at=now,
        )
        row = {"integration_id": "i1", "account_id": _ACCOUNT, "name": "Shop"}
        tenant.insert_new(ad_accounts, [row])

    def year(self) -> dict[str, Any]:
        path = f"/api/ads/campaigns/{campaign(self._campaigns // 2)}/metrics"
        found = self.get(path, **{"from": self.today - timedelta(days=DAYS - 1)})
        if len(found["rows"]) != DAYS or not all(row["clicks"] for row in found["rows"]):
            raise RuntimeError("the answer has gaps")
        return found

    def write(self) -> float:
        """The seconds that a page of a report takes: thirty days of 33 campaigns."""
        days = [self.today - timedelta(days=day) for day in range(30)]
        rows = [
            ObjectDay(campaign(number % self._campaigns), day, _numbers(number + 1, day))
            for number in range(33)
            for day in days
        ]
        begun = time.perf_counter()
        with self.services.database.begin() as connection:
            store.record(TenantConnection(connection, ORG), _ACCOUNT, AdLevel.CAMPAIGN, rows)
        return time.perf_counter() - begun


def campaign(number: int) -> str:
    return f"18{number:017}"


def _numbers(number: int, day: date) -> Numbers:
    count = 900 + (number * 31 + day.toordinal()) % 700
    return Numbers(
        spend=Decimal(count) / 10,
        impressions=count * 190,
        clicks=count * 4,
        conversions=count // 9,
        video_plays=count * 180,
        video_watched_2s=count * 90,
        video_watched_6s=count * 30,
        video_completed=count * 9,
        likes=count,
        comments=count // 20,
        shares=count // 10,
        follows=count // 30,
        reach=count * 180,
    )


def run(length: Length) -> list[Row]:
    rounds = 15 if length is Length.SHORT else 61
    with ExitStack() as stack:
        stores = []
        for size in (MANY, FEW):
            _, environment = stack.enter_context(database("SQLite"))
            made = Store(environment, size)
            stack.callback(made.close)
            stores.append(made)
        large, small = stores
        times = contest(_timed(large), _timed(small), rounds)
        slow, quick = (value * 1e3 for value in typical(times))
        written = sorted(large.write() for _ in range(rounds))[rounds // 2] * 1e3
        detail = f"{slow:.1f} ms, of {FEW} campaigns {quick:.1f} ms; {large.size / 1e6:.0f} MB"
        return [
            Row(f"a campaign's year among {MANY:,} campaigns", ratio(times), RATIO, detail),
            Row("writing a page of campaigns' days", written, PAGE_MS, detail, unit="ms"),
        ]


def _timed(made: Store) -> Callable[[], float]:
    def measure() -> float:
        begun = time.perf_counter()
        made.year()
        return time.perf_counter() - begun

    return measure


BENCHMARK = Benchmark("ads-metrics-page", run)
