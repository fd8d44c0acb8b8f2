"""Agents' research calls and research jobs use one daily quota, and count in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stagedoor.connector.errors import ApiError
from tests.agents.call_requests import call_request
from tests.agents.conftest import AgentFixture
from tests.agents.job_pump import Pump
from tests.support.local import KEY, Local

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
USER = {"username": "maracooks", "fields": ["display_name"]}


@pytest.fixture
def researching(agent: AgentFixture, local: Local) -> AgentFixture:
    if local.now() % 86_400 > 86_400 - 600:  # the quota would begin anew in the middle
        local.advance(600)
    agent.given({"resource": "research", "level": "read"})
    return agent


def ask(agent: AgentFixture, name: str, arguments: dict[str, Any]) -> Any:
    return agent.agents.calls.make(agent.caller, call_request(agent, name, arguments, account=None))


def shown(agent: AgentFixture, org: str = "acme") -> dict[str, Any]:
    [general] = [
        one
        for one in agent.service.api("GET", "/api/research/quota", org=org)["quotas"]
        if one["pool"] == "general"
    ]
    return dict(general)


def used(local: Local) -> dict[str, int]:
    return dict(local.control("GET", f"apps/{KEY}/quotas")["general"]["used"])


def videos(local: Local, max_count: int) -> dict[str, Any]:
    today = datetime.fromtimestamp(local.now(), UTC).date()
    condition = {"operation": "GTE", "field_name": "view_count", "field_values": ["0"]}
    return {
        "query": {"and": [condition]},
        "start_date": f"{today - timedelta(days=20):%Y%m%d}",
        "end_date": f"{today:%Y%m%d}",
        "max_count": max_count,
        "fields": ["id"],
    }


def test_an_agents_requests_and_records_count_as_tiktok_counts_them(
    researching: AgentFixture, local: Local
) -> None:
    local.settings(research_delay_seconds=0)
    ask(researching, "research.user_info", USER)
    found = ask(researching, "research.video_query", videos(local, 5)).data["videos"]
    assert len(found) == 5
    local.fault("research.user_info", "status", status=500, times=1)
    with pytest.raises(ApiError):
        ask(researching, "research.user_info", USER)
    quota = shown(researching)
    assert (quota["usedRequests"], quota["ownRequests"]) == (3, 3)
    tiktok = used(local)
    assert (tiktok["requests"], tiktok["records"]) == (3, quota["usedRecords"])
    assert quota["leftToday"] == quota["requests"] - 3


def test_an_agent_gets_no_more_than_its_organisations_share(
    researching: AgentFixture, local: Local, pump: Pump
) -> None:
    # an organisation whose job waits keeps its share
    local.fault("research.user_info", "rate_limit", times=1)
    job = {"kind": "user-info", "requests": [{"username": "maracooks"}] * 9}
    researching.service.api("POST", "/api/research/jobs", job, org="other")
    pump.run()
    quota = shown(researching)
    half = quota["requests"] // 2
    assert quota["leftToday"] == half
    for _ in range(2):
        ask(researching, "research.user_info", USER)
    services = researching.service.services
    with services.database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE research_quotas SET requests = requests + ?, shares = ?",
            (half - 2, f'{{"acme": {half}}}'),
        )
    asked = used(local)["requests"]
    with pytest.raises(ApiError) as caught:
        ask(researching, "research.user_info", USER)
    assert (caught.value.code, caught.value.http) == ("quota_used_up", 429)
    assert "took its share" in caught.value.message
    assert 0 < (caught.value.retry_after or 0) <= 86_400
    by_proxy = researching.service.http.post(
        f"{researching.service.url}/agents/proxy/v2/research/user/info/",
        params={"fields": "display_name"},
        json={"username": "maracooks"},
        headers={"Authorization": f"Bearer {researching.key}"},
    )
    refused = by_proxy.json()["error"]
    assert (by_proxy.status_code, refused["code"]) == (429, "daily_quota_limit_exceeded")
    assert "took its share" in refused["message"]
    assert used(local)["requests"] == asked, "nothing was sent"


def test_what_tiktok_says_to_an_agent_stops_jobs_too(
    researching: AgentFixture, local: Local, pump: Pump
) -> None:
    local.control("PUT", f"apps/{KEY}/quotas/general", {"requests": 1_000})
    with pytest.raises(ApiError, match="quota"):
        ask(researching, "research.user_info", USER)
    job = {"kind": "user-info", "requests": [{"username": "maracooks"}]}
    begun = researching.service.api("POST", "/api/research/jobs", job)["job"]
    asked = len(local.calls("research.user_info"))
    pump.run()
    waits = researching.service.api("GET", f"/api/research/jobs/{begun['id']}")
    assert waits["state"] == "waiting"
    assert len(local.calls("research.user_info")) == asked
