"""Research jobs that run when a test pumps the due rows, with no engine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.connector.conftest import Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.local import KEY, Local

EVERY = {"and": [{"fieldName": "view_count", "operation": "GTE", "fieldValues": ["0"]}]}
"""Conditions that hold for every video."""
JOBS = "/api/research/jobs"


class Researcher(PumpedStudio):
    """An organisation that researches."""

    def today(self) -> date:
        return datetime.fromtimestamp(self.local.now(), UTC).date()

    def videos(self, days: int, **more: Any) -> dict[str, Any]:
        """A job for every video of the last days; `more` are the job's fields."""
        first = self.today() - timedelta(days=days)
        dates = {"startDate": f"{first}", "endDate": f"{self.today()}"}
        return {"kind": "video-query", "requests": [{"query": EVERY} | dates]} | more

    def begin(self, body: dict[str, Any], **more: Any) -> str:
        return str(self.service.api("POST", JOBS, body, **more)["job"]["id"])

    def job(self, job_id: str, **more: Any) -> dict[str, Any]:
        return dict(self.service.api("GET", f"{JOBS}/{job_id}", **more))

    def done(self, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A job that was begun, and run as far as it comes now."""
        job_id = self.begin(body, **more)
        self.pump()
        return self.job(job_id, **more)

    def rows(self, job_id: str, limit: int = 1_000, **more: Any) -> list[dict[str, Any]]:
        """All rows of a job, page by page."""
        rows: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            path = f"{JOBS}/{job_id}/data"
            page = self.service.api("GET", path, limit=limit, **cursor, **more)
            rows += page["rows"]
            if page["nextCursor"] is None:
                assert [one["position"] for one in rows] == list(range(len(rows)))
                return rows
            cursor = {"cursor": page["nextCursor"]}

    def fill(self, count: int, days: float) -> None:
        """More videos, spread over the last days, which research knows already."""
        self.local.settings(research_delay_seconds=0)
        order = {"creator": "maracooks", "count": count, "days": days}
        self.local.control("POST", "videos/batch", order)

    def public(self, days: int) -> list[str]:
        """The ids of TikTok's videos of the last days as the client reads them, newest first."""
        with self.local.client() as tiktok:
            found = tiktok.research.all_videos(
                query={"and": [dict(field_name="view_count", operation="GTE", field_values=["0"])]},
                start_date=self.today() - timedelta(days=days),
                end_date=self.today(),
                fields=["id"],
            )
            return [one.id or "" for one in found]

    def used(self, pool: str = "general") -> dict[str, int]:
        """The part of the app's quota that TikTok counted."""
        return dict(self.local.control("GET", f"apps/{KEY}/quotas")[pool]["used"])

    def use(self, pool: str = "general", **used: int) -> None:
        self.local.control("PUT", f"apps/{KEY}/quotas/{pool}", used)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_FETCH_PRIVATE": "1"}


@pytest.fixture
def researcher(service_without_worker: Service, local: Local) -> Researcher:
    return Researcher(service_without_worker, local, "")
