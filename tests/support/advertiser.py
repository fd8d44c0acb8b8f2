"""Short ways to launch ads through TikTok API for Business, by plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from stagedoor.emulator.products.business.state import AD_ACCOUNTS
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from tests.examples.business import ADVERTISER_ID


def is_just_before_midnight(world: Any) -> bool:
    """Whether it is between 23:50 and midnight for the seeded ad account: budgets can't be changed
    just before midnight."""
    zone = ZoneInfo(world[AD_ACCOUNTS][ADVERTISER_ID].timezone)
    local = datetime.fromtimestamp(world.now(), zone)
    return (local.hour, local.minute) >= (23, 50)


@dataclass
class Advertiser:
    """An ad account with a token. Calls return the whole envelope, or its data."""

    http: httpx2.Client
    headers: Mapping[str, str]
    world: Any
    id: str = ADVERTISER_ID

    def call(self, operation: Operation[..., Any], /, **values: Any) -> Any:
        """The answer's envelope. In a query, lists and objects are JSON text."""
        values = {"advertiser_id": self.id} | values
        if operation.method == "GET":
            query = {n: v if isinstance(v, str) else json.dumps(v) for n, v in values.items()}
            answer = self.http.get(operation.path, params=query, headers=self.headers)
        else:
            answer = self.http.post(operation.path, json=values, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, operation: Operation[..., Any], /, **values: Any) -> Any:
        """The answer's data; fails the test if the call was refused."""
        told = self.call(operation, **values)
        assert told["code"] == 0, told
        return told["data"]

    def refused(self, operation: Operation[..., Any], /, **values: Any) -> tuple[int, str]:
        """Code and message of a refused call."""
        told = self.call(operation, **values)
        assert told["data"] == {}, told
        return told["code"], told["message"]

    def campaign(self, name: str = "Sale", **changed: Any) -> Any:
        """A new campaign, enabled unless told."""
        values = {
            "campaign_name": name,
            "objective_type": "TRAFFIC",
            "budget_mode": "BUDGET_MODE_DAY",
            "budget": 100,
        }
        return self.ask(business_ads.CAMPAIGN_CREATE, **(values | changed))

    def campaigns(self, **filtering: Any) -> list[Any]:
        data = self.ask(business_ads.CAMPAIGN_GET, filtering=filtering, page_size=100)
        found: list[Any] = data["list"]
        return found

    def group(self, campaign_id: str, name: str = "US", **changed: Any) -> Any:
        """A new ad group with a budget of 48 a day that starts now, enabled unless told."""
        values = {
            "campaign_id": campaign_id,
            "adgroup_name": name,
            "promotion_type": "WEBSITE",
            "placements": ["PLACEMENT_TIKTOK"],
            "location_ids": ["6252001"],
            "budget_mode": "BUDGET_MODE_DAY",
            "budget": 48,
            "schedule_type": "SCHEDULE_FROM_NOW",
            "schedule_start_time": self.at(0),
            "optimization_goal": "CLICK",
            "billing_event": "CPC",
            "bid_type": "BID_TYPE_NO_BID",
            "pacing": "PACING_MODE_SMOOTH",
        }
        return self.ask(business_ads.ADGROUP_CREATE, **(values | changed))

    def groups(self, **filtering: Any) -> list[Any]:
        data = self.ask(business_ads.ADGROUP_GET, filtering=filtering, page_size=100)
        found: list[Any] = data["list"]
        return found

    def creative(self, **changed: Any) -> dict[str, Any]:
        """A Spark ad of the linked creator's newest post."""
        identity = next(
            one
            for one in self.world.all.identities.values()
            if one.advertiser_id == self.id and one.creator_id
        )
        values = {
            "ad_name": "An ad",
            "ad_format": "SINGLE_VIDEO",
            "identity_type": identity.kind,
            "identity_id": identity.id,
            "tiktok_item_id": self.world.videos_of(identity.creator_id)[0].id,
            "landing_page_url": "https://shop.example.com/",
            "call_to_action": "LEARN_MORE",
        }
        return {name: value for name, value in (values | changed).items() if value is not None}

    def ad(self, adgroup_id: str, **changed: Any) -> Any:
        """A new ad, enabled unless told."""
        creatives = [self.creative(**changed)]
        told = self.ask(business_ads.AD_CREATE, adgroup_id=adgroup_id, creatives=creatives)
        return told["creatives"][0]

    def ads(self, **filtering: Any) -> list[Any]:
        data = self.ask(business_ads.AD_GET, filtering=filtering, page_size=100)
        found: list[Any] = data["list"]
        return found

    def at(self, seconds: float) -> str:
        """The time in some seconds, as TikTok writes it."""
        moment = datetime.fromtimestamp(self.world.now() + seconds, UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    def statuses(self, ad_id: str) -> tuple[str, str, str]:
        """The delivery states of an ad's campaign, of its ad group, and of the ad itself."""
        (ad,) = self.ads(ad_ids=[ad_id], primary_status="STATUS_ALL")
        (group,) = self.groups(adgroup_ids=[ad["adgroup_id"]], primary_status="STATUS_ALL")
        (campaign,) = self.campaigns(campaign_ids=[ad["campaign_id"]], primary_status="STATUS_ALL")
        return tuple(one["secondary_status"] for one in (campaign, group, ad))
