"""Ads of the local TikTok through the service's routes, with jobs that run when a test says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from stagedoor.connector.container import Container
from stagedoor.connector.schedule import store
from stagedoor.connector.schedule.models import due_rows
from stagedoor.emulator.products.business_creatives.seed import IMAGE_IDS, VIDEO_IDS

from . import time_passing
from .business_connecting import ADVERTISER, OTHER_ADVERTISER, connect_business
from .connecting import Tenants
from .local import Local

VIDEO, IMAGE = f"video:{VIDEO_IDS[0]}", f"image:{IMAGE_IDS[0]}"
SITE = "https://shop.example.com/sale"
_KINDS = ("settle-ad-write", "watch-ad-spend")


@dataclass
class AdsRoutes:
    """Short ways to make ads through the service's routes."""

    service: Any

    @property
    def services(self) -> Container:
        found: Container = self.service.services
        return found

    def api(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return self.service.api(method, f"/api/ads/{path}", body, **more)

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Status and error of a request that must not succeed."""
        answer = self.service.send(method, f"/api/ads/{path}", body, **more)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["error"]

    def campaign(self, name: str = "Sale", **changed: Any) -> dict[str, Any]:
        asked = {
            "accountId": ADVERTISER,
            "name": name,
            "objective": "TRAFFIC",
            "budget": "100.00",
        }
        return dict(self.api("POST", "campaigns", asked | changed))

    def group_body(self, campaign_id: str, **changed: Any) -> dict[str, Any]:
        return {
            "campaignId": campaign_id,
            "name": "Germany",
            "locations": ["DE"],
            "budget": "48.00",
            "schedule": {"start": self.at(60)},
            "optimizationGoal": "CLICK",
            "billingEvent": "CPC",
        } | changed

    def group(self, campaign_id: str, **changed: Any) -> dict[str, Any]:
        return dict(self.api("POST", "ad-groups", self.group_body(campaign_id, **changed)))

    def ad_body(self, ad_group_id: str, **changed: Any) -> dict[str, Any]:
        return {
            "adGroupId": ad_group_id,
            "name": "First clip",
            "creativeId": VIDEO,
            "text": "Everything half price",
            "landingPageUrl": SITE,
        } | changed

    def ad(self, ad_group_id: str, **changed: Any) -> dict[str, Any]:
        return dict(self.api("POST", "ads", self.ad_body(ad_group_id, **changed)))

    def tree(self, name: str = "Sale", **changed: Any) -> tuple[str, str, str]:
        """The ids of a new campaign with an ad group and an ad, all paused."""
        campaign = self.campaign(name, **changed)["id"]
        group = self.group(campaign)["id"]
        return campaign, group, self.ad(group)["id"]

    def at(self, seconds: float) -> str:
        """The time in some seconds, RFC 3339."""
        return datetime.fromtimestamp(self.services.clock.now() + seconds, UTC).isoformat()


@dataclass
class AdsDesk(AdsRoutes):
    """An organisation whose ad accounts are connected, beside the local TikTok."""

    local: Local

    def writes(self, operation: str) -> list[Mapping[str, Any]]:
        """The requests of an operation that reached TikTok."""
        return list(self.local.calls(f"business.{operation}"))

    def advance(self, seconds: float) -> None:
        """Let time pass, and the service know it."""
        time_passing.advance(self.local, self.services.clock, seconds)

    def pump(self, seconds: float = 0.0) -> None:
        """Let time pass, and run the jobs of ads that are due then, once."""
        if seconds:
            self.advance(seconds)
        services = self.services
        handlers: Mapping[str, Any] = services.job_handlers()
        with services.database.read() as connection:
            due = due_rows.c.kind.in_(_KINDS) & (due_rows.c.due <= services.clock.now())
            rows = connection.execute(select(due_rows).where(due)).all()
        store.done(services.database, [row.id for row in rows])
        for row in rows:
            handlers[row.kind](row.ref)

    def notices(self, kind: str) -> list[dict[str, Any]]:
        listed = self.service.api("GET", "/api/notices")["notices"]
        return [one for one in listed if one["kind"] == kind]


def ads_desk(service: Tenants, local: Local, org: str = "acme") -> AdsDesk:
    """Connect the ad accounts of the organisation."""
    assert connect_business(service, org=org)["integration"] == "connected"
    return AdsDesk(service, local)


__all__ = [
    "ADVERTISER",
    "IMAGE",
    "OTHER_ADVERTISER",
    "SITE",
    "VIDEO",
    "AdsDesk",
    "AdsRoutes",
    "ads_desk",
]
