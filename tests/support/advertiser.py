"""Short ways to launch ads through TikTok API for Business, by plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from tests.examples.business import ADVERTISER_ID


@dataclass
class Advertiser:
    """An ad account with a token. Calls return the whole envelope, or its data."""

    http: httpx2.Client
    headers: Mapping[str, str]
    id: str = ADVERTISER_ID
    sent: list[str] = field(default_factory=list)

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
