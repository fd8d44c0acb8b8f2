"""Short ways to ask the local TikTok as a researcher, over raw HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2

from tests.support.local import KEY, SECRET

ROOT = "/v2/research/"
EVERYWHERE = {"and": [{"operation": "GTE", "field_name": "view_count", "field_values": ["0"]}]}
"""A query that fits every video."""


def condition(field_name: str, operation: str, *values: str) -> dict[str, Any]:
    return {"field_name": field_name, "operation": operation, "field_values": list(values)}


def only(field_name: str, operation: str, *values: str) -> dict[str, Any]:
    return {"and": [condition(field_name, operation, *values)]}


@dataclass
class Researcher:
    http: httpx2.Client
    client_key: str = KEY
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        form = {
            "client_key": self.client_key,
            "client_secret": SECRET,
            "grant_type": "client_credentials",
        }
        token = self.http.post("/v2/oauth/token/", data=form).json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, body: Any, fields: str | None = None) -> httpx2.Response:
        query = {} if fields is None else {"fields": fields}
        return self.http.post(f"{ROOT}{path}/", json=body, params=query, headers=self.headers)

    def ask(self, path: str, body: Any, fields: str | None = None) -> Any:
        """The data of an answer that has to be good."""
        answer = self.post(path, body, fields)
        assert answer.status_code == 200, answer.text
        assert answer.json()["error"]["code"] == "ok"
        return answer.json()["data"]

    def refused(self, path: str, body: Any, fields: str | None = None) -> tuple[int, str, str]:
        """Status, code and message of an answer that has to be a refusal."""
        answer = self.post(path, body, fields)
        error = answer.json()["error"]
        assert error["code"] != "ok", answer.text
        assert answer.json()["data"] == {}
        return answer.status_code, error["code"], error["message"]

    def today(self) -> date:
        now = self.http.get("/_emulator/clock").json()["now"]
        return datetime.fromtimestamp(now, UTC).date()

    def search(self, query: Any, days: int = 30, **more: Any) -> dict[str, Any]:
        """The body of a query over the last days."""
        last = self.today()
        first = last - timedelta(days=days)
        dates = {"start_date": f"{first:%Y%m%d}", "end_date": f"{last:%Y%m%d}"}
        return {"query": query} | dates | more

    def videos(self, query: Any, fields: str = "id", **more: Any) -> Any:
        """One page of the last 30 days."""
        return self.ask("video/query", self.search(query, **more), fields)
