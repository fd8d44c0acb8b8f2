"""Ad accounts that are read when a test pumps the due rows, with no engine."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stagedoor.client import TikTokBusiness
from stagedoor.connector.ad_metrics.days import today_in
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.business_connecting import ADVERTISER, connect_business
from tests.support.local import Local

ZONE = "America/New_York"
RUNNING, ENDED, PAUSED = ("Knife set", "Cookbook", "Spice box")
"""How the names of the seeded campaigns begin."""


_SECONDS_LATER = 5.0


class AdsStudio(PumpedStudio):
    """A service with one person's ad accounts, which were read once."""

    @property
    def tiktok(self) -> TikTokBusiness:
        return self.service.services.business.for_advertiser("acme", ADVERTISER)

    @property
    def today(self) -> date:
        return today_in(ZONE, self.service.services.clock.now())

    def begin_at(self, hour: int) -> None:
        """Let time pass until this hour of the ad account's day, which ends its budgets."""
        now = datetime.fromtimestamp(self.service.services.clock.now(), ZoneInfo(ZONE))
        until = now.replace(hour=hour, minute=0, second=0)
        self.states(((until - now).total_seconds()) % 86_400.0)

    def before(self, days: int) -> str:
        return (self.today - timedelta(days=days)).isoformat()

    def campaign(self, name: str = RUNNING) -> str:
        """The id of the campaign whose name begins so."""
        found = self.tiktok.campaigns.list(page_size=100).list
        return next(
            str(one.campaign_id) for one in found if (one.campaign_name or "").startswith(name)
        )

    def metrics(self, object_id: str, of: str = "campaigns", **query: Any) -> dict[str, Any]:
        asked = {name.rstrip("_"): value for name, value in query.items()}
        path = f"/api/ads/{of}/{object_id}/metrics"
        found: dict[str, Any] = self.service.api("GET", path, role="viewer", **asked)
        return found

    def reports(self) -> int:
        return len(self.local.calls("business.report_integrated_get"))

    def pump(self, seconds: float = 0.0, rounds: int = 60) -> None:
        """As of every studio. Where time passes, once more for runs that met a limit of calls in a
        second."""
        super().pump(seconds, rounds)
        if seconds:
            super().pump(_SECONDS_LATER, rounds)

    def trigger(self, sync_type: str = "ads-metrics", **more: Any) -> None:
        """Trigger a type, and run it."""
        self.service.api("POST", "/api/sync/trigger", {"syncType": sync_type} | more)
        self.pump()
        self.pump(_SECONDS_LATER)

    def states(self, after: float = 901.0) -> None:
        """Let time pass, and read the delivery states."""
        self.pump(after)

    def events(self, name: str = "ads.") -> list[dict[str, Any]]:
        """The events whose names begin so, the oldest first."""
        listed = self.service.api("GET", "/api/webhooks/received")["events"]
        return [one for one in reversed(listed) if one["event"].startswith(name)]

    def subscribed(self, *types: str) -> None:
        """Let a receiver, at which nobody listens, subscribe to types of events."""
        body = {"url": "http://127.0.0.1:9/events", "events": list(types)}
        self._webhook = self.service.api("POST", "/api/webhooks", body)["webhook"]["id"]

    def told(self) -> list[str]:
        """The types of the events for the receiver, the oldest first."""
        path = f"/api/webhooks/{self._webhook}/deliveries"
        listed = self.service.api("GET", path, limit=200)["deliveries"]
        return [one["type"] for one in reversed(listed)]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


@pytest.fixture
def connected(service_without_worker: Service, local: Local) -> AdsStudio:
    """Nothing was read yet."""
    account = connect_business(service_without_worker)["integrationId"]
    return AdsStudio(service_without_worker, local, account)


@pytest.fixture
def ads(connected: AdsStudio) -> AdsStudio:
    connected.pump()
    connected.pump(_SECONDS_LATER)
    return connected
